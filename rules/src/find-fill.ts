// Fills of running battles: newcomers after whom the whole roster is legal.
import type { TicketId } from "@muster/proto";
import { type FillGoal, fillSizingAt } from "./fill-goal.ts";
import type { JudgedTicket, SeatedPlayer, SeatedTeam } from "./roster.ts";
import type { RuleSet } from "./rule-set.ts";
import type { Budget } from "./search/budget.ts";
import { findLargest } from "./search/find-largest.ts";
import { teamShapes } from "./team-shapes.ts";

/** Newcomers of one team; `team` is the instance. */
export type FillAddition = {
  readonly team: string;
  readonly tickets: readonly JudgedTicket[];
  readonly players: readonly SeatedPlayer[];
};

export type Fill = {
  /** Only teams that somebody joins, in the rule set's order. */
  readonly additions: readonly FillAddition[];
  /** Oldest first. */
  readonly tickets: readonly TicketId[];
};

/**
 * The largest addition towards `goal` that holds the oldest of `candidates` for which there is any, so that the roster
 * after it is legal; undefined if there is none with at least one newcomer. Also where the present roster is not legal,
 * as after a leave. Nobody is evicted: a team above its maximum keeps its players and gets no more. Expansions go by the
 * newcomers' age; those of player counts are ignored under MAX_POSSIBLE. Order and budget are those of `formMatch`.
 *
 * @example
 * const goal = fillGoalOf(ruleSet, { strategy: "MAX_POSSIBLE" }, new Map());
 * const fill = findFill(ruleSet, seated, goal, tickets, clock.nowMs());
 */
export function findFill(
  ruleSet: RuleSet,
  seated: readonly SeatedTeam[],
  goal: FillGoal,
  candidates: readonly JudgedTicket[],
  nowMs: number,
  budget?: Budget,
): Fill | undefined {
  const shapes = new Set(teamShapes(ruleSet).map((shape) => shape.name));
  // A roster with a team that the rule set does not know is not legal, whoever joins.
  if (seated.some((team) => team.players.length > 0 && !shapes.has(team.name))) return undefined;
  const seatedSizes = new Map(seated.map((team) => [team.name, team.players.length]));
  const sizingAt = (tier: RuleSet["tiers"][number]) => fillSizingAt(ruleSet, { tier, seatedSizes, goal });
  const found = findLargest({ ruleSet, seated, candidates, nowMs, sizingAt, budget });
  if (!found) return undefined;
  const additions = found.teams.map(({ bench, added }) => ({
    team: bench.name,
    tickets: added.map(({ group }) => group.ticket),
    players: added.flatMap(({ group }) => group.players),
  }));
  return {
    additions: additions.filter((addition) => addition.players.length > 0),
    tickets: found.tickets.map(({ ticket }) => ticket.ticketId),
  };
}
