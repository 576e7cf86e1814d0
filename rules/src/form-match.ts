// New matches: the largest legal one with the oldest ticket that can be matched at all.
import type { TicketId } from "@muster/proto";
import type { JudgedTicket, Roster, SeatedPlayer } from "./roster.ts";
import type { RuleSet, Tier } from "./rule-set.ts";
import type { Budget } from "./search/budget.ts";
import { findLargest } from "./search/find-largest.ts";
import type { Found } from "./search/search-plan.ts";
import { sizingOf } from "./search/team-sizes.ts";
import { suitingRegions } from "./suiting-regions.ts";

/** One team of a match. A ticket whose players ask for different teams shows in each of them. */
export type FormedTeam = {
  readonly name: string;
  readonly template: string;
  readonly tickets: readonly JudgedTicket[];
  /** With the ticket that brought them, so that a later `judge` groups parties as this one did. */
  readonly players: readonly SeatedPlayer[];
};

export type FormedMatch = {
  /** The open teams in the rule set's order. */
  readonly teams: readonly FormedTeam[];
  /** Oldest first. */
  readonly tickets: readonly TicketId[];
  /** That suit everybody by every latency rule, alphabetically. Empty if there is no such rule: then any region will do. */
  readonly regions: readonly string[];
};

/**
 * The largest legal match that holds the oldest of `candidates` for which there is any; undefined if there is none.
 * Parties stay whole and in one team, unless their players ask for different ones. The order of `candidates` means
 * nothing: tickets count by age, then by id. Attributes need not have their defaults filled in; a ticket without a
 * required one is passed over.
 *
 * The search is exhaustive up to its steps (search/budget.ts); beyond it the largest match found so far is taken, and
 * none only means that none was found. A `budget` of the caller's is used in place of its own, and shows what is left.
 *
 * @example
 * const match = formMatch(ruleSet, tickets, clock.nowMs());
 * for (const team of match?.teams ?? []) console.log(team.name, team.players.length);
 */
export function formMatch(
  ruleSet: RuleSet,
  candidates: readonly JudgedTicket[],
  nowMs: number,
  budget?: Budget,
): FormedMatch | undefined {
  const nobody = new Map<string, number>();
  const sizingAt = (tier: Tier) => sizingOf(tier, nobody);
  const found = findLargest({ ruleSet, seated: [], candidates, nowMs, sizingAt, budget });
  if (!found) return undefined;
  return {
    teams: found.teams.map(({ bench, added }) => ({
      name: bench.name,
      template: bench.template,
      tickets: added.map(({ group }) => group.ticket),
      players: added.flatMap(({ group }) => group.players),
    })),
    tickets: found.tickets.map(({ ticket }) => ticket.ticketId),
    regions: suitingRegions(found.tier.rules, rosterOf(found.teams)),
  };
}

function rosterOf(teams: Found["teams"]): Roster {
  return teams.map(({ bench, added }) => ({
    name: bench.name,
    players: added.flatMap(({ group }) => group.players),
  }));
}
