// T-HISTORY: what is told of a ticket's past is what the journal says: each version once, in order, in the state that it had, with the
// seat that it was given by a fill or by its match, whose decision is told of too; and a list shows newest first, nothing that its filter leaves out.
import { readEnum } from "@muster/proto";
import {
  type DescribeTicketHistoryResponse,
  type ListTicketsRequest,
  type ListTicketsResponse,
  SeatedBy,
  TicketAttemptType,
  TicketState,
} from "@muster/proto/matchmaking";
import type { Books } from "./books/books.ts";
import { isCallOf, okOf } from "./books/call-book.ts";
import { isChange } from "./books/watch-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-HISTORY";

export function tHistory(books: Books): Checker {
  /** Tickets that a fill seated. */
  const filled = new Set<string>();

  const checkHistory = ({ ticket, transitions, attempts = [], attemptsIncomplete }: DescribeTicketHistoryResponse) => {
    const { ticketId = "", version = 0 } = ticket ?? {};
    const open = new Set<string>();
    for (const { type, fillId } of attempts) {
      if (type === TicketAttemptType.FILL_DECIDED) open.add(fillId);
      if (type === TicketAttemptType.FILL_DROPPED && !open.delete(fillId) && !attemptsIncomplete) {
        throw new BrokenPromise(
          NAME,
          `${ticketId} is told that fill ${fillId} was dropped, and not that it was decided`,
        );
      }
    }
    if (transitions.some(({ seatedBy }) => seatedBy === SeatedBy.BACKFILL) && open.size === 0 && !attemptsIncomplete) {
      throw new BrokenPromise(
        NAME,
        `${ticketId} is told to be seated by a fill, and of none that was decided and kept`,
      );
    }
    const states = books.matcher.tickets.get(ticketId)?.states;
    if (!states) return; // Its retention has ended since.
    const changes = transitions.filter(({ type }) => isChange(type));
    if (changes.length !== version) {
      throw new BrokenPromise(NAME, `${ticketId} has ${changes.length} changes in its history at version ${version}`);
    }
    for (const [index, change] of changes.entries()) {
      const state = readEnum(TicketState, change.state);
      if (change.version !== index + 1 || state !== states[index]) {
        const why = `${ticketId} was ${states[index]} at version ${index + 1} and its history says ${state} at ${change.version}`;
        throw new BrokenPromise(NAME, why);
      }
      const isFill = change.seatedBy === SeatedBy.BACKFILL;
      if (state === "COMPLETED" && isFill !== filled.has(ticketId)) {
        throw new BrokenPromise(NAME, `${ticketId} is told to be seated ${isFill ? "by" : "without"} a fill`);
      }
    }
  };
  const checkList = (request: ListTicketsRequest, { tickets }: ListTicketsResponse) => {
    let last = Number.POSITIVE_INFINITY;
    for (const { ticketId, configuration, state, players } of tickets) {
      const isSelected =
        (request.configuration === "" || request.configuration === configuration) &&
        (request.states.length === 0 || request.states.includes(state)) &&
        (request.playerId === "" || players.some(({ playerId }) => playerId === request.playerId));
      if (!isSelected) throw new BrokenPromise(NAME, `a list shows ${ticketId}, which its filter leaves out`);
      const arrival = books.matcher.tickets.get(ticketId)?.arrival;
      if (arrival === undefined) continue;
      if (arrival >= last) throw new BrokenPromise(NAME, `a list shows ${ticketId} behind an older one`);
      last = arrival;
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact") {
        if (observation.fact.type === "fill-applied") for (const { ticketId } of books.steps) filled.add(ticketId);
        if (observation.fact.type !== "ended-forgotten") return;
        for (const ticketId of filled) if (!books.matcher.tickets.has(ticketId)) filled.delete(ticketId);
      }
      if (observation.type !== "answer") return;
      const call = books.calls.get(observation.callId);
      if (!call) return;
      const history = okOf(call, "describeTicketHistory", observation.outcome);
      if (history) checkHistory(history);
      const list = okOf(call, "listTickets", observation.outcome);
      if (list && isCallOf(call, "listTickets")) checkList(call.request, list);
    },
  };
}
