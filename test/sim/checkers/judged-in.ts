// A player as rules judge one in a running battle: it stays where it is, so that of latencies only those in its region count.

import type { Books } from "./books/books.ts";
import type { TicketPlayer } from "./books/matcher-book.ts";

type Judged = Pick<TicketPlayer, "attributes"> & Partial<Pick<TicketPlayer, "latenciesMs">>;

/** What the player's ticket says, if it is remembered. */
export function judgedIn(
  books: Books,
  region: string,
  { playerId, ticketId }: { readonly playerId: string; readonly ticketId?: string | undefined },
): Judged {
  const ticket = ticketId === undefined ? undefined : books.matcher.tickets.get(ticketId);
  const held = ticket?.players.find((one) => one.playerId === playerId);
  if (!held) return { attributes: {} };
  const latencyMs = held.latenciesMs[region];
  return { attributes: held.attributes, latenciesMs: latencyMs === undefined ? {} : { [region]: latencyMs } };
}
