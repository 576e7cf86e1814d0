import type { FillId, MatchId } from "@muster/proto";
import { describe, expect, test } from "vitest";
import { type Assignment, isVisible, readPhase, stepTicket, type TicketEvent, type TicketState } from "./ticket.ts";

const matchId = "match_1" as MatchId;
const fillId = "bf_1.f1" as FillId;
const assignment: Assignment = { address: undefined, battleSessionId: undefined, region: undefined, players: [] };

const states = {
  SEARCHING: { phase: "SEARCHING", cause: undefined },
  CLAIMED: { phase: "CLAIMED", cause: undefined, fillId },
  PLACING: { phase: "PLACING", matchId },
  COMPLETED: { phase: "COMPLETED", matchId, assignment },
  CANCELLED: { phase: "CANCELLED", cause: "CANCELLED_BY_REQUEST" },
  TIMED_OUT: { phase: "TIMED_OUT", cause: "REQUEST_TIMED_OUT" },
  FAILED: { phase: "FAILED", cause: "PLACEMENT_FAILED", matchId },
} as const satisfies Record<TicketState["phase"], TicketState>;

const events = {
  claimed: { type: "claimed", fillId },
  "fill applied": { type: "fill-applied", fillId, matchId, assignment },
  "another fill applied": { type: "fill-applied", fillId: "bf_2.f1" as FillId, matchId, assignment },
  "fill dropped": { type: "fill-dropped", fillId },
  "another fill dropped": { type: "fill-dropped", fillId: "bf_2.f1" as FillId },
  matched: { type: "matched", matchId },
  placed: { type: "placed", matchId, assignment },
  "placement lost, searching on": { type: "placement-lost", cause: "PLACEMENT_FAILED", searchesOn: true },
  "placement lost for good": { type: "placement-lost", cause: "PLACEMENT_TIMED_OUT", searchesOn: false },
  cancelled: { type: "cancelled" },
  "timed out": { type: "timed-out" },
} as const satisfies Record<string, TicketEvent>;

/** Every edge that there is. What is not here changes nothing. */
const edges: Readonly<Record<string, Readonly<Partial<Record<keyof typeof events, TicketState["phase"]>>>>> = {
  SEARCHING: {
    claimed: "CLAIMED",
    matched: "PLACING",
    placed: "COMPLETED",
    cancelled: "CANCELLED",
    "timed out": "TIMED_OUT",
  },
  CLAIMED: { "fill applied": "COMPLETED", "fill dropped": "SEARCHING" },
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
        if (next) expect(after.phase).toBe(next);
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

test("a ticket that searches on remembers why it returned, through a refused fill too", () => {
  const back = stepTicket(states.PLACING, events["placement lost, searching on"]);
  expect(stepTicket(stepTicket(back, events.claimed), events["fill dropped"])).toEqual(back);
  expect(back).toEqual({ phase: "SEARCHING", cause: "PLACEMENT_FAILED" });
});
