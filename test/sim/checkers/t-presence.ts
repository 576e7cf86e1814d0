// T-PRESENCE: a ticket that needs its owner's watch is given up only when none has been open for its grace, and is given up then, once
// nothing fails any more.
import { TicketEventType } from "@muster/proto/matchmaking";
import type { Books } from "./books/books.ts";
import type { TicketEntry } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { createDueList } from "./due-list.ts";
import { SETTLE_MS } from "./settle.ts";

const NAME = "T-PRESENCE";
/** Times are rounded to whole ms where they are written down. */
const ROUNDED_MS = 2;
/** How late a ticket may be given up, in ms: a stream's end has to come through, clocks are slow, and disks are. */
const LATE_MS = 5_000;

type Missed = { readonly ticketId: string; readonly presenceGraceMs?: number | undefined };

export function tPresence(books: Books): Checker {
  const { tickets } = books.matcher;
  /** When a ticket was made, in journal time. */
  const createdMs = new Map<string, number>();
  /** Until when each watcher was surely heard by the matcher, by its wall clock, which may jump. */
  let heldWallMs = new Map<string, number>();
  /** By when a ticket has to be given up, if nobody has come back to it since it was missed. */
  const due = createDueList<string>();
  const dueMs = new Map<string, number>();

  const isOf = (name: string, { ticketId, players }: TicketEntry) => {
    const watcher = books.watches.ofTickets.get(name);
    if (!watcher || watcher.isOnlooker) return false;
    if (watcher.ticketIds) return watcher.ticketIds.has(ticketId);
    return watcher.playerId !== undefined && players.some(({ playerId }) => playerId === watcher.playerId);
  };
  const checkGone = (ticketId: string, at: { readonly journalMs: number; readonly wallMs: number }) => {
    const ticket = tickets.get(ticketId);
    const graceMs = ticket?.presenceGraceMs;
    if (!ticket || graceMs === undefined) throw new BrokenPromise(NAME, `${ticketId} needs no watch, and is given up`);
    const ageMs = at.journalMs - (createdMs.get(ticketId) ?? 0);
    if (ageMs < graceMs - ROUNDED_MS)
      throw new BrokenPromise(NAME, `${ticketId} is given up ${ageMs} ms after its start`);
    for (const [name, wallMs] of heldWallMs) {
      const sinceMs = at.wallMs - wallMs;
      if (sinceMs >= graceMs - ROUNDED_MS || !isOf(name, ticket)) continue;
      throw new BrokenPromise(NAME, `${ticketId} is given up although ${name} watched it ${sinceMs} ms before`);
    }
  };
  const isWatched = (ticket: TicketEntry) =>
    [...books.watches.ofTickets].some(([name, { isOpen }]) => isOpen && isOf(name, ticket));
  const checkDue = (nowMs: number) => {
    for (let id = due.takeBefore(nowMs); id !== undefined; id = due.takeBefore(nowMs)) {
      const ticket = tickets.get(id);
      if (!ticket || (ticket.phase !== "SEARCHING" && ticket.phase !== "PREPARING")) continue;
      if (isWatched(ticket) || (dueMs.get(id) ?? 0) >= nowMs) continue;
      throw new BrokenPromise(NAME, `${id} is still ${ticket.phase}, and nobody has watched it for its grace`);
    }
  };
  /** Nobody watches these any more, as far as one watcher goes. */
  const miss = (named: Iterable<Missed>, nowMs: number) => {
    for (const { ticketId, presenceGraceMs } of named) {
      if (presenceGraceMs === undefined) continue;
      const byMs = Math.max(nowMs, (books.healedMs ?? nowMs) + SETTLE_MS) + presenceGraceMs + LATE_MS;
      dueMs.set(ticketId, byMs);
      due.add(byMs, ticketId);
    }
  };
  return {
    name: NAME,
    see(observation) {
      const { atMs } = observation;
      if (observation.type === "fault" && observation.name === "clock jump") heldWallMs = new Map();
      if (observation.type === "ticket-event" && observation.event.type === TicketEventType.HEARTBEAT) {
        heldWallMs.set(observation.watcher, observation.event.at?.getTime() ?? 0);
      }
      if (observation.type === "healed") miss(tickets.values(), atMs);
      if (observation.type === "watch-ended") {
        miss(
          [...tickets.values()].filter((ticket) => isOf(observation.watcher, ticket)),
          atMs,
        );
      }
      if (observation.type !== "matcher-fact") return;
      const { fact } = observation;
      if (fact.type === "ticket-created" && fact.presenceGraceMs !== undefined) {
        createdMs.set(fact.ticketId, observation.journalMs);
        miss([fact], atMs);
      }
      if (fact.type === "ticket-cancelled" && fact.cause === "OWNER_GONE") checkGone(fact.ticketId, observation);
      if (fact.type === "proposal-ended") {
        for (const { ticketId, fate } of fact.outcomes) if (fate === "OWNER_GONE") checkGone(ticketId, observation);
      }
      for (const { ticketId, to } of books.steps) {
        const ticket = tickets.get(ticketId);
        if (ticket && to === "SEARCHING") miss([ticket], atMs); // It comes back from a match or fill.
      }
      if (books.healedMs !== undefined && atMs > books.healedMs + SETTLE_MS) checkDue(atMs);
    },
  };
}
