import { limits, type TicketId } from "@muster/proto";
import { expect, test } from "vitest";
import { configurationOf, DUEL } from "../matcher-world.fixture.ts";
import { DUE_PER_STEP_MAX, decideDue, nextDueAtMs } from "./deadlines.ts";
import { evolve } from "./evolve.ts";
import type { MatcherFact } from "./fact.ts";
import { createMatcherState, type MatcherState } from "./matcher-state.ts";

/** `count` tickets of one second's patience, made at 0.5 ms. */
function stateWith(count: number): MatcherState {
  const state = createMatcherState();
  fold(state, 0, [
    { type: "rule-set-put", name: "duel", document: JSON.stringify(DUEL) },
    { type: "configuration-put", configuration: configurationOf() },
  ]);
  const created = Array.from({ length: count }, (_, index): MatcherFact => {
    const ticketId = `t${index}` as TicketId;
    return {
      type: "ticket-created",
      ticketId,
      configuration: "duel",
      players: [],
      bodyDigest: "",
      timesOutAtMs: 1_000,
    };
  });
  fold(state, 0.5, created);
  return state;
}

function fold(state: MatcherState, atMs: number, facts: readonly MatcherFact[]): void {
  for (const fact of facts) evolve(state, { sequence: state.events.last + 1, atMs, atWallMs: 0, fact });
}

/** Everything that is due at `nowMs`, step by step; answers the steps. */
function run(state: MatcherState, nowMs: number): readonly number[] {
  const steps: number[] = [];
  while ((nextDueAtMs(state) ?? Number.POSITIVE_INFINITY) <= nowMs) {
    const facts = decideDue(state, nowMs);
    if (facts.length === 0) throw new Error("due, and yet nothing to decide: a loop that never ends");
    fold(state, nowMs, facts);
    steps.push(facts.length);
  }
  return steps;
}

test("nothing is due before its time", () => {
  const state = stateWith(1);
  expect(nextDueAtMs(state)).toBe(1_000);
  expect(decideDue(state, 999.9)).toEqual([]);
  expect(run(state, 1_000)).toEqual([1]);
  expect(state.tickets.get("t0" as TicketId)?.ticket.state).toEqual({ phase: "TIMED_OUT", cause: "REQUEST_TIMED_OUT" });
});

test("what is due is handled in bounded steps", () => {
  expect(run(stateWith(2 * DUE_PER_STEP_MAX + 1), 1_000)).toEqual([DUE_PER_STEP_MAX, DUE_PER_STEP_MAX, 1]);
});

test("a shorter retention forgets earlier", () => {
  const state = stateWith(1);
  run(state, 1_000);
  const endedMs = 3_600_000;
  expect(nextDueAtMs(state, endedMs)).toBe(1_000 + endedMs + 60_000);
  expect(decideDue(state, 1_000 + endedMs + 60_000, endedMs)).toEqual([
    { type: "ended-forgotten", endedUntilMs: 1_000 + 60_000 },
  ]);
});

test("ended tickets are remembered for their retention, then forgotten with their events", () => {
  const state = stateWith(2 * DUE_PER_STEP_MAX);
  run(state, 1_000.7);
  run(state, limits.ENDED_KEPT_MS + 1_000);
  expect(state.tickets.size).toBe(2 * DUE_PER_STEP_MAX);
  run(state, limits.ENDED_KEPT_MS + 120_000);
  expect([state.tickets.size, state.ended.length, state.deadlines.size]).toEqual([0, 0, 0]);
  expect(state.events.after(0, 10)).toBeUndefined();
  expect(nextDueAtMs(state)).toBeUndefined();
});
