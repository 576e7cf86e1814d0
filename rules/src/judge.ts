// The judge: whether teams and the players in them are a legal match. Slow, obvious, and right by definition: every
// faster way to form matches must agree with it.
import { type Expression, sourceOf } from "./language/expression.ts";
import { openInstances, type Roster, readAttribute, type SeatedPlayer, type SeatedTeam } from "./roster.ts";
import { type AttributeSpec, type RuleSet, type TeamSpec, tierAt } from "./rule-set.ts";
import { type Rule, typeOf } from "./rule-types/table.ts";

/** One reason why a roster is not legal. `name` is the team, the player or the rule that it is about. */
export type Violation = {
  readonly type: "TEAM" | "PLAYER" | "RULE";
  readonly name: string;
  readonly message: string;
};

export type JudgeOptions = {
  /** How long the ticket whose age counts has waited, in ms: decides what has expanded. Default 0. */
  readonly ageMs?: number;
  /** False: judge team sizes as if none had expanded, as fills towards the maximum do. Default true. */
  readonly expandTeamSizes?: boolean;
};

/**
 * Why `teams` are not a legal match: sizes and quantities of teams, players seated twice or without an attribute that a
 * rule reads, broken rules. Empty: legal. A team that is absent has nobody in it.
 */
export function judge(
  ruleSet: RuleSet,
  teams: readonly SeatedTeam[],
  options: JudgeOptions = {},
): readonly Violation[] {
  const { ageMs = 0, expandTeamSizes = true } = options;
  const { teams: expanded, rules } = tierAt(ruleSet, ageMs);
  const specs = expandTeamSizes ? expanded : ruleSet.tiers[0].teams;
  const roster = rosterOf(specs, teams);
  return [...judgeTeams(specs, teams), ...judgePlayers(rules, teams), ...judgeRules(rules, roster)];
}

/** The open teams in the rule set's order, with who sits in them. Teams that the rule set does not know are left out. */
export function rosterOf(specs: readonly TeamSpec[], teams: readonly SeatedTeam[]): Roster {
  const byName = new Map<string, readonly SeatedPlayer[]>();
  for (const { name, players } of teams) byName.set(name, [...(byName.get(name) ?? []), ...players]);
  const playersOf = (name: string) => byName.get(name) ?? [];
  return specs.flatMap((spec) =>
    openInstances(spec, (name) => playersOf(name).length).map((name) => ({ name, players: playersOf(name) })),
  );
}

/** The rules that the roster breaks. */
export function judgeRules(rules: readonly Rule[], roster: Roster): readonly Violation[] {
  return rules.flatMap((rule): readonly Violation[] => {
    const breach = typeOf(rule).findBreach(rule, roster);
    if (breach === undefined) return [];
    return [{ type: "RULE", name: rule.name, message: `Cannot pass the roster as rule ${rule.name}: it is ${breach}` }];
  });
}

/** The attributes that `rules` read, each once. */
export function attributesRead(rules: readonly Rule[]): readonly AttributeSpec[] {
  const expressions: readonly Expression[] = rules.flatMap((rule) => typeOf(rule).expressions(rule));
  const sources = expressions.map(sourceOf).filter((source) => source.type === "attribute");
  return [...new Set(sources.map((source) => source.attribute))];
}

function judgeTeams(specs: readonly TeamSpec[], teams: readonly SeatedTeam[]): readonly Violation[] {
  const violations: Violation[] = [];
  const known = new Map(specs.flatMap((spec) => spec.instances.map((name) => [name, spec] as const)));
  for (const { name, players } of teams) {
    if (known.has(name) || players.length === 0) continue;
    violations.push({ type: "TEAM", name, message: `Cannot seat ${players.length} in ${name}: there is no such team` });
  }
  for (const { name: team, players } of rosterOf(specs, teams)) {
    const spec = known.get(team);
    if (!spec || (players.length >= spec.minPlayers && players.length <= spec.maxPlayers)) continue;
    const message = `Cannot pass ${team} as ${spec.minPlayers} to ${spec.maxPlayers} players: it has ${players.length}`;
    violations.push({ type: "TEAM", name: team, message });
  }
  return violations;
}

function judgePlayers(rules: readonly Rule[], teams: readonly SeatedTeam[]): readonly Violation[] {
  const violations: Violation[] = [];
  const seen = new Set<string>();
  const needed = attributesRead(rules);
  for (const player of teams.flatMap((team): readonly SeatedPlayer[] => team.players)) {
    const name = player.playerId;
    if (seen.has(name)) {
      violations.push({ type: "PLAYER", name, message: `Cannot seat ${name} once more: the player has a seat` });
    }
    seen.add(name);
    for (const spec of needed) {
      if (readAttribute(player, spec) !== undefined) continue;
      const message = `Cannot judge ${name} by ${spec.name} as a ${spec.type}: the player has none`;
      violations.push({ type: "PLAYER", name, message });
    }
  }
  return violations;
}
