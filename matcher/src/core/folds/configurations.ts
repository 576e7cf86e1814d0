// Facts of rule sets and configurations, folded: their versions, and what becomes of tickets when a configuration goes.
import { parseRuleSet } from "@muster/rules";
import type { MatcherState } from "../matcher-state.ts";
import { nextVersion, retire } from "../versions.ts";
import type { Fact, Times } from "./fact-of.ts";
import { changeTicket } from "./tickets.ts";

export function putRuleSet(state: MatcherState, { name, document }: Fact<"rule-set-put">, at: Times): MatcherState {
  const version = nextVersion(name, { held: state.ruleSets.get(name), deleted: state.deleted.ruleSets });
  state.deleted.ruleSets.delete(name);
  state.ruleSets.set(name, { document, ruleSet: parseRuleSet(document), version, putAtWallMs: at.atWallMs });
  return state;
}

export function putConfiguration(
  state: MatcherState,
  { configuration }: Fact<"configuration-put">,
  at: Times,
): MatcherState {
  const { name } = configuration;
  const version = nextVersion(name, { held: state.configurations.get(name), deleted: state.deleted.configurations });
  state.deleted.configurations.delete(name);
  state.configurations.set(name, { ...configuration, version, putAtWallMs: at.atWallMs });
  return state;
}

export function deleteRuleSet(state: MatcherState, { name }: Fact<"rule-set-deleted">): MatcherState {
  retire(name, state.ruleSets, state.deleted.ruleSets);
  return state;
}

/** Tickets whose placement or fill is under way hear of it by its outcome (changeTicket). */
export function deleteConfiguration(
  state: MatcherState,
  { name }: Fact<"configuration-deleted">,
  at: Times,
): MatcherState {
  retire(name, state.configurations, state.deleted.configurations);
  const proposals = [...state.proposals.values()].filter(({ match }) => match.configuration === name);
  for (const { match, deadline } of proposals) {
    state.proposals.delete(match.matchId);
    state.deadlines.remove(deadline);
  }
  const pool = state.pools.get(name);
  if (!pool) return state;
  const prepared = [...new Set(pool.players.values())].flatMap((id) => {
    const ticket = state.tickets.get(id)?.ticket;
    return ticket?.state.phase === "PREPARING" ? [ticket] : [];
  });
  const searching = [...pool.searching.values(), ...prepared].toSorted((one, other) => one.arrival - other.arrival);
  const asked = proposals.flatMap(({ view }) => view.terms.players.map(({ ticketId }) => ticketId));
  for (const ticketId of new Set([...searching.map((ticket) => ticket.ticketId), ...asked])) {
    changeTicket(state, ticketId, { type: "configuration-deleted" }, at);
  }
  pool.engine = undefined;
  pool.explainer = undefined;
  if (pool.live === 0 && pool.backfills.size === 0 && pool.filling.size === 0) state.pools.delete(name);
  return state;
}
