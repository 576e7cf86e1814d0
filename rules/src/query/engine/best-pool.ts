// A pool of the best reading that looks only where something has changed. What it finds is what findBestMatch() finds; it is
// quicker because classes decide for all their tickets, and because who found nobody finds nobody until somebody comes.
import { patientUntilMs } from "../pool/best-match.ts";
import type { QuerySettings } from "../pool/query-settings.ts";
import { allowsSize, byAge, type QueryTicket, shareParty, shareSession } from "../pool/query-ticket.ts";
import { ByAge } from "./by-age.ts";
import { Heap } from "./heap.ts";
import { ClassTable, type Neighbour, type TicketClass } from "./ticket-class.ts";
import { TicketQueue, type Waiting } from "./ticket-queue.ts";
import { unlimitedWork, type Work } from "./work.ts";

export interface BestPool {
  readonly size: number;
  /** `nowMs`: when it comes, where it may have waited long enough already. */
  add(ticket: QueryTicket, nowMs?: number): void;
  /** The ticket while it is there. */
  find(ticketId: string): QueryTicket | undefined;
  /** Takes the ticket out; undefined: it is not there. */
  remove(ticketId: string): QueryTicket | undefined;
  /**
   * Takes out the next match there is now, the oldest ticket in front; undefined: there is none until something changes, or, where
   * `isPaused`, as `work` was spent (default: there is no limit). Then the next call goes on.
   */
  takeMatch(nowMs: number, work?: Work): readonly QueryTicket[] | undefined;
  /** Whether the last `takeMatch()` has more to look at. */
  readonly isPaused: boolean;
  /** When the next ticket has waited long enough to take fewer players than its maximum. */
  nextPatienceAtMs(): number | undefined;
}

/** Tickets that are tried to complete one group. */
const TRIES_MAX = 20_000;
const WORK_PER_DRIVER = 50;
/** Beside what comparing its class costs. */
const WORK_PER_TRY = 5;

type Attempt = {
  readonly match: readonly Waiting[] | undefined;
  readonly isOfClass: boolean;
  /** Tickets that were tried. */
  readonly tries: number;
};

/** An empty pool. */
export function createBestPool(settings: QuerySettings): BestPool {
  const waiting = new Map<string, Waiting>();
  const isOlder = (one: Waiting, other: Waiting) => byAge(one.ticket, other.ticket) < 0;
  /** Who is to seek next: of each open class the oldest that has not sought in vain. */
  const seekers = new Heap<Waiting>(isOlder);
  /** Classes of which some ticket may find a match, and which. */
  const open = new Map<TicketClass, Waiting>();
  /** Classes that have new tickets. */
  const changed = new Set<TicketClass>();
  /** Who has not waited long enough. */
  const patient = new TicketQueue();
  const table = new ClassTable(true, (classes) => {
    open.clear();
    seekers.clear();
    changed.clear();
    for (const one of classes) seek(one);
  });

  const seek = (one: TicketClass, from = one.queue.first()) => {
    if (!from || open.get(one) === from) return;
    open.set(one, from);
    seekers.push(from);
  };
  const leave = (one: Waiting) => {
    waiting.delete(one.ticket.ticketId);
    const { ticketClass } = one;
    table.leave(one);
    // Whoever is next in its class may find what it did not need.
    if (open.get(ticketClass) === one) {
      open.delete(ticketClass);
      const next = ticketClass.queue.after(one);
      if (next) seek(ticketClass, next);
    }
  };
  let isPaused = false;
  /** Whether all of them are open; else there is more to look at. */
  const openChanged = (nowMs: number): boolean => {
    // Where most are new it is less to let everybody seek than to find out who is concerned.
    const isMost = changed.size * 2 > table.classes.length;
    if (isMost) for (const one of table.classes) seek(one);
    else {
      for (const one of changed) {
        seek(one);
        if (!table.look(one)) return false;
        for (const { ticketClass } of one.neighbours) seek(ticketClass);
        table.work.left -= WORK_PER_DRIVER + 2 * one.neighbours.length;
        changed.delete(one);
      }
    }
    changed.clear();
    for (let first = patient.first(); first; first = patient.first()) {
      if (patientUntilMs(first.ticket, settings) > nowMs) break;
      patient.shift();
      seek(first.ticketClass);
    }
    return true;
  };

  const findMatch = (nowMs: number): readonly QueryTicket[] | undefined => {
    const { work } = table;
    isPaused = !openChanged(nowMs);
    while (!isPaused) {
      const driver = seekers.pop();
      if (!driver) return undefined;
      const { ticketClass } = driver;
      if (driver.isGone || open.get(ticketClass) !== driver) continue;
      if (!table.look(ticketClass)) {
        seekers.push(driver);
        isPaused = true;
        return undefined;
      }
      const isPatient = nowMs < patientUntilMs(driver.ticket, settings);
      const { match, isOfClass, tries } = seekMatch(table, driver, isPatient);
      work.left -= WORK_PER_DRIVER + 2 * ticketClass.neighbours.length + WORK_PER_TRY * tries;
      if (match) {
        const tickets = match.map(({ ticket }) => ticket).toSorted(byAge);
        for (const one of match) leave(one);
        return tickets;
      }
      open.delete(ticketClass);
      // What kept it from a match keeps the younger of its class from one too, unless it was who it is.
      const next = isOfClass ? undefined : ticketClass.queue.after(driver);
      if (next) seek(ticketClass, next);
      isPaused = work.left <= 0;
    }
    return undefined;
  };

  return {
    get size() {
      return waiting.size;
    },
    add(ticket, nowMs = Number.NEGATIVE_INFINITY) {
      const added = table.add(ticket);
      waiting.set(ticket.ticketId, added);
      changed.add(added.ticketClass);
      if (patientUntilMs(ticket, settings) > nowMs) patient.add(added); // Else it seeks as one who has come.
    },
    find: (ticketId) => waiting.get(ticketId)?.ticket,
    remove(ticketId) {
      const found = waiting.get(ticketId);
      if (found) leave(found);
      return found?.ticket;
    },
    get isPaused() {
      return isPaused;
    },
    takeMatch(nowMs, given = unlimitedWork()) {
      const { work } = table;
      work.left = given.left;
      const match = findMatch(nowMs);
      given.left = work.left;
      return match;
    },
    nextPatienceAtMs() {
      const first = patient.first();
      return first && patientUntilMs(first.ticket, settings);
    },
  };
}

/** The match of the driver; without one whether it is its class that finds none, rather than it alone. */
function seekMatch(table: ClassTable, driver: Waiting, isPatient: boolean): Attempt {
  const { ticket, ticketClass } = driver;
  const { players, minCount, maxCount } = ticketClass;
  if (players === maxCount) return { match: [driver], isOfClass: true, tries: 0 };
  const neighbours = table.neighboursOf(ticketClass);
  const least = isPatient ? maxCount : Math.max(minCount, players + 1);
  const most = Math.min(maxCount, players + playersOf(neighbours, ticketClass));
  let isOfClass = true;
  let tries = 0;
  for (let size = most; size >= least; size -= 1) {
    if (!allowsSize(ticket, size)) continue;
    const candidates = neighbours.filter(({ ticketClass: other }) => {
      return other.count > 0 && other.players <= size - players && allowsSize(other.example, size);
    });
    if (playersOf(candidates, ticketClass) < size - players) continue;
    const attempt = complete(table, driver, { candidates, missing: size - players });
    tries += attempt.tries;
    if (attempt.match) return { ...attempt, tries };
    isOfClass &&= attempt.isOfClass;
  }
  return { match: undefined, isOfClass, tries };
}

/** Players of all tickets of the classes, one ticket of `own` aside. */
function playersOf(neighbours: readonly Neighbour[], own: TicketClass): number {
  let sum = 0;
  for (const { ticketClass } of neighbours) {
    const count = ticketClass.count - (ticketClass === own ? 1 : 0);
    sum += count * ticketClass.players;
  }
  return sum;
}

/** The first of the candidates that make up the `missing` players and can all meet. */
function complete(
  table: ClassTable,
  driver: Waiting,
  of: { readonly candidates: readonly Neighbour[]; readonly missing: number },
): Attempt {
  const sequence = new ByAge(of.candidates);
  const chosen: Waiting[] = [driver];
  let tries = 0;
  /** How often somebody did not fit for who they are, not for their class. */
  let personal = 0;
  const conflicts = ({ ticket }: Waiting) =>
    chosen.some((one) => shareSession(one.ticket, ticket) || shareParty(one.ticket, ticket));
  const canJoin = ({ ticketClass }: Waiting) =>
    chosen.every((one) => one === driver || table.canMeet(one.ticketClass, ticketClass));

  const choose = (from: number, missing: number): boolean => {
    // Most groups are complete before anybody is blocked.
    let blocked: Set<TicketClass> | undefined;
    const block = (one: TicketClass) => {
      blocked ??= new Set();
      blocked.add(one);
    };
    for (let place = from; ; place += 1) {
      const next = sequence.at(place);
      if (!next) return false;
      const { ticketClass } = next;
      if (next === driver || blocked?.has(ticketClass)) continue;
      tries += 1;
      if (tries > TRIES_MAX) return false;
      if (ticketClass.players > missing || !canJoin(next)) {
        block(ticketClass);
        continue;
      }
      if (conflicts(next)) {
        personal += 1;
        continue;
      }
      const before = personal;
      chosen.push(next);
      if (missing === ticketClass.players || choose(place + 1, missing - ticketClass.players)) return true;
      chosen.pop();
      if (personal === before) block(ticketClass); // Another of the class would fare no better.
    }
  };
  const isFound = choose(0, of.missing);
  return { match: isFound ? chosen : undefined, isOfClass: personal === 0, tries };
}
