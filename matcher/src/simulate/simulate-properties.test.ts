// Whatever happens in a simulation, what it tells is legal: beside a model of a few lines, and the judge.
import { createSeededRandom, invariant } from "@muster/kit";
import { judge, parseRuleSet, type SeatedPlayer } from "@muster/rules";
import { expect, test } from "vitest";
import { backfill, EQUAL, factsOf, session, start } from "./scenario.fixture.ts";
import type { SimulationEvent } from "./simulation-event.ts";
import type { SimulationFact } from "./simulation-fact.ts";

const SKILL = "teams[*].players.playerAttributes[skill]";
const ruleSet = {
  ...EQUAL,
  playerAttributes: [{ name: "skill", type: "number", default: 50 }],
  rules: [
    ...EQUAL.rules,
    {
      name: "near",
      type: "distanceRule",
      measurements: [`max(flatten(${SKILL}))`],
      referenceValue: `min(flatten(${SKILL}))`,
      maxDistance: 60,
    },
  ],
};

/** Events at different times, so that a refusal tells whose it is. */
function drawEvents(seed: number): readonly SimulationEvent[] {
  const random = createSeededRandom(seed);
  const below = (limit: number) => Math.floor(random.fraction() * limit);
  const events: SimulationEvent[] = [session(0, "b1", { red: "r1 r2", blue: "s1" })];
  for (let index = 1; index <= 120; index += 1) {
    const at = Math.round(1_000 * (index / 5 + random.fraction() / 10)) / 1_000;
    const battleSessionId = random.fraction() < 0.3 ? "b1" : `m${1 + below(8)}`;
    const players = Array.from({ length: 1 + below(3) }, (_, one) => ({
      ...{ playerId: `p${index}.${one}`, attributes: { skill: below(100) } },
      ...(random.fraction() < 0.1 ? { team: "red" } : {}),
    }));
    const deeds: readonly SimulationEvent[] = [
      ...[start(at, ...players), start(at, ...players), start(at, ...players), start(at, ...players)],
      { at, op: "cancel", ticketId: `p${below(index)}.0` },
      { at, op: "playerLeft", battleSessionId, playerId: `p${below(index)}.${below(2)}` },
      { at, op: "playerLeft", battleSessionId: "b1", playerId: ["r1", "r2", "s1"][below(3)] },
      random.fraction() < 0.5
        ? backfill(at, battleSessionId)
        : backfill(at, battleSessionId, { red: 1, blue: 1 + below(2) }),
      { at, op: "cancelBackfill", battleSessionId },
      { at, op: "policy", battleSessionId, policy: random.fraction() < 0.6 ? "ACCEPT_ALL" : "DENY_ALL" },
      { at, op: "placementFailed", matchId: `m${1 + below(8)}` },
    ];
    events.push(deeds[below(deeds.length)] ?? start(at, ...players));
  }
  return events;
}

type Seats = Map<string, SeatedPlayer & { readonly team: string }>;

/** What must hold of `facts`, told of `events`. */
function follow(events: readonly SimulationEvent[], facts: readonly SimulationFact[]): void {
  const rules = parseRuleSet(JSON.stringify(ruleSet));
  const refused = new Set(facts.flatMap((fact) => (fact.type === "Refused" ? [fact.at] : [])));
  const waiting = new Map<string, readonly SeatedPlayer[]>();
  const battles = new Map<string, Seats>();
  const company = new Map<string, ReadonlyMap<string, readonly SeatedPlayer[]>>();
  const left = [...events];
  const pass = (event: SimulationEvent) => {
    const { ticketId, battleSessionId, playerId, matchId, players } = event;
    const brought = players as (SeatedPlayer & { readonly team: string })[];
    const full = brought?.map((player) => ({ ...player, attributes: { skill: 50, ...player.attributes } }));
    if (event.op === "session") battles.set(String(battleSessionId), new Map(full.map((one) => [one.playerId, one])));
    if (event.op === "start") waiting.set(String(ticketId), full);
    if (event.op === "playerLeft") battles.get(String(battleSessionId))?.delete(String(playerId));
    if (event.op !== "placementFailed") return;
    battles.delete(String(matchId));
    for (const [id, party] of company.get(String(matchId)) ?? []) waiting.set(id, party);
  };
  for (const fact of facts) {
    if (fact.type === "Summary") break;
    while (left[0] && left[0].at <= fact.at) {
      const event = left.shift();
      if (event && !refused.has(event.at)) pass(event);
    }
    if (fact.type === "TicketCancelled" || fact.type === "TicketTimedOut" || fact.type === "TicketFailed") {
      expect(waiting.delete(fact.ticketId)).toBe(true);
    }
    if (fact.type !== "MatchFormed") continue;
    const seats: Seats = battles.get(fact.battleSessionId ?? "") ?? new Map();
    const parties = new Map<string, readonly SeatedPlayer[]>();
    for (const [team, newcomers] of Object.entries(fact.teams)) {
      for (const { ticketId, playerId } of newcomers) {
        const party = waiting.get(ticketId) ?? parties.get(ticketId);
        invariant(party, `${ticketId} waits`);
        const player = party.find((one) => one.playerId === playerId);
        invariant(player && !seats.has(playerId), `${playerId} is seated once`);
        expect([undefined, team]).toContain(player.team);
        parties.set(ticketId, party);
        waiting.delete(ticketId);
        seats.set(playerId, { ...player, team });
      }
    }
    const seated = Object.values(fact.teams).flat();
    for (const [ticketId, party] of parties) {
      expect(seated.filter((seat) => seat.ticketId === ticketId)).toHaveLength(party.length);
    }
    const teams = ["red", "blue"].map((name) => ({
      name,
      players: [...seats.values()].filter(({ team }) => team === name),
    }));
    expect(judge(rules, teams)).toEqual([]);
    battles.set(fact.battleSessionId ?? fact.matchId, seats);
    if (fact.battleSessionId === undefined) company.set(fact.matchId, parties);
  }
}

for (let seed = 1; seed <= Number(process.env.SEEDS ?? 25); seed += 1) {
  test(`what simulation ${seed} tells is legal, and its sums are right`, () => {
    const events = drawEvents(seed);
    const facts = factsOf({ ruleSet, more: { autoBackfill: true, settleMs: 10, requestTimeoutSeconds: 15 }, events });
    follow(events, facts);
    const summary = facts.at(-1);
    invariant(summary?.type === "Summary", "the last fact sums up");
    const { started, matched, timedOut, cancelled, failed, refused, matches, fills } = summary.counts;
    expect(matched + timedOut + cancelled + failed + summary.ticketsLeft).toBe(started);
    expect(facts.filter(({ type }) => type === "Refused")).toHaveLength(refused);
    expect(facts.filter(({ type }) => type === "MatchFormed")).toHaveLength(matches + fills);
    expect(matches * fills).toBeGreaterThan(0);
  });
}
