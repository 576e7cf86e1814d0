// Proposals from their first to their last moment: who answers what, when, and what becomes of everybody (design: ticket states).
import { createSeededRandom } from "@muster/kit";
import { type MatchId, MusterError, type PlayerId, type TicketId } from "@muster/proto";
import { describe, expect, test } from "vitest";
import { configurationOf, DUEL } from "../matcher-world.fixture.ts";
import { decideAcceptMatch } from "./accept-match.ts";
import { decideCancelMatching, getTicket } from "./cancel-matching.ts";
import { decideDue, nextDueAtMs } from "./deadlines.ts";
import { evolve } from "./evolve.ts";
import type { MatcherFact } from "./fact.ts";
import { decidePlacementReport } from "./fleet-reports.ts";
import { presentPlacementId } from "./match.ts";
import { createMatcherState } from "./matcher-state.ts";
import { decideRound } from "./round.ts";
import { decideStartMatching } from "./start-matching.ts";
import { historyOf } from "./ticket-events.ts";

const TIMEOUT_MS = 20_000;
/** Two against two: a party of two, and two who came alone. */
const DOUBLES = { ...DUEL, teams: DUEL.teams.map((team) => ({ ...team, minPlayers: 2, maxPlayers: 2 })) };

type Stage = ReturnType<typeof createStage>;

/** Tickets `ab` (a party of a and b), `c` and `d`, in a proposal from the start on. */
function createStage(
  settings: {
    readonly autoContinue?: boolean;
    readonly queue?: string | undefined;
    readonly placementRetries?: number;
  } = {},
) {
  const { autoContinue = true, placementRetries = 2 } = settings;
  const state = createMatcherState();
  let nowMs = 1_000;
  let sequence = 0;
  const commit = (facts: readonly MatcherFact[]) => {
    for (const fact of facts) {
      sequence += 1;
      evolve(state, { sequence, atMs: nowMs, atWallMs: nowMs, fact });
    }
  };
  const acceptance = { timeoutMs: TIMEOUT_MS, autoContinue };
  const queue = "queue" in settings ? settings.queue : "queue";
  commit([
    { type: "rule-set-put", name: "doubles", document: JSON.stringify(DOUBLES) },
    {
      type: "configuration-put",
      configuration: configurationOf({ name: "doubles", ruleSet: "doubles", acceptance, queue, placementRetries }),
    },
  ]);
  const matchId = (): MatchId => firstMatch ?? ("" as MatchId);
  const stateOf = (ticketId: string): string => {
    const { state: at } = getTicket(state, ticketId as TicketId);
    return "cause" in at && at.cause ? `${at.phase} (${at.cause})` : at.phase;
  };
  const stage = {
    state,
    matchId,
    /** "SEARCHING (MATCH_REFUSED)". */
    stateOf,
    start(ticketId: string, playerIds: readonly string[] = [...ticketId]) {
      const players = playerIds.map((playerId) => ({
        ...{ playerId: playerId as PlayerId, attributes: {}, latenciesMs: {}, team: undefined },
      }));
      const request = { ticketId: ticketId as TicketId, configuration: "doubles", players, bodyDigest: "" };
      commit(decideStartMatching(state, request, nowMs));
    },
    round() {
      const random = createSeededRandom(sequence);
      const input = { configuration: "doubles", nowMs, random, endpoint: "", withheld: new Set<TicketId>() };
      commit(decideRound(state, { ...input, findFillable: () => undefined }).facts);
    },
    wait(ms: number) {
      nowMs += ms;
    },
    failPlacement() {
      const [match] = state.matches.values();
      if (!match) throw new Error("no match is being placed");
      const report = { placementId: presentPlacementId(match), state: "FAILED", failure: "" } as const;
      commit(decidePlacementReport(state, report));
    },
    /** What is due now happens. */
    due() {
      commit(decideDue(state, nowMs));
    },
    /** Of the ticket's match, or of another. Answers with the reason of a refusal. */
    say(answer: "ACCEPT" | "REFUSE", ticketId: string, playerIds: readonly string[] = [...ticketId], of = matchId()) {
      const request = { ticketId: ticketId as TicketId, matchId: of, playerIds: playerIds as PlayerId[], answer };
      return refusalOf(() => commit(decideAcceptMatch(state, request, nowMs)));
    },
    cancel(ticketId: string) {
      return refusalOf(() => {
        const decision = decideCancelMatching(state, ticketId as TicketId, nowMs);
        if (decision.type === "decided") commit(decision.facts);
      });
    },
    states: () => ["ab", "c", "d"].map(stateOf),
    get facts() {
      return sequence;
    },
  };
  for (const ticketId of ["ab", "c", "d"]) stage.start(ticketId);
  stage.wait(500);
  stage.round();
  const [firstMatch] = state.proposals.keys();
  return stage;
}

function refusalOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof MusterError) return error.reason;
    throw error;
  }
}

const ASKED = "REQUIRES_ACCEPTANCE";
const everybody = (stage: Stage) => [stage.say("ACCEPT", "ab"), stage.say("ACCEPT", "c"), stage.say("ACCEPT", "d")];

const rows: readonly {
  readonly name: string;
  readonly settings?: Parameters<typeof createStage>[0];
  readonly play: (stage: Stage) => unknown;
  readonly states: readonly [string, string, string];
}[] = [
  { name: "asks everybody", play: () => undefined, states: [ASKED, ASKED, ASKED] },
  {
    name: "waits for the last player",
    play: (s) => [s.say("ACCEPT", "ab"), s.say("ACCEPT", "c")],
    states: [ASKED, ASKED, ASKED],
  },
  {
    name: "is not accepted by half a party",
    play: (s) => [s.say("ACCEPT", "ab", ["a"]), s.say("ACCEPT", "c"), s.say("ACCEPT", "d")],
    states: [ASKED, ASKED, ASKED],
  },
  { name: "goes to placement when all have accepted", play: everybody, states: ["PLACING", "PLACING", "PLACING"] },
  {
    name: "is complete when all have accepted, without a queue",
    settings: { queue: undefined },
    play: everybody,
    states: ["COMPLETED", "COMPLETED", "COMPLETED"],
  },
  {
    name: "counts an acceptance once",
    play: (s) => [s.say("ACCEPT", "c"), s.say("ACCEPT", "c"), s.say("ACCEPT", "d")],
    states: [ASKED, ASKED, ASKED],
  },
  {
    name: "ends with the first refusal, and blames nobody who had not answered",
    play: (s) => s.say("REFUSE", "c"),
    states: ["SEARCHING (MATCH_REFUSED)", "CANCELLED (ACCEPTANCE_REFUSED)", "SEARCHING (MATCH_REFUSED)"],
  },
  {
    name: "ends with a refusal after an acceptance",
    play: (s) => [s.say("ACCEPT", "d"), s.say("ACCEPT", "c"), s.say("REFUSE", "c")],
    states: ["SEARCHING (MATCH_REFUSED)", "CANCELLED (ACCEPTANCE_REFUSED)", "SEARCHING (MATCH_REFUSED)"],
  },
  {
    name: "is refused by a party when one of it refuses, whatever the other said",
    play: (s) => [s.say("ACCEPT", "ab", ["a"]), s.say("REFUSE", "ab", ["b"])],
    states: ["CANCELLED (ACCEPTANCE_REFUSED)", "SEARCHING (MATCH_REFUSED)", "SEARCHING (MATCH_REFUSED)"],
  },
  {
    name: "cancels everybody at a refusal, without auto-continue",
    settings: { autoContinue: false },
    play: (s) => [s.say("ACCEPT", "ab"), s.say("REFUSE", "c")],
    states: ["CANCELLED (MATCH_REFUSED)", "CANCELLED (ACCEPTANCE_REFUSED)", "CANCELLED (MATCH_REFUSED)"],
  },
  {
    name: "ends with a cancel, which is a refusal",
    play: (s) => [s.say("ACCEPT", "ab"), s.cancel("c")],
    states: ["SEARCHING (MATCH_REFUSED)", "CANCELLED (CANCELLED_BY_REQUEST)", "SEARCHING (MATCH_REFUSED)"],
  },
  {
    name: "cancels who was silent at the deadline",
    play: (s) => [s.say("ACCEPT", "ab"), s.say("ACCEPT", "d"), s.wait(TIMEOUT_MS), s.due()],
    states: ["SEARCHING (MATCH_UNANSWERED)", "CANCELLED (ACCEPTANCE_TIMED_OUT)", "SEARCHING (MATCH_UNANSWERED)"],
  },
  {
    name: "cancels a party of which one was silent",
    play: (s) => [s.say("ACCEPT", "ab", ["a"]), s.say("ACCEPT", "c"), s.wait(TIMEOUT_MS), s.due()],
    states: ["CANCELLED (ACCEPTANCE_TIMED_OUT)", "SEARCHING (MATCH_UNANSWERED)", "CANCELLED (ACCEPTANCE_TIMED_OUT)"],
  },
  {
    name: "cancels everybody at the deadline, without auto-continue, and says who was silent",
    settings: { autoContinue: false },
    play: (s) => [s.say("ACCEPT", "ab"), s.wait(TIMEOUT_MS), s.due()],
    states: ["CANCELLED (MATCH_UNANSWERED)", "CANCELLED (ACCEPTANCE_TIMED_OUT)", "CANCELLED (ACCEPTANCE_TIMED_OUT)"],
  },
  {
    name: "stands until 1 ms before its deadline",
    play: (s) => [s.wait(TIMEOUT_MS - 1), s.due()],
    states: [ASKED, ASKED, ASKED],
  },
  {
    name: "takes the last acceptance 1 ms before its deadline",
    play: (s) => [s.wait(TIMEOUT_MS - 1), everybody(s), s.wait(1), s.due()],
    states: ["PLACING", "PLACING", "PLACING"],
  },
  {
    name: "takes no acceptance at its deadline, before anybody has looked at the time",
    play: (s) => [s.wait(TIMEOUT_MS), everybody(s), s.due()],
    states: [
      "CANCELLED (ACCEPTANCE_TIMED_OUT)",
      "CANCELLED (ACCEPTANCE_TIMED_OUT)",
      "CANCELLED (ACCEPTANCE_TIMED_OUT)",
    ],
  },
  {
    name: "is cancelled past its deadline for the one who asks for it, and the others blame who was silent",
    play: (s) => [s.say("ACCEPT", "ab"), s.say("ACCEPT", "c"), s.wait(TIMEOUT_MS), s.cancel("ab")],
    states: ["CANCELLED (CANCELLED_BY_REQUEST)", "SEARCHING (MATCH_UNANSWERED)", "CANCELLED (ACCEPTANCE_TIMED_OUT)"],
  },
  {
    name: "keeps a silent ticket's blame if it asks to be cancelled past the deadline",
    play: (s) => [s.say("ACCEPT", "ab"), s.wait(TIMEOUT_MS), s.cancel("c")],
    states: ["SEARCHING (MATCH_UNANSWERED)", "CANCELLED (ACCEPTANCE_TIMED_OUT)", "CANCELLED (ACCEPTANCE_TIMED_OUT)"],
  },
];

describe("a proposal", () => {
  for (const { name, settings, play, states } of rows) {
    test(name, () => {
      const stage = createStage(settings);
      play(stage);
      expect(stage.states()).toEqual(states);
    });
  }
});

const answers: readonly {
  readonly name: string;
  readonly settings?: Parameters<typeof createStage>[0];
  readonly play: (stage: Stage) => unknown;
  readonly said: string | undefined;
}[] = [
  { name: "of a ticket that nobody knows", play: (s) => s.say("ACCEPT", "x"), said: "TICKET_NOT_FOUND" },
  {
    name: "of a player of another ticket",
    play: (s) => s.say("ACCEPT", "ab", ["a", "c"]),
    said: "PLAYER_NOT_IN_TICKET",
  },
  {
    name: "to a match that nobody proposed",
    play: (s) => s.say("ACCEPT", "c", ["c"], "match_x" as MatchId),
    said: "PROPOSAL_NOT_FOUND",
  },
  {
    name: "of a ticket that still searches",
    play: (s) => [s.start("e"), s.say("ACCEPT", "e")].at(-1),
    said: "PROPOSAL_NOT_FOUND",
  },
  { name: "again", play: (s) => [s.say("ACCEPT", "c"), s.say("ACCEPT", "c")].at(-1), said: undefined },
  { name: "again when the match is placed", play: (s) => [everybody(s), s.say("ACCEPT", "c")].at(-1), said: undefined },
  {
    name: "again when the group is complete",
    settings: { queue: undefined },
    play: (s) => [everybody(s), s.say("ACCEPT", "c")].at(-1),
    said: undefined,
  },
  {
    name: "that refuses when the match is placed",
    play: (s) => [everybody(s), s.say("REFUSE", "c")].at(-1),
    said: "PROPOSAL_ENDED",
  },
  { name: "that refuses again", play: (s) => [s.say("REFUSE", "c"), s.say("REFUSE", "c")].at(-1), said: undefined },
  {
    name: "that accepts after its ticket has refused",
    play: (s) => [s.say("REFUSE", "ab", ["a"]), s.say("ACCEPT", "ab", ["b"])].at(-1),
    said: "PROPOSAL_REFUSED",
  },
  {
    name: "after another ticket has refused",
    play: (s) => [s.say("REFUSE", "c"), s.say("ACCEPT", "ab")].at(-1),
    said: "PROPOSAL_ENDED",
  },
  {
    name: "that refuses after another ticket has refused",
    play: (s) => [s.say("REFUSE", "c"), s.say("REFUSE", "ab")].at(-1),
    said: "PROPOSAL_ENDED",
  },
  { name: "at the deadline", play: (s) => [s.wait(TIMEOUT_MS), s.say("ACCEPT", "c")].at(-1), said: "PROPOSAL_ENDED" },
  {
    name: "that refuses at the deadline",
    play: (s) => [s.wait(TIMEOUT_MS), s.say("REFUSE", "c")].at(-1),
    said: "PROPOSAL_ENDED",
  },
  {
    name: "after the deadline, of a silent ticket",
    play: (s) => [s.wait(TIMEOUT_MS), s.due(), s.say("REFUSE", "c")].at(-1),
    said: "PROPOSAL_ENDED",
  },
  {
    name: "after its ticket was cancelled",
    play: (s) => [s.cancel("c"), s.say("ACCEPT", "c")].at(-1),
    said: "PROPOSAL_ENDED",
  },
];

describe("an answer", () => {
  for (const { name, settings, play, said } of answers) {
    test(`${name} ${said === undefined ? "is OK" : `is refused with ${said}`}`, () => {
      const stage = createStage(settings);
      expect(play(stage)).toBe(said);
    });
  }

  test("that says what holds, or is refused, is no fact", () => {
    const stage = createStage();
    stage.say("ACCEPT", "c");
    const before = stage.facts;
    stage.say("ACCEPT", "c");
    stage.say("ACCEPT", "c", ["d"]);
    stage.say("REFUSE", "c", ["c"], "match_x" as MatchId);
    expect(stage.facts).toBe(before);
  });

  test("to one proposal is none to the next: a late one of the first accepts nothing", () => {
    const stage = createStage();
    const first = stage.matchId();
    stage.say("REFUSE", "c");
    stage.start("e");
    stage.round();
    expect([stage.stateOf("ab"), stage.stateOf("e")]).toEqual([ASKED, ASKED]);
    expect(stage.say("ACCEPT", "ab", ["a", "b"], first)).toBe("PROPOSAL_ENDED");
    const [open] = stage.state.proposals.values();
    expect(open?.view.accepted).toEqual([]);
  });
});

test("a cancel is too late when the last player has accepted, and names the match", () => {
  const stage = createStage();
  everybody(stage);
  expect(stage.cancel("ab")).toBe("TICKET_ALREADY_MATCHED");
  expect(stage.states()).toEqual(["PLACING", "PLACING", "PLACING"]);
});

test("a cancel before the last acceptance lets it come too late", () => {
  const stage = createStage();
  stage.say("ACCEPT", "ab");
  stage.say("ACCEPT", "c");
  expect([stage.cancel("ab"), stage.say("ACCEPT", "d")]).toEqual([undefined, "PROPOSAL_ENDED"]);
});

test("who returns keeps age and place, and is matched again before whoever came later", () => {
  const stage = createStage();
  const before = getTicket(stage.state, "ab" as TicketId);
  stage.wait(5_000);
  stage.say("REFUSE", "c");
  const after = getTicket(stage.state, "ab" as TicketId);
  const { arrival, searchingSinceMs, timesOutAtMs } = before;
  expect(after).toMatchObject({ arrival, searchingSinceMs, timesOutAtMs, returns: 1 });
  for (const late of ["e", "f", "g"]) stage.start(late);
  stage.round();
  expect([stage.stateOf("ab"), stage.stateOf("d")]).toEqual([ASKED, ASKED]);
});

test("returns from proposals use up none of the returns that a placement may cost", () => {
  const stage = createStage({ placementRetries: 1 });
  const refuse = (ticketId: string) => stage.say("REFUSE", ticketId, [ticketId], [...stage.state.proposals.keys()][0]);
  for (const late of ["e", "f"]) {
    refuse(late === "e" ? "c" : "e");
    stage.start(late);
    stage.round();
  }
  for (const ticketId of ["ab", "d", "f"])
    stage.say("ACCEPT", ticketId, [...ticketId], [...stage.state.proposals.keys()][0]);
  stage.failPlacement();
  expect([stage.stateOf("ab"), stage.stateOf("f")]).toEqual([
    "SEARCHING (PLACEMENT_FAILED)",
    "SEARCHING (PLACEMENT_FAILED)",
  ]);
  expect(getTicket(stage.state, "ab" as TicketId).returns).toBe(3);
  stage.round();
  for (const ticketId of ["ab", "d", "f"])
    stage.say("ACCEPT", ticketId, [...ticketId], [...stage.state.proposals.keys()][0]);
  stage.failPlacement();
  expect(stage.stateOf("ab")).toBe("FAILED (PLACEMENT_FAILED)");
});

test("a proposal outlasts the timeout of its tickets", () => {
  const stage = createStage();
  stage.say("REFUSE", "c"); // ab and d search on, from 1,000 on, for 60 s.
  stage.wait(55_000);
  stage.start("e");
  stage.round();
  stage.wait(10_000);
  stage.due();
  expect([stage.stateOf("ab"), stage.stateOf("e"), stage.stateOf("d")]).toEqual([ASKED, ASKED, ASKED]);
  const [open] = stage.state.proposals.keys();
  stage.say("REFUSE", "d", ["d"], open);
  expect([stage.stateOf("ab"), stage.stateOf("e")]).toEqual([
    "TIMED_OUT (REQUEST_TIMED_OUT)",
    "SEARCHING (MATCH_REFUSED)",
  ]);
});

test("its deadline is the next thing that is due, and nothing is left of it afterwards", () => {
  const stage = createStage();
  expect(nextDueAtMs(stage.state)).toBe(1_500 + TIMEOUT_MS);
  everybody(stage);
  expect([stage.state.proposals.size, stage.state.deadlines.size, stage.state.matches.size]).toEqual([0, 0, 1]);
});

test("its tickets are told of every acceptance, each a version further, and of nothing twice", () => {
  const stage = createStage();
  stage.say("ACCEPT", "ab", ["a"]);
  stage.say("ACCEPT", "ab");
  stage.say("ACCEPT", "c");
  const entry = stage.state.tickets.get("d" as TicketId);
  const told =
    entry &&
    historyOf(entry).map(({ type, ticket: { version, state: at } }) => [
      type,
      version,
      at.phase === "REQUIRES_ACCEPTANCE" ? at.proposal.accepted.length : at.phase,
    ]);
  expect(told).toEqual([
    ["STATE_CHANGED", 1, "SEARCHING"],
    ["STATE_CHANGED", 2, 0],
    ["ACCEPTANCE_CHANGED", 3, 1],
    ["ACCEPTANCE_CHANGED", 4, 2],
    ["ACCEPTANCE_CHANGED", 5, 3],
  ]);
});
