// Random evenings of people who are asked whether they want a match, held step by step against a page of plain rules.
import { createSeededRandom } from "@muster/kit";
import { type MatchId, MusterError, type PlayerId, type TicketId } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { configurationOf, EQUAL_TEAMS } from "../matcher-world.fixture.ts";
import { decideAcceptMatch } from "./accept-match.ts";
import { createAcceptanceModel } from "./acceptance-model.fixture.ts";
import { decideCancelMatching } from "./cancel-matching.ts";
import { decideDue } from "./deadlines.ts";
import { evolve } from "./evolve.ts";
import type { MatcherFact } from "./fact.ts";
import { ticketsOf } from "./match.ts";
import { createMatcherState } from "./matcher-state.ts";
import { decideRound } from "./round.ts";
import { decideStartMatching } from "./start-matching.ts";

const ACCEPT_MS = 8_000;
const REQUEST_MS = 20_000;

const pick = fc.nat(1_000);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("start" as const), size: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("round" as const) }) },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      ...{ ticket: pick, player: pick, match: fc.nat(9) },
      answer: fc.constantFrom("ACCEPT" as const, "ACCEPT" as const, "ACCEPT" as const, "REFUSE" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), ticket: pick }) },
  // Time passes, and what is due is seen to at once, or only later.
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(6_000), isSeenTo: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const reached = new Set<string>();

function play(
  history: readonly Step[],
  { autoContinue, seed }: { readonly autoContinue: boolean; readonly seed: number },
) {
  const state = createMatcherState();
  const model = createAcceptanceModel({ acceptMs: ACCEPT_MS, requestMs: REQUEST_MS, autoContinue });
  const random = createSeededRandom(seed);
  const matchIds: string[] = ["match_none"];
  let nowMs = 0;
  let sequence = 0;
  const commit = (facts: readonly MatcherFact[]) => {
    for (const fact of facts) {
      sequence += 1;
      evolve(state, { sequence, atMs: nowMs, atWallMs: nowMs, fact });
    }
  };
  const refusalOf = (work: () => void): string | undefined => {
    try {
      work();
      return undefined;
    } catch (error) {
      if (error instanceof MusterError) return error.reason;
      throw error;
    }
  };
  const acceptance = { timeoutMs: ACCEPT_MS, autoContinue };
  const configuration = configurationOf({ name: "asked", ruleSet: "equal", requestTimeoutMs: REQUEST_MS, acceptance });
  commit([
    { type: "rule-set-put", name: "equal", document: JSON.stringify(EQUAL_TEAMS) },
    { type: "configuration-put", configuration },
  ]);
  const ticketAt = (index: number) =>
    [...state.tickets.keys()][index % Math.max(1, state.tickets.size)] ?? ("t" as TicketId);

  const take = (one: Step): readonly [matcher: string | undefined, model: string | undefined] => {
    switch (one.do) {
      case "start": {
        const ticketId = `t${state.tickets.size}` as TicketId;
        const names = Array.from({ length: one.size }, (_, index) => `${ticketId}.${index}`);
        const players = names.map((name) => ({
          playerId: name as PlayerId,
          attributes: {},
          latenciesMs: {},
          team: undefined,
        }));
        commit(decideStartMatching(state, { ticketId, configuration: "asked", players, bodyDigest: "" }, nowMs));
        model.start(ticketId, names, nowMs);
        return [undefined, undefined];
      }
      case "round": {
        const input = { configuration: "asked", nowMs, random, endpoint: "", withheld: new Set<TicketId>() };
        for (const fact of decideRound(state, { ...input, findFillable: () => undefined }).facts) {
          commit([fact]);
          if (fact.type !== "match-formed") continue;
          matchIds.push(fact.match.matchId);
          model.formed(fact.match.matchId, ticketsOf(fact.match.players), nowMs);
        }
        return [undefined, undefined];
      }
      case "answer": {
        const ticketId = ticketAt(one.ticket);
        const ticket = state.tickets.get(ticketId)?.ticket;
        const players = ticket?.players ?? [];
        const at = ticket?.state;
        // Of the ticket's match, mostly; sometimes of an older one.
        const present = at && "matchId" in at ? at.matchId : undefined;
        const matchId = (one.match > 0 && present) || (matchIds[one.player % matchIds.length] ?? "");
        // Sometimes for somebody else.
        const playerId =
          one.player % 23 === 0 ? "nobody" : (players[one.player % Math.max(1, players.length)]?.playerId ?? "x");
        const answer = { ticketId, matchId: matchId as MatchId, playerIds: [playerId as PlayerId], answer: one.answer };
        const said = refusalOf(() => commit(decideAcceptMatch(state, answer, nowMs)));
        return [said, model.answer({ ticketId, matchId, playerId, answer: one.answer }, nowMs)];
      }
      case "cancel": {
        const ticketId = ticketAt(one.ticket);
        const said = refusalOf(() => {
          const decision = decideCancelMatching(state, ticketId, nowMs);
          if (decision.type === "decided") commit(decision.facts);
        });
        return [said, model.cancel(ticketId, nowMs)];
      }
      case "wait":
        nowMs += one.ms;
        if (one.isSeenTo) {
          commit(decideDue(state, nowMs));
          model.wait(nowMs);
        }
        return [undefined, undefined];
    }
  };

  for (const one of history) {
    const [matcher, told] = take(one);
    expect({ one, said: matcher }).toEqual({ one, said: told });
    if (told !== undefined) reached.add(told);
    for (const [ticketId, ticket] of model.tickets) {
      const at = state.tickets.get(ticketId as TicketId)?.ticket.state;
      const shown = at && "cause" in at && at.cause ? `${at.phase} ${at.cause}` : at?.phase;
      expect({ ticketId, shown }).toEqual({ ticketId, shown: ticket.state });
      reached.add(ticket.state);
    }
    expect([...state.proposals.keys()].toSorted()).toEqual(model.openIds().toSorted());
    for (const { match, view } of state.proposals.values()) {
      const accepted = view.accepted.map((place) => match.players[place]?.playerId ?? "").toSorted();
      expect(accepted).toEqual(model.acceptedOf(match.matchId));
    }
  }
}

/** More with RUNS=2500. */
test("who is asked for acceptance comes to what the rules say, whatever is answered when", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 30, maxLength: 120 }),
      fc.boolean(),
      fc.nat(),
      (history, autoContinue, seed) => {
        play(history, { autoContinue, seed });
      },
    ),
    // A fixed seed, so that the goals below are reached by every run or by none.
    { numRuns: Number(process.env.RUNS ?? 150), seed: 5 },
  );
  const refusals = [
    "PLAYER_NOT_IN_TICKET",
    "PROPOSAL_NOT_FOUND",
    "PROPOSAL_ENDED",
    "PROPOSAL_REFUSED",
    "TICKET_ALREADY_MATCHED",
  ];
  const states = [
    ...["PLACING", "CANCELLED ACCEPTANCE_REFUSED", "CANCELLED ACCEPTANCE_TIMED_OUT", "CANCELLED CANCELLED_BY_REQUEST"],
    ...[
      "CANCELLED MATCH_REFUSED",
      "CANCELLED MATCH_UNANSWERED",
      "SEARCHING MATCH_REFUSED",
      "SEARCHING MATCH_UNANSWERED",
    ],
    "TIMED_OUT REQUEST_TIMED_OUT",
  ];
  expect([...reached]).toEqual(expect.arrayContaining([...refusals, ...states]));
}, 120_000);
