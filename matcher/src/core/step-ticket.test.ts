import type { FillId, MatchId } from "@muster/proto";
import { describe, expect, test } from "vitest";
import { stepTicket, type TicketEvent } from "./step-ticket.ts";
import { type Assignment, isVisible, readPhase, type TicketState } from "./ticket.ts";

const matchId = "match_1" as MatchId;
const fillId = "bf_1.f1" as FillId;
const terms = { matchId, expiresAtWallMs: 30_000, players: [] };
const assignment: Assignment = { address: undefined, battleSessionId: undefined, region: undefined, players: [] };

const preparation = { startedAtMs: 0, deadlineAtMs: 60_000, joined: [0] };
const states = {
  PREPARING: { phase: "PREPARING", preparation },
  SEARCHING: { phase: "SEARCHING", cause: undefined },
  CLAIMED: { phase: "CLAIMED", cause: undefined, fillId },
  REQUIRES_ACCEPTANCE: { phase: "REQUIRES_ACCEPTANCE", matchId, proposal: { terms, accepted: [] } },
  PLACING: { phase: "PLACING", matchId },
  COMPLETED: { phase: "COMPLETED", matchId, assignment },
  CANCELLED: { phase: "CANCELLED", cause: "CANCELLED_BY_REQUEST", matchId: undefined },
  TIMED_OUT: { phase: "TIMED_OUT", cause: "REQUEST_TIMED_OUT" },
  FAILED: { phase: "FAILED", cause: "PLACEMENT_FAILED", matchId },
} as const satisfies Record<TicketState["phase"], TicketState>;

const events = {
  claimed: { type: "claimed", fillId },
  "fill applied": { type: "fill-applied", fillId, matchId, assignment },
  "another fill applied": { type: "fill-applied", fillId: "bf_2.f1" as FillId, matchId, assignment },
  "fill dropped": { type: "fill-dropped", fillId },
  "another fill dropped": { type: "fill-dropped", fillId: "bf_2.f1" as FillId },
  proposed: { type: "proposed", proposal: { terms, accepted: [] } },
  "more have accepted": { type: "acceptance-changed", proposal: { terms, accepted: [0] } },
  "more have accepted another match": {
    type: "acceptance-changed",
    proposal: { terms: { ...terms, matchId: "match_2" as MatchId }, accepted: [0] },
  },
  "it refused": { type: "proposal-ended", matchId, fate: "REFUSED" },
  "it was silent": { type: "proposal-ended", matchId, fate: "SILENT" },
  "it was cancelled": { type: "proposal-ended", matchId, fate: "CANCELLED" },
  "another refused": { type: "proposal-ended", matchId, fate: "RETURNED_REFUSED" },
  "another was silent": { type: "proposal-ended", matchId, fate: "RETURNED_UNANSWERED" },
  "another refused, and nobody goes on": { type: "proposal-ended", matchId, fate: "DISSOLVED_REFUSED" },
  "another was silent, and nobody goes on": { type: "proposal-ended", matchId, fate: "DISSOLVED_UNANSWERED" },
  "another refused after its time": { type: "proposal-ended", matchId, fate: "TIMED_OUT" },
  "another match was refused": { type: "proposal-ended", matchId: "match_2" as MatchId, fate: "REFUSED" },
  matched: { type: "matched", matchId },
  "another is matched": { type: "matched", matchId: "match_2" as MatchId },
  placed: { type: "placed", matchId, assignment },
  "placement lost, searching on": { type: "placement-lost", cause: "PLACEMENT_FAILED", searchesOn: true },
  "placement lost for good": { type: "placement-lost", cause: "PLACEMENT_TIMED_OUT", searchesOn: false },
  "more have joined": { type: "joined", preparation: { ...preparation, joined: [0, 1] }, isComplete: false },
  "all have joined": { type: "joined", preparation: { ...preparation, joined: [0, 1, 2] }, isComplete: true },
  "one declined": { type: "declined" },
  cancelled: { type: "cancelled" },
  "timed out": { type: "timed-out" },
} as const satisfies Record<string, TicketEvent>;

/** Every edge that there is. What is not here changes nothing. */
const edges: Readonly<Record<string, Readonly<Partial<Record<keyof typeof events, TicketState["phase"]>>>>> = {
  PREPARING: {
    "more have joined": "PREPARING",
    "all have joined": "SEARCHING",
    "one declined": "CANCELLED",
    cancelled: "CANCELLED",
    "timed out": "TIMED_OUT",
  },
  SEARCHING: {
    claimed: "CLAIMED",
    proposed: "REQUIRES_ACCEPTANCE",
    matched: "PLACING",
    "another is matched": "PLACING",
    placed: "COMPLETED",
    cancelled: "CANCELLED",
    "timed out": "TIMED_OUT",
  },
  CLAIMED: { "fill applied": "COMPLETED", "fill dropped": "SEARCHING" },
  REQUIRES_ACCEPTANCE: {
    "more have accepted": "REQUIRES_ACCEPTANCE",
    "it refused": "CANCELLED",
    "it was silent": "CANCELLED",
    "it was cancelled": "CANCELLED",
    "another refused": "SEARCHING",
    "another was silent": "SEARCHING",
    "another refused, and nobody goes on": "CANCELLED",
    "another was silent, and nobody goes on": "CANCELLED",
    "another refused after its time": "TIMED_OUT",
    matched: "PLACING",
    placed: "COMPLETED",
  },
  PLACING: {
    placed: "COMPLETED",
    "placement lost, searching on": "SEARCHING",
    "placement lost for good": "FAILED",
  },
};

for (const [phase, state] of Object.entries(states)) {
  describe(`a ticket that is ${phase}`, () => {
    for (const [name, event] of Object.entries(events)) {
      const next = edges[phase]?.[name as keyof typeof events];
      test(next ? `becomes ${next} when ${name}` : `stays when ${name}`, () => {
        const after = stepTicket(state, event);
        if (next) expect([after.phase, after !== state]).toEqual([next, true]);
        else expect(after).toBe(state);
      });
    }
  });
}

test("a claim is not for readers to see", () => {
  expect(readPhase(states.CLAIMED)).toBe("SEARCHING");
  expect(isVisible(states.SEARCHING, states.CLAIMED)).toBe(false);
  expect(isVisible(states.CLAIMED, states.SEARCHING)).toBe(false);
  expect(isVisible(states.CLAIMED, states.COMPLETED)).toBe(true);
});

test("readers see who has accepted", () => {
  const before = states.REQUIRES_ACCEPTANCE;
  expect(isVisible(before, stepTicket(before, events["more have accepted"]))).toBe(true);
  expect(isVisible(before, before)).toBe(false);
});

test("a ticket says why its match was not accepted, and which one it was", () => {
  const after = (name: "it refused" | "it was silent" | "it was cancelled" | "another refused, and nobody goes on") =>
    stepTicket(states.REQUIRES_ACCEPTANCE, events[name]);
  expect(after("it refused")).toEqual({ phase: "CANCELLED", cause: "ACCEPTANCE_REFUSED", matchId });
  expect(after("it was silent")).toEqual({ phase: "CANCELLED", cause: "ACCEPTANCE_TIMED_OUT", matchId });
  expect(after("it was cancelled")).toEqual({ phase: "CANCELLED", cause: "CANCELLED_BY_REQUEST", matchId });
  expect(after("another refused, and nobody goes on")).toMatchObject({ cause: "MATCH_REFUSED" });
  expect(stepTicket(states.REQUIRES_ACCEPTANCE, events["another was silent"])).toEqual({
    phase: "SEARCHING",
    cause: "MATCH_UNANSWERED",
  });
});

test("a ticket that searches on remembers why it returned, through a refused fill too", () => {
  const back = stepTicket(states.PLACING, events["placement lost, searching on"]);
  expect(stepTicket(stepTicket(back, events.claimed), events["fill dropped"])).toEqual(back);
  expect(back).toEqual({ phase: "SEARCHING", cause: "PLACEMENT_FAILED" });
});
