// One interval of Nakama's matchmaker over a pool: a direct and slow reading of its rules, which everything faster has to agree
// with. The one freedom taken: tickets search in the order of their age, not in the order of a hash.
import { scoreOf } from "../evaluate.ts";
import type { QuerySettings } from "./query-settings.ts";
import { allowsSize, byAge, type QueryTicket, shareParty, shareSession } from "./query-ticket.ts";
import { longestWaitingOf } from "./trim-to-multiple.ts";

export type PooledTicket = {
  readonly ticket: QueryTicket;
  /** In which it has searched. */
  readonly intervals: number;
  /** Whether it still searches; else it only waits to be found. */
  readonly isActive: boolean;
};

export type IntervalOutcome = {
  /** In the order in which they were found; of each those found first, and last the one that searched. */
  readonly matches: readonly (readonly QueryTicket[])[];
  /** Who is left. */
  readonly pool: readonly PooledTicket[];
};

/** What one ticket's search looks at. */
type Search = {
  readonly driver: QueryTicket;
  /** Whether fewer than the maximum will do. */
  readonly isLast: boolean;
  /** Whether all have to accept one another. */
  readonly isMutual: boolean;
};

/** The interval over `pool`, as its rules read. */
export function runInterval(
  pool: readonly PooledTicket[],
  { maxIntervals, reversePrecision, reverseThreshold }: QuerySettings,
): IntervalOutcome {
  const tickets = pool.map(({ ticket }) => ticket);
  const taken = new Set<QueryTicket>();
  const searched = new Map<QueryTicket, PooledTicket>();
  const matches: (readonly QueryTicket[])[] = [];
  const active = pool.filter(({ isActive }) => isActive).toSorted((one, other) => byAge(one.ticket, other.ticket));
  for (const { ticket, intervals: before } of active) {
    if (taken.has(ticket)) continue;
    const intervals = before + 1;
    const isLast = intervals >= maxIntervals || ticket.minCount === ticket.maxCount;
    searched.set(ticket, { ticket, intervals, isActive: !isLast });
    const isMutual = reversePrecision && (reverseThreshold === 0 || intervals <= reverseThreshold);
    const search = { driver: ticket, isLast, isMutual };
    const match = combine(search, findHits(tickets, search, taken));
    if (!match) continue;
    for (const one of match) taken.add(one);
    matches.push(match);
  }
  const left = pool.filter(({ ticket }) => !taken.has(ticket));
  return { matches, pool: left.map((pooled) => searched.get(pooled.ticket) ?? pooled) };
}

/** Whether the query of `one` accepts `other`. */
function accepts(one: QueryTicket, other: QueryTicket): boolean {
  return scoreOf(one.query, other.document) !== undefined;
}

/** Whom the query finds whose range of sizes lies within the driver's, the highest score first, then the oldest. */
function findHits(
  tickets: readonly QueryTicket[],
  { driver }: Search,
  taken: ReadonlySet<QueryTicket>,
): readonly QueryTicket[] {
  const found = tickets.flatMap((ticket) => {
    if (ticket === driver || taken.has(ticket) || shareParty(ticket, driver)) return [];
    if (ticket.minCount < driver.minCount || ticket.maxCount > driver.maxCount) return [];
    const score = scoreOf(driver.query, ticket.document);
    return score === undefined ? [] : [{ ticket, score }];
  });
  return found.toSorted(byScore).map(({ ticket }) => ticket);
}

type Scored = { readonly ticket: QueryTicket; readonly score: number };

/** The higher score first, then the older. */
export function byScore(one: Scored, other: Scored): number {
  if (one.score !== other.score) return one.score > other.score ? -1 : 1; // Differences of infinities are no numbers.
  return byAge(one.ticket, other.ticket);
}

/** First fit: each hit joins the first group that has room and objects to nobody, or begins one. */
function combine(search: Search, hits: readonly QueryTicket[]): readonly QueryTicket[] | undefined {
  const { driver, isLast, isMutual } = search;
  const groups: { tickets: QueryTicket[]; size: number }[] = [];
  const isMutualWith = (one: QueryTicket, other: QueryTicket) => accepts(one, other) && accepts(other, one);
  for (const [index, hit] of hits.entries()) {
    const match = join(hit, index === hits.length - 1);
    if (match) return match;
  }
  return undefined;

  function join(hit: QueryTicket, isLastHit: boolean): readonly QueryTicket[] | undefined {
    if (isMutual && !accepts(hit, driver)) return undefined;
    if (shareSession(hit, driver)) return undefined;
    const size = hit.sessions.length;
    let group = groups.find(
      (one) =>
        one.size + size + driver.sessions.length <= driver.maxCount &&
        one.tickets.every((ticket) => !shareSession(ticket, hit) && (!isMutual || isMutualWith(ticket, hit))),
    );
    if (!group) {
      group = { tickets: [], size: 0 };
      groups.push(group);
    }
    group.tickets.push(hit);
    group.size += size;
    const total = group.size + driver.sessions.length;
    const isEnough = isLast && isLastHit && total >= driver.minCount && total <= driver.maxCount;
    return total === driver.maxCount || isEnough ? trimmedToMultiple(driver, group.tickets) : undefined;
  }
}

/** The group with its driver in the end, at a size that all allow; undefined if there is none. */
export function trimmedToMultiple(
  driver: QueryTicket,
  group: readonly QueryTicket[],
): readonly QueryTicket[] | undefined {
  const excess = playersOf([...group, driver]) % driver.countMultiple;
  const leaving = excess === 0 ? [] : longestWaitingOf(group, excess);
  if (!leaving) return undefined;
  const match = [...group.filter((ticket) => !leaving.includes(ticket)), driver];
  const size = playersOf(match);
  const others = match.filter((ticket) => ticket !== driver);
  return others.every((ticket) => allowsSize(ticket, size)) ? match : undefined;
}

function playersOf(tickets: readonly QueryTicket[]): number {
  return tickets.reduce((sum, { sessions }) => sum + sessions.length, 0);
}
