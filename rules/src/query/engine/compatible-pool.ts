// A pool of the compatible reading whose intervals find what runInterval() finds, hits taken one by one from classes.
import { type PooledTicket, runIntervalBy, type Search } from "../pool/compatible-interval.ts";
import type { QuerySettings } from "../pool/query-settings.ts";
import { type QueryTicket, shareParty } from "../pool/query-ticket.ts";
import { ByAge } from "./by-age.ts";
import { ClassTable, type TicketClass } from "./ticket-class.ts";
import type { Waiting } from "./ticket-queue.ts";

export interface CompatiblePool {
  readonly size: number;
  /** Whether somebody still searches: else an interval finds nothing. */
  readonly isActive: boolean;
  /** `intervals`: in which it has sought already. Default 0. */
  add(ticket: QueryTicket, intervals?: number): void;
  /** The ticket while it is there. */
  find(ticketId: string): QueryTicket | undefined;
  /** Takes the ticket out; undefined: it is not there. */
  remove(ticketId: string): QueryTicket | undefined;
  /** One interval: takes its matches out, in the order in which they were found. */
  /**
   * Finds out whom those find that seek in the next interval, until `workMax` units of work are done (some 20 ns each). Whether all is known
   * that the interval will ask; a later call goes on.
   */
  lookAhead(workMax: number): boolean;
  runInterval(): readonly (readonly QueryTicket[])[];
}

/** An empty pool. */
export function createCompatiblePool(settings: QuerySettings): CompatiblePool {
  const waiting = new Map<string, Waiting>();
  const active = new Map<string, PooledTicket>();
  const table = new ClassTable(false);
  /** Classes that were looked ahead for since the last interval: each once, as where pairs are too many to remember they are forgotten. */
  const looked = new Set<TicketClass>();
  const remove = (ticketId: string) => {
    const found = waiting.get(ticketId);
    if (!found) return undefined;
    waiting.delete(ticketId);
    active.delete(ticketId);
    table.leave(found);
    return found.ticket;
  };
  const classOf = ({ ticketId }: QueryTicket) => waiting.get(ticketId)?.ticketClass;

  function* findHits({ driver }: Search): Iterable<QueryTicket> {
    const own = classOf(driver);
    if (!own) return;
    const found = new ByAge(table.neighboursOf(own).filter(({ ticketClass }) => ticketClass.count > 0));
    for (let place = 0, next = found.at(0); next; place += 1, next = found.at(place)) {
      if (next.ticket !== driver && !shareParty(next.ticket, driver)) yield next.ticket;
    }
  }

  return {
    get size() {
      return waiting.size;
    },
    get isActive() {
      return active.size > 0;
    },
    add(ticket, intervals = 0) {
      waiting.set(ticket.ticketId, table.add(ticket));
      active.set(ticket.ticketId, { ticket, intervals, isActive: true });
    },
    find: (ticketId) => waiting.get(ticketId)?.ticket,
    remove,
    lookAhead(workMax) {
      table.work.left = workMax;
      for (const { ticket } of active.values()) {
        const own = classOf(ticket);
        if (!own || looked.has(own)) continue;
        if (!table.look(own)) return false;
        looked.add(own);
      }
      return true;
    },
    runInterval() {
      table.work.left = Number.POSITIVE_INFINITY;
      looked.clear();
      const port = {
        findHits,
        accepts(one: QueryTicket, other: QueryTicket): boolean {
          const [first, second] = [classOf(one), classOf(other)];
          return first !== undefined && second !== undefined && table.accepts(first, second);
        },
        onMatch(match: readonly QueryTicket[]) {
          for (const { ticketId } of match) remove(ticketId); // Nobody who is taken is found again.
        },
      };
      // Passive tickets are only found: those that search are enough to go through.
      const { matches, pool } = runIntervalBy(port, [...active.values()], settings);
      for (const pooled of pool) {
        const { ticketId } = pooled.ticket;
        if (!pooled.isActive) active.delete(ticketId);
        else if (active.has(ticketId)) active.set(ticketId, pooled);
      }
      return matches;
    },
  };
}
