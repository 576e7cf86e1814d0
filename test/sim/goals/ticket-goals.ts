// What may happen to tickets, and to those who ask for them.
import { SeatedBy, TicketState } from "@muster/proto/matchmaking";
import type { Books } from "../checkers/books/books.ts";
import { isCallOf, okOf } from "../checkers/books/call-book.ts";
import type { Phase } from "../checkers/books/matcher-entries.ts";
import type { Observation } from "../observation.ts";
import { type Goal, isRefusal, when } from "./goal.ts";

/** The call that `observation` answers. */
function answered(observation: Observation, books: Books) {
  return observation.type === "answer" ? books.calls.get(observation.callId) : undefined;
}

/** Cancels that were asked for while their ticket was in `phase`, and how they were answered. */
export function cancelDuring(name: string, phase: Phase, isAnswer: (observation: Observation) => boolean): Goal {
  return {
    name,
    detector: () => {
      const raced = new Set<number>();
      return (observation, books) => {
        if (observation.type === "call") {
          const call = { ...observation, startedMs: 0, startedTick: 0 };
          const isRace =
            isCallOf(call, "cancelMatching") && books.matcher.tickets.get(call.request.ticketId)?.phase === phase;
          if (isRace) raced.add(observation.callId);
        }
        if (observation.type === "answer" && raced.delete(observation.callId)) return isAnswer(observation);
        return false;
      };
    },
  };
}

const isOk = (observation: Observation) => observation.type === "answer" && "ok" in observation.outcome;

function isStep(observation: Observation, type: string): boolean {
  return observation.type === "matcher-fact" && observation.fact.type === type;
}

export const ticketGoals: readonly Goal[] = [
  cancelDuring("a cancel raced a fill and lost", "CLAIMED", (one) => isRefusal(one, "TICKET_ALREADY_MATCHED")),
  cancelDuring("a cancel raced a fill and won", "CLAIMED", isOk),
  cancelDuring("a cancel came during a placement", "PLACING", (one) => isRefusal(one, "TICKET_ALREADY_MATCHED")),
  cancelDuring("a cancel was repeated", "CANCELLED", isOk),
  cancelDuring("a cancel raced the ticket's own end", "SEARCHING", (one) => isRefusal(one, "TICKET_ALREADY_MATCHED")),
  when("the same request came twice", (observation, books) => {
    const call = answered(observation, books);
    if (observation.type !== "answer" || !isCallOf(call, "startMatching")) return false;
    const ticketId = okOf(call, "startMatching", observation.outcome)?.ticket?.ticketId;
    const ticket = books.matcher.tickets.get(ticketId ?? "");
    return ticket !== undefined && ticket.createdTick < call.startedTick;
  }),
  when("another request came under a ticket's id", (observation) => isRefusal(observation, "ID_REUSED")),
  when("a player queued twice", (observation) => isRefusal(observation, "PLAYER_ALREADY_QUEUED")),
  when("one of a batch was refused and another was not", (observation, books) => {
    const call = answered(observation, books);
    if (!isRefusal(observation, "PLAYER_ALREADY_QUEUED") || !isCallOf(call, "startMatching")) return false;
    const { ticketId } = call.request;
    return ticketId.endsWith(".twin") && books.matcher.tickets.has(ticketId.slice(0, -".twin".length));
  }),
  when("a ticket was superseded", (observation) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "ticket-cancelled") return false;
    return observation.fact.cause === "SUPERSEDED";
  }),
  when("a ticket in a match was not superseded", (observation, books) => {
    if (observation.type !== "answer" || !("refused" in observation.outcome)) return false;
    const { refused, metadata } = observation.outcome;
    const { phase, configuration = "" } = books.matcher.tickets.get(metadata.ticketId ?? "") ?? {};
    if (refused !== "PLAYER_ALREADY_QUEUED" || phase === "SEARCHING") return false;
    return books.matcher.configurations.get(configuration)?.duplicatePlayers?.onDuplicate === "SUPERSEDE";
  }),
  when("a player was led back to a battle", (observation) => isStep(observation, "ticket-rejoined")),
  when("a player whose battle had ended was not led back", (observation, books) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "ticket-created") return false;
    const before = books.matcher.tickets.get(observation.fact.ticketId.replace(/\.back$/, ""));
    if (before?.ticketId === observation.fact.ticketId || before?.battleSessionId === undefined) return false;
    return books.matcher.sessions.get(before.battleSessionId)?.hasEnded === true;
  }),
  when("somebody who was seated could not queue", (observation) => isRefusal(observation, "PLAYER_ALREADY_SEATED")),
  when("a history told of a return to the search", (observation, books) => {
    const call = answered(observation, books);
    if (observation.type !== "answer" || !call) return false;
    const { transitions = [] } = okOf(call, "describeTicketHistory", observation.outcome) ?? {};
    return transitions.some(({ state, version }) => state === TicketState.SEARCHING && version > 1);
  }),
  when("a history told of a seat by backfill", (observation, books) => {
    const call = answered(observation, books);
    if (observation.type !== "answer" || !call) return false;
    const { transitions = [] } = okOf(call, "describeTicketHistory", observation.outcome) ?? {};
    return transitions.some(({ seatedBy }) => seatedBy === SeatedBy.BACKFILL);
  }),
  when("a list had several pages", (observation, books) => {
    const call = answered(observation, books);
    if (observation.type !== "answer" || !isCallOf(call, "listTickets")) return false;
    const page = okOf(call, "listTickets", observation.outcome);
    return call.request.pageToken !== "" && (page?.tickets.length ?? 0) > 0;
  }),
  when("a request had no answer and was carried out", (observation, books) => {
    const call = answered(observation, books);
    if (observation.type !== "answer" || !isCallOf(call, "startMatching")) return false;
    return "unknown" in observation.outcome && books.matcher.tickets.has(call.request.ticketId);
  }),
  when("a request had no answer and was not carried out", (observation, books) => {
    const call = answered(observation, books);
    if (observation.type !== "answer" || !isCallOf(call, "startMatching")) return false;
    return "unknown" in observation.outcome && !books.matcher.tickets.has(call.request.ticketId);
  }),
  when("the matcher died between a record and its acknowledgement", (observation, books) => {
    if (observation.type !== "life" || observation.service !== "matcher" || observation.how === "start") return false;
    return [...books.calls.values()].some(
      (call) => isCallOf(call, "startMatching") && books.matcher.tickets.has(call.request.ticketId),
    );
  }),
  when("a ticket timed out", (observation) => isStep(observation, "ticket-timed-out")),
  when("a ticket's time passed while it was claimed", (observation, books) => {
    if (observation.type !== "matcher-fact") return false;
    return books.steps.some(({ ticketId }) => {
      const ticket = books.matcher.tickets.get(ticketId);
      return ticket?.phase === "CLAIMED" && ticket.timesOutAtMs <= observation.journalMs;
    });
  }),
  when("a ticket's time passed in placement", (observation, books) => {
    if (observation.type !== "matcher-fact") return false;
    return books.steps.some(({ ticketId }) => {
      const ticket = books.matcher.tickets.get(ticketId);
      return ticket?.phase === "PLACING" && ticket.timesOutAtMs <= observation.journalMs;
    });
  }),
  when("a ticket returned to the search", (_, books) => books.steps.some((step) => step.returns)),
  when("a ticket failed", (_, books) => books.steps.some((step) => step.to === "FAILED")),
  when("seats ran out before the matcher heard of them", (observation, books) => {
    return isStep(observation, "match-placed") && books.steps.some((step) => step.to !== "COMPLETED");
  }),
  when("a party of three was matched", (_, books) =>
    books.steps.some(
      ({ to, ticketId }) => to === "PLACING" && books.matcher.tickets.get(ticketId)?.players.length === 3,
    ),
  ),
];
