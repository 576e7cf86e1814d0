// Facts of rule sets and configurations, folded: their versions, and what becomes of tickets when a configuration goes.
import { parseRuleSet } from "@muster/rules";
import { oldestLiveArrival } from "../cohorts.ts";
import { isSameConfiguration } from "../configuration.ts";
import { usersOf } from "../delete-configuration.ts";
import { holdConfiguration, type MatcherState, type Pool } from "../matcher-state.ts";
import type { Ticket } from "../ticket.ts";
import { type Held, nextVersion, olderOf, retire, type Version } from "../versions.ts";
import type { Fact, Times } from "./fact-of.ts";
import { changeTicket } from "./tickets.ts";

export function putRuleSet(
  state: MatcherState,
  { name, document, newTicketsOnly, filed }: Fact<"rule-set-put">,
  at: Times,
): MatcherState {
  const held = state.ruleSets.get(name);
  const ruleSet = held?.document === document ? held.ruleSet : parseRuleSet(document);
  const place = follow(
    state,
    held,
    { name, isSame: held?.document === document, newTicketsOnly, filed, at },
    {
      deleted: state.deleted.ruleSets,
      users: () => usersOf(state, name),
    },
  );
  state.ruleSets.set(name, { document, ruleSet, ...place });
  return state;
}

export function putConfiguration(
  state: MatcherState,
  { configuration, newTicketsOnly, filed }: Fact<"configuration-put">,
  at: Times,
): MatcherState {
  const { name } = configuration;
  const held = state.configurations.get(name);
  const isSame = held !== undefined && isSameConfiguration(held, configuration);
  const place = follow(
    state,
    held,
    { name, isSame, newTicketsOnly, filed, at },
    {
      deleted: state.deleted.configurations,
      users: () => [name],
    },
  );
  holdConfiguration(state, { ...configuration, ...place });
  return state;
}

/** What a version that follows `held` is. One that says the same is the same, and holds for all tickets from now on. */
function follow<AnyVersion extends Version>(
  state: MatcherState,
  held: Held<AnyVersion> | undefined,
  put: {
    readonly name: string;
    readonly isSame: boolean;
    readonly newTicketsOnly: boolean | undefined;
    readonly filed: string | undefined;
    readonly at: Times;
  },
  { deleted, users }: { readonly deleted: Map<string, number>; readonly users: () => readonly string[] },
): Version & { readonly older: readonly AnyVersion[]; readonly filed: string | undefined } {
  const { name, at } = put;
  const filed = put.filed ?? held?.filed;
  if (held && put.isSame) {
    const { version, putAtWallMs, fromArrival, older } = held;
    // A file that says what is there takes nothing from those of before.
    if (put.filed !== undefined) return { version, putAtWallMs, fromArrival, older, filed };
    return { version, putAtWallMs, fromArrival: 1, older: [], filed };
  }
  const version = nextVersion(name, { held, deleted });
  deleted.delete(name);
  const untilArrival = state.arrivals + 1;
  const older =
    held && put.newTicketsOnly ? olderOf(held, { oldestArrival: oldestLiveArrival(state, users()), untilArrival }) : [];
  return { version, putAtWallMs: at.atWallMs, fromArrival: older.length > 0 ? untilArrival : 1, older, filed };
}

export function deleteRuleSet(state: MatcherState, { name }: Fact<"rule-set-deleted">): MatcherState {
  retire(name, state.ruleSets, state.deleted.ruleSets);
  return state;
}

/** Tickets whose placement or fill is under way hear of it by its outcome (changeTicket). */
export function deleteConfiguration(
  state: MatcherState,
  { name, keepsSearching = false }: Fact<"configuration-deleted">,
  at: Times,
): MatcherState {
  retire(name, state.configurations, state.deleted.configurations);
  state.projectWide.delete(name);
  const proposals = [...state.proposals.values()].filter(({ match }) => match.configuration === name);
  for (const { match, deadline } of proposals) {
    state.proposals.delete(match.matchId);
    state.deadlines.remove(deadline);
  }
  const pool = state.pools.get(name);
  if (!pool) return state;
  const ending = [...(keepsSearching ? [] : pool.searching.values()), ...preparedIn(state, pool)];
  const searching = ending.toSorted((one, other) => one.arrival - other.arrival);
  const asked = proposals.flatMap(({ view }) => view.terms.players.map(({ ticketId }) => ticketId));
  for (const ticketId of new Set([...searching.map((ticket) => ticket.ticketId), ...asked])) {
    changeTicket(state, ticketId, { type: "configuration-deleted" }, at);
  }
  pool.engines = [];
  pool.known = undefined;
  pool.queries = undefined;
  if (pool.live === 0 && pool.backfills.size === 0 && pool.filling.size === 0) state.pools.delete(name);
  return state;
}

/** Tickets that wait for their own players. */
function preparedIn(state: MatcherState, pool: Pool): readonly Ticket[] {
  if (pool.live === pool.searching.size) return [];
  return [...new Set(pool.players.tickets())].flatMap((id) => {
    const ticket = state.tickets.get(id)?.ticket;
    return ticket?.state.phase === "PREPARING" ? [ticket] : [];
  });
}
