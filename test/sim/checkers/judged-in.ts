// A player as rules judge one in a running battle: it stays where it is, so that of latencies only those in its region count.

import type { Books } from "./books/books.ts";
import type { SeatEntry, SessionEntry } from "./books/fleet-book.ts";
import type { TicketPlayer } from "./books/matcher-entries.ts";

type Judged = Pick<TicketPlayer, "attributes"> & Partial<Pick<TicketPlayer, "latenciesMs">>;

/** What the player's ticket says, if it is remembered. */
export function judgedIn(
  books: Books,
  region: string,
  { playerId, ticketId }: { readonly playerId: string; readonly ticketId?: string | undefined },
): Judged {
  const ticket = ticketId === undefined ? undefined : books.matcher.tickets.get(ticketId);
  const held = ticket?.players.find((one) => one.playerId === playerId);
  return held ? asInRegion(held, region) : { attributes: {} };
}

/** Who sits in the session's team, as rules judge them: what the backfill's request says of somebody counts more than all else. */
export function seatedIn(books: Books, session: SessionEntry, team: string): readonly (Judged & SeatEntry["judged"])[] {
  const region = books.fleet.processes.get(session.processId)?.fleet ?? "";
  const known = books.matcher.sessions.get(session.battleSessionId)?.knownPlayers ?? [];
  return [...session.seats.values()]
    .filter((seat) => seat.team === team)
    .map(({ judged }) => {
      const told = known.find(({ playerId }) => playerId === judged.playerId);
      return { ...judgedIn(books, region, judged), ...judged, ...(told && asInRegion(told, region)) };
    });
}

function asInRegion(
  { attributes, latenciesMs }: Pick<TicketPlayer, "attributes" | "latenciesMs">,
  region: string,
): Required<Judged> {
  const latencyMs = latenciesMs[region];
  return { attributes, latenciesMs: latencyMs === undefined ? {} : { [region]: latencyMs } };
}
