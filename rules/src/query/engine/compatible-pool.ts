// A pool of the compatible reading whose intervals find what runInterval() finds, and can be stopped at any place and gone on with: what
// comes meanwhile is not in them, and who leaves takes no other's place.
import { trimmedToMultiple } from "../pool/compatible-interval.ts";
import type { QuerySettings } from "../pool/query-settings.ts";
import { byAge, type QueryTicket, shareParty, shareSession } from "../pool/query-ticket.ts";
import { ByAge } from "./by-age.ts";
import { createFirstFit } from "./first-fit.ts";
import { ClassTable } from "./ticket-class.ts";
import type { Waiting } from "./ticket-queue.ts";
import { unlimitedWork, type Work } from "./work.ts";

export interface CompatiblePool {
  readonly size: number;
  /** Whether somebody still searches: else an interval finds nothing. */
  readonly isActive: boolean;
  /** Whether an interval has begun and is not over. */
  readonly isRunning: boolean;
  /** The ticket enters at once, or when the interval that runs is over. `intervals`: in which it has sought already. Default 0. */
  add(ticket: QueryTicket, intervals?: number): void;
  /** The ticket while it is there. */
  find(ticketId: string): QueryTicket | undefined;
  /** Takes the ticket out; undefined: it is not there. */
  remove(ticketId: string): QueryTicket | undefined;
  /** Begins an interval over those that are there now, unless one runs. */
  beginInterval(): void;
  /**
   * Takes out the next match of the interval, in the order in which they are found; of each those found first, and last the one that
   * searched. Undefined: the interval is over, or, while `isRunning`, `work` is spent. Default: unlimited.
   */
  takeMatch(work?: Work): readonly QueryTicket[] | undefined;
}

type Active = { readonly waiting: Waiting; intervals: number };
/** A match, or nothing where the work has to stop. */
type Interval = Generator<readonly QueryTicket[] | undefined, void, undefined>;

/** What a hit costs: to find the next oldest, and to look for its group. */
const WORK_PER_HIT = 15;
const WORK_PER_DRIVER = 50;

/** An empty pool. */
export function createCompatiblePool(settings: QuerySettings): CompatiblePool {
  const waiting = new Map<string, Waiting>();
  const active = new Map<string, Active>();
  /** Who came while an interval ran. */
  const coming = new Map<string, { readonly ticket: QueryTicket; readonly intervals: number }>();
  /** Who left while somebody searched: out of the classes when that search is over. */
  const leaving = new Set<Waiting>();
  let isSearching = false;
  const table = new ClassTable(false);
  let interval: Interval | undefined;
  const { work } = table;

  const enter = (ticket: QueryTicket, intervals: number) => {
    const entered = table.add(ticket);
    waiting.set(ticket.ticketId, entered);
    active.set(ticket.ticketId, { waiting: entered, intervals });
  };
  const remove = (ticketId: string) => {
    const found = waiting.get(ticketId);
    if (!found) {
      const ticket = coming.get(ticketId)?.ticket;
      coming.delete(ticketId);
      return ticket;
    }
    waiting.delete(ticketId);
    active.delete(ticketId);
    if (isSearching) leaving.add(found);
    else table.leave(found);
    return found.ticket;
  };

  function* runInterval(): Interval {
    const drivers = [...active.values()].toSorted((one, other) => byAge(one.waiting.ticket, other.waiting.ticket));
    work.left -= 4 * drivers.length;
    for (const driver of drivers) {
      const { ticketId, minCount, maxCount } = driver.waiting.ticket;
      if (active.get(ticketId) !== driver) continue; // It is in a match, or has left.
      if (work.left <= 0) {
        yield undefined;
        if (active.get(ticketId) !== driver) continue;
      }
      driver.intervals += 1;
      const { intervals } = driver;
      const isLast = intervals >= settings.maxIntervals || minCount === maxCount;
      if (isLast) active.delete(ticketId);
      const { reversePrecision, reverseThreshold } = settings;
      const isMutual = reversePrecision && (reverseThreshold === 0 || intervals <= reverseThreshold);
      isSearching = true;
      const match = yield* search(driver.waiting, { isLast, isMutual });
      isSearching = false;
      // Where one of them has left meanwhile the others have lost nothing.
      const isWhole = match?.every((one) => !leaving.has(one));
      for (const one of leaving) table.leave(one);
      leaving.clear();
      if (!match || !isWhole) continue;
      const tickets = match.map(({ ticket }) => ticket);
      for (const one of tickets) remove(one.ticketId); // Nobody who is taken is found again.
      yield tickets;
    }
  }

  /** First fit over whom the driver finds, in the order of score and age. */
  function* search(
    driver: Waiting,
    { isLast, isMutual }: { readonly isLast: boolean; readonly isMutual: boolean },
  ): Generator<undefined, readonly Waiting[] | undefined, undefined> {
    const { ticket, ticketClass: own } = driver;
    const { maxCount, minCount } = ticket;
    while (!table.look(own)) yield undefined;
    const neighbours = table.neighboursOf(own).filter(({ ticketClass }) => ticketClass.count > 0);
    work.left -= WORK_PER_DRIVER + neighbours.length;
    const found = neighbours.reduce((sum, { ticketClass }) => sum + ticketClass.count * ticketClass.players, 0);
    // The driver itself may be among them: then they are fewer.
    if (found + own.players < (isLast ? minCount : maxCount)) return undefined;
    const fit = createFirstFit(table, { room: maxCount - own.players, isMutual });
    const sequence = new ByAge(neighbours);
    let place = 0;
    const next = () => {
      for (let one = sequence.at(place); one; one = sequence.at(place)) {
        place += 1;
        if (one !== driver && !shareParty(one.ticket, ticket)) return one;
      }
      return undefined;
    };
    for (let hit = next(), following = next(); hit; hit = following, following = next()) {
      work.left -= WORK_PER_HIT;
      if (work.left <= 0) yield undefined;
      if ((isMutual && !table.accepts(hit.ticketClass, own)) || shareSession(hit.ticket, ticket)) continue;
      const group = fit.place(hit);
      work.left -= 2 * fit.compared;
      const total = group.size + own.players;
      const isEnough = isLast && following === undefined && total >= minCount && total <= maxCount;
      if (total !== maxCount && !isEnough) continue;
      const chosen = [...group.tickets, driver];
      const match = trimmedToMultiple(
        ticket,
        group.tickets.map((one) => one.ticket),
      );
      if (match) return match.length === chosen.length ? chosen : chosen.filter((one) => match.includes(one.ticket));
    }
    return undefined;
  }

  return {
    get size() {
      return waiting.size + coming.size;
    },
    get isActive() {
      return active.size + coming.size > 0;
    },
    get isRunning() {
      return interval !== undefined;
    },
    add(ticket, intervals = 0) {
      if (interval) coming.set(ticket.ticketId, { ticket, intervals });
      else enter(ticket, intervals);
    },
    find: (ticketId) => waiting.get(ticketId)?.ticket ?? coming.get(ticketId)?.ticket,
    remove,
    beginInterval() {
      interval ??= runInterval();
    },
    takeMatch(given = unlimitedWork()) {
      if (!interval) return undefined;
      work.left = given.left;
      const { value, done } = interval.next();
      given.left = work.left;
      if (!done) return value ?? undefined;
      interval = undefined;
      for (const { ticket, intervals } of coming.values()) enter(ticket, intervals);
      coming.clear();
      return undefined;
    },
  };
}
