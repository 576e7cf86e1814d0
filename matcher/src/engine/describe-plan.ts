// A compiled plan in words: which rule is paid where, what is looked up, and what has to be searched. What `muster rules check`
// prints, so that nobody has to guess what a rule set costs before players wait for it.
import type { RuleSet } from "@muster/rules";
import { capacityOf } from "@muster/rules";
import { bucketWidth } from "./lane.ts";
import { compilePlan, isCountable, type Plan } from "./plan.ts";

/** Plain data; `rules` names them as the document does. */
export type PlanDescription = {
  /** `counted`: numbers tell whether there is a match. `counted first`: mostly they do. `searched`: seatings are tried. */
  readonly matches: "counted" | "counted first" | "searched";
  readonly steps: readonly { readonly how: string; readonly rules: readonly string[]; readonly costs: string }[];
};

export function describePlan(ruleSet: RuleSet): PlanDescription {
  const plan = compilePlan(ruleSet);
  const { partitions, mask, axis, admissions, residuals, levels, isOrdered } = plan;
  const nameOf = (index: number) => levels[0]?.tier.rules[index]?.name ?? "";
  const steps: { how: string; rules: readonly string[]; costs: string }[] = [];
  const add = (how: string, rules: readonly number[], costs: string) => {
    if (rules.length > 0) steps.push({ how, rules: rules.map(nameOf), costs });
  };
  add("looked at when a ticket arrives", admissions, "once a ticket");
  add("lanes: only tickets of one lane are in a match together", partitions, "a look-up");
  if (mask !== undefined)
    add("lanes of what players share, one for each", [mask], "a look-up for each that a ticket has");
  if (axis !== undefined) {
    const width = bucketWidth(plan);
    add(`buckets of ${round(width)} along the lane`, [axis], "the tickets near by");
  }
  add("teams and parties by their numbers", countsOnlyOf(plan), "an answer remembered for each combination of parties");
  add(
    "checked match by match",
    residuals.filter((index) => index !== axis),
    "a search, bounded in steps",
  );
  const isTold = isCountable(plan) && residuals.length === 0;
  const matches = isTold ? "counted" : isCountable(plan) ? "counted first" : "searched";
  if (isOrdered)
    steps.push({ how: "tried in the order that the rule set says", rules: [], costs: "a search, bounded in steps" });
  return { matches, steps };
}

/** The description as lines for people. */
export function renderPlan(ruleSet: RuleSet): readonly string[] {
  const { matches, steps } = describePlan(ruleSet);
  return [
    `the engine: matches of up to ${capacityOf(ruleSet)} players are ${matches}`,
    ...steps.map(
      ({ how, rules, costs }) => `  ${rules.length > 0 ? `${rules.join(", ")}: ` : ""}${how}; costs ${costs}`,
    ),
  ];
}

/** Rules that nothing else pays for and that nothing is left to check of. */
function countsOnlyOf({ levels: [first], partitions, mask, axis, admissions, residuals }: Plan): readonly number[] {
  const paid = new Set([...partitions, mask, axis, ...admissions, ...residuals]);
  const rules = first?.tier.rules ?? [];
  return rules.flatMap((rule, index) => (paid.has(index) || rule.type.endsWith("Sort") ? [] : [index]));
}

function round(width: number): number {
  return Math.round(width * 1_000) / 1_000;
}
