import type { Matcher, StartMatching, Ticket, TicketEvent, TicketState } from "@muster/sdk/backend";
import { expect, test } from "vitest";
import { createTicketDesk } from "./ticket-desk.ts";

function ticketIn(state: TicketState, ticketId = "t1"): Ticket {
  const player = { playerId: "anna", attributes: {}, latenciesMs: {}, team: undefined, data: undefined };
  const unknown = { timesOutAt: undefined, matchId: undefined, assignment: undefined, cause: undefined };
  return {
    ticketId,
    configuration: "arena",
    state,
    version: 1,
    players: [player],
    createdAt: new Date(0),
    returns: 0,
    estimatedWaitMs: undefined,
    proposal: undefined,
    preparation: undefined,
    partyId: undefined,
    presenceGraceSeconds: undefined,
    ...unknown,
  };
}

/** A matcher that answers from a script and writes down what was started. */
function createMatcher(events: readonly TicketState[] = []) {
  const started: StartMatching[] = [];
  const scripted: Pick<Matcher, "startMatching" | "describeMatchingProgress" | "cancelMatching" | "watchTickets"> = {
    startMatching: async (ticket) => {
      started.push(ticket);
      return ticketIn("SEARCHING", ticket.ticketId);
    },
    describeMatchingProgress: async (ticketIds) => ticketIds.map((id) => ticketIn("PLACING", id)),
    cancelMatching: async (ticketId) => ticketIn("CANCELLED", ticketId),
    async *watchTickets({ ticketIds = [] }) {
      for (const state of events) {
        const event = {
          type: "STATE_CHANGED",
          ticket: ticketIn(state, ticketIds[0]),
          at: new Date(0),
          resumeToken: "",
        };
        yield event as TicketEvent;
      }
    },
  };
  return { desk: createTicketDesk(scripted as Matcher), started };
}

const { signal } = new AbortController();

test("start() asks for one player in the mode, and names the skill only where there is one", async () => {
  const { desk, started } = createMatcher();
  await desk.start("t1", { player: "anna", skill: 1_200, mode: "arena" }, signal);
  await desk.start("t2", { player: "ben", skill: undefined, mode: "duel" }, signal);
  expect(started).toEqual([
    { ticketId: "t1", configuration: "arena", players: [{ playerId: "anna", attributes: { skill: 1_200 } }] },
    { ticketId: "t2", configuration: "duel", players: [{ playerId: "ben", attributes: {} }] },
  ]);
});

test("follow() resolves with the end, not with what comes before it", async () => {
  const { desk } = createMatcher(["SEARCHING", "PLACING", "FAILED"]);
  expect(await desk.follow("t1", signal)).toEqual({ ticketId: "t1", state: "FAILED" });
});

test("follow() rejects if the watch ends before the ticket", async () => {
  const { desk } = createMatcher(["SEARCHING"]);
  await expect(desk.follow("t1", signal)).rejects.toMatchObject({ reason: "CALL_CANCELLED" });
});

test("describe() and cancel() answer with the ticket's view", async () => {
  const { desk } = createMatcher();
  expect(await desk.describe("t1", signal)).toEqual({ ticketId: "t1", state: "PLACING" });
  expect(await desk.cancel("t1", signal)).toEqual({ ticketId: "t1", state: "CANCELLED" });
});
