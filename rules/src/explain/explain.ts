// A rule set explained: what each rule costs a search, what waiting changes, and what its author may not have meant.
import type { Dialect } from "../language/dialect.ts";
import type { RuleSet, TeamSpec, Tier } from "../rule-set.ts";
import { typeOf } from "../rule-types/table.ts";
import { capacityOf } from "../team-shapes.ts";
import { type Constraint, isIndexed } from "./constraint.ts";
import { type Lint, lintRuleSet } from "./lint.ts";

/** Plain data: as JSON it is what `muster rules check --json` prints. */
export type Explanation = {
  readonly dialect: Dialect;
  readonly teams: readonly Pick<TeamSpec, "name" | "minPlayers" | "maxPlayers" | "minQuantity" | "maxQuantity">[];
  /** Players of the largest match before anything expands. */
  readonly capacity: number;
  readonly rules: readonly ExplainedRule[];
  /** Whether every ticket has to be tried with every other. */
  readonly isIndexed: boolean;
  readonly expansionAge: RuleSet["expansionAge"];
  /** The ages from which something else holds, in ms. */
  readonly expandsAtMs: readonly number[];
  readonly lints: readonly Lint[];
};

export type ExplainedRule = {
  readonly name: string;
  readonly type: string;
  /** What it is to a search, before anything expands. */
  readonly constraints: readonly Constraint[];
};

/** Explains a checked rule set. */
export function explainRuleSet(ruleSet: RuleSet): Explanation {
  const [first, ...later] = ruleSet.tiers;
  const rules = first.rules.map((rule) => ({
    name: rule.name,
    type: rule.type,
    constraints: typeOf(rule).constraints(rule),
  }));
  return {
    dialect: ruleSet.dialect,
    teams: first.teams.map(({ name, minPlayers, maxPlayers, minQuantity, maxQuantity }) => ({
      ...{ name, minPlayers, maxPlayers, minQuantity, maxQuantity },
    })),
    capacity: capacityOf(ruleSet),
    rules,
    isIndexed: rules.some((rule) => rule.constraints.some(isIndexed)),
    expansionAge: ruleSet.expansionAge,
    expandsAtMs: later.map((tier: Tier) => tier.fromAgeMs),
    lints: lintRuleSet(ruleSet),
  };
}

/** The explanation as lines for people. */
export function renderExplanation(explanation: Explanation): readonly string[] {
  const { dialect, teams, capacity, rules, expansionAge, expandsAtMs, lints } = explanation;
  const constraints = rules.flatMap((rule) => rule.constraints.map((constraint) => ({ rule, constraint })));
  const width = Math.max(0, ...constraints.map(({ rule }) => rule.name.length));
  return [
    `${dialect}, up to ${capacity} players: ${teams.map(describeTeam).join(", ")}`,
    ...constraints.map(({ rule, constraint: { kind, over, says, prunes } }) => {
      const how = kind === "residual" ? `residual, ${prunes ? "stops early" : "whole matches only"}` : kind;
      return `  ${rule.name.padEnd(width)}  ${how}: ${over}, ${says}`;
    }),
    expandsAtMs.length === 0
      ? "nothing expands"
      : `expands by the ${expansionAge} ticket's age at ${expandsAtMs.map((ms) => `${ms / 1_000} s`).join(", ")}`,
    ...lints.map(({ code, at, message }) => `warning ${code} ${at}: ${message}`),
  ];
}

function describeTeam({
  name,
  minPlayers,
  maxPlayers,
  minQuantity,
  maxQuantity,
}: Explanation["teams"][number]): string {
  const players = minPlayers === maxPlayers ? `${maxPlayers}` : `${minPlayers}–${maxPlayers}`;
  const quantity = minQuantity === maxQuantity ? `${maxQuantity}` : `${minQuantity}–${maxQuantity}`;
  return maxQuantity === 1 ? `${name} of ${players}` : `${quantity} × ${name} of ${players}`;
}
