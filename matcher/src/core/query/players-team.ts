// The one team of a match by queries, and what stands for the rule set that such a battle does not have: as many players as there are seats.
import { limits, type Team } from "@muster/proto";
import { parseRuleSet, type RuleSet } from "@muster/rules";

/** The only team there is. */
export const PLAYERS_TEAM = "players";

/** The teams of a session with `capacity` seats. */
export function playersTeams(capacity: number): readonly Team[] {
  return [{ name: PLAYERS_TEAM, template: PLAYERS_TEAM, capacity }];
}

const known = new Map<number, RuleSet>();

/** Of a session with `capacity` seats. Asks nothing of anybody: sizes are the session's, and who fits is for the queries. */
export function playersRuleSet(capacity: number): RuleSet {
  const present = known.get(capacity);
  if (present) return present;
  const maxPlayers = Math.min(capacity, limits.MATCH_PLAYERS_MAX);
  const teams = [{ name: PLAYERS_TEAM, minPlayers: 1, maxPlayers }];
  const ruleSet = parseRuleSet(JSON.stringify({ version: "v1.0", teams }));
  known.set(capacity, ruleSet);
  return ruleSet;
}
