import { limits } from "@muster/proto";
import { type MatchmakingServiceDefinition, Ticket } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { isSelected } from "../core/list-tickets.ts";
import { findNewestTickets } from "../list-tickets.ts";
import type { Desk } from "./desk.ts";
import { readListTickets, writePageToken } from "./list-tickets-wire.ts";
import { writeTicket } from "./wire.ts";

/** Of one page, in bytes: an eighth of what an answer may have, so that writing one holds nobody else up for long. */
const PAGE_BYTES_MAX = limits.ANSWER_BYTES_MAX / 8;

export function listTickets(desk: Desk): Handlers<MatchmakingServiceDefinition>["listTickets"] {
  return async (message, { signal }) => {
    const { filter, question, beforeArrival, pageSize } = readListTickets(message);
    // One more than a page tells whether there is another one.
    const search = { filter, beforeArrival, count: pageSize + 1 };
    const ids = await findNewestTickets(desk.ledger.state, search, { clock: desk.clock, signal });
    const found = await desk.ledger.read((state) =>
      ids.map((id) => state.tickets.get(id)?.ticket).filter((ticket) => ticket !== undefined),
    );
    const page: Ticket[] = [];
    let bytes = 0;
    let last = Number.POSITIVE_INFINITY;
    for (const ticket of found.slice(0, pageSize)) {
      const written = writeTicket(ticket);
      bytes += Ticket.encode(written).finish().length;
      if (page.length > 0 && bytes > PAGE_BYTES_MAX) break;
      last = ticket.arrival;
      if (isSelected(ticket, filter)) page.push(written);
    }
    const isLast = found.length === 0 || last === found.at(-1)?.arrival;
    return { tickets: page, nextPageToken: isLast ? "" : writePageToken(question, last) };
  };
}
