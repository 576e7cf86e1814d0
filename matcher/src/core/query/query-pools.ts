// What forms the matches of a configuration whose tickets have queries: one pool of the language's own for each cohort of tickets,
// usually one in all. They follow the searches, and are made anew when how they are matched changes.
import { MusterError } from "@muster/proto";
import {
  type BestPool,
  type CompatiblePool,
  createBestPool,
  createCompatiblePool,
  type QuerySettings,
  type QueryTicket,
} from "@muster/rules";
import type { MatcherState, Pool } from "../matcher-state.ts";
import type { Search } from "../searching-tickets.ts";
import { type ConfigurationVersion, type HeldConfiguration, versionsOf } from "../versions.ts";
import { canonicalQuery } from "./check-query-configuration.ts";
import { toQueryTicket } from "./ticket-query.ts";

/** A pool, and what it stands at. */
export type QueryMember = {
  /** By which its tickets are matched. */
  configuration: ConfigurationVersion;
  readonly settings: QuerySettings;
  /** Its tickets arrived from here on … */
  readonly fromArrival: number;
  /** … and before here. */
  readonly untilArrival: number;
  readonly pool: AnyPool;
  /** Tickets that no running battle has been compared with yet. */
  readonly arrived: Map<string, QueryTicket>;
  /** Compatible: the last interval that was begun, in whole intervals of journal time. */
  lastInterval: number;
};

type AnyPool =
  | { readonly mode: "best"; readonly tickets: BestPool }
  | { readonly mode: "compatible"; readonly tickets: CompatiblePool };

/** As long as what it was worked out from is there. The oldest cohort first. */
export type QueryPools = { readonly held: HeldConfiguration; readonly members: readonly QueryMember[] };

/** The pools as they are to be now; none where the configuration has a rule set, or is not there. */
export function queryPoolsOf(state: MatcherState, configuration: string, nowMs: number): readonly QueryMember[] {
  const pool = state.pools.get(configuration);
  const held = state.configurations.get(configuration);
  if (!pool || !held?.query) return [];
  if (pool.queries?.held !== held) rebuild(pool, held, nowMs);
  return pool.queries?.members ?? [];
}

function rebuild(pool: Pool, held: HeldConfiguration, nowMs: number): void {
  const before = pool.queries?.members ?? [];
  const oldestFirst = versionsOf<ConfigurationVersion>(held).toReversed();
  const members = oldestFirst.map((configuration, index): QueryMember => {
    const fromArrival = index === 0 ? 1 : configuration.fromArrival;
    const untilArrival = oldestFirst[index + 1]?.fromArrival ?? Number.POSITIVE_INFINITY;
    const wanted = { configuration, fromArrival, untilArrival };
    const kept = before.find((member) => isAlike(member, wanted));
    return kept ? Object.assign(kept, { configuration }) : createMember(pool, wanted, nowMs);
  });
  pool.queries = { held, members };
  for (const id of pool.backfills) pool.touched.add(id);
  pool.searching.observe({
    add: (search, atMs) => {
      for (const member of members) if (isIn(member, search)) enter(member, search, atMs);
    },
    remove: ({ ticketId }) => {
      for (const member of members) {
        member.pool.tickets.remove(ticketId);
        member.arrived.delete(ticketId);
      }
    },
  });
}

type Wanted = Pick<QueryMember, "configuration" | "fromArrival" | "untilArrival">;

function isAlike(member: QueryMember, { configuration, fromArrival, untilArrival }: Wanted): boolean {
  const isSame = (settings: QuerySettings) =>
    String(canonicalQuery(settings)) === String(canonicalQuery(member.settings));
  if (member.fromArrival !== fromArrival || member.untilArrival !== untilArrival) return false;
  return configuration.query !== undefined && isSame(configuration.query);
}

function createMember(pool: Pool, wanted: Wanted, nowMs: number): QueryMember {
  const settings = wanted.configuration.query;
  if (!settings) throw new TypeError("Cannot make a pool of queries as the configuration has a rule set");
  const tickets: AnyPool =
    settings.mode === "best"
      ? { mode: "best", tickets: createBestPool(settings) }
      : { mode: "compatible", tickets: createCompatiblePool(settings) };
  const lastInterval = Math.floor(nowMs / settings.intervalMs);
  const member: QueryMember = { ...wanted, settings, pool: tickets, arrived: new Map(), lastInterval };
  const waiting = pool.searching.all().filter((search) => isIn(member, search));
  for (const search of waiting.toSorted((one, other) => one.ticket.arrival - other.ticket.arrival)) {
    enter(member, search, nowMs);
  }
  // Battles are looked at in whole.
  member.arrived.clear();
  return member;
}

function isIn({ fromArrival, untilArrival }: Pick<QueryMember, "fromArrival" | "untilArrival">, { ticket }: Search) {
  return ticket.arrival >= fromArrival && ticket.arrival < untilArrival;
}

function enter(member: QueryMember, { ticket }: Search, atMs: number): void {
  const read = readTicket(ticket, member.settings);
  if (read) enterTicket(member, read, atMs);
}

/** Intervals of journal time that ended before `atMs`: whoever comes as one ends is in it. */
export function intervalsBefore(atMs: number, { intervalMs }: QuerySettings): number {
  return Math.ceil(atMs / intervalMs) - 1;
}

/**
 * Puts the ticket into the pool at `atMs`. Where nobody sought, intervals have passed without a look; the next is the first that ends
 * from now on. One that comes with its age, back from a match or over a restart, has sought in as many intervals as have
 * passed since its search began, and seeks at least once more.
 */
export function enterTicket(member: QueryMember, ticket: QueryTicket, atMs: number): void {
  const { pool, settings, arrived } = member;
  arrived.set(ticket.ticketId, ticket);
  if (pool.mode === "best") {
    pool.tickets.add(ticket, atMs);
    return;
  }
  if (!pool.tickets.isActive) member.lastInterval = Math.max(member.lastInterval, intervalsBefore(atMs, settings));
  const passed = Math.max(0, member.lastInterval - intervalsBefore(ticket.createdAtMs, settings));
  pool.tickets.add(ticket, Math.min(passed, settings.maxIntervals - 1));
}

/** Undefined for a query of a deleted configuration of the same name that read queries otherwise: it is found by nobody. */
function readTicket(ticket: Search["ticket"], settings: QuerySettings): QueryTicket | undefined {
  try {
    return toQueryTicket(ticket, settings);
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return undefined;
  }
}

/** When time alone next lets the pools find something; undefined: never. */
export function nextQueryAtMs(state: MatcherState, configuration: string, nowMs: number): number | undefined {
  const times = queryPoolsOf(state, configuration, nowMs).flatMap((member): readonly number[] => {
    const { pool, settings, lastInterval } = member;
    if (pool.mode === "compatible") return pool.tickets.isActive ? [(lastInterval + 1) * settings.intervalMs] : [];
    const patienceAtMs = pool.tickets.nextPatienceAtMs();
    return patienceAtMs === undefined ? [] : [patienceAtMs];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}
