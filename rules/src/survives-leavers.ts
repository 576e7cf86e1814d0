// A question that matchers ask before they judge fills: whether it matters that somebody leaves while one is under way.
import { type Expression, isPerPlayer } from "./language/expression.ts";
import type { RuleSet } from "./rule-set.ts";
import type { Rule } from "./rule-types/table.ts";

/**
 * Whether every roster that the rules allow stays allowed when players leave it, as where there are no rules, or each looks
 * at every player alone. Says nothing of team sizes. False where it takes a closer look to tell.
 */
export function survivesLeavers(ruleSet: RuleSet): boolean {
  return ruleSet.tiers.every((tier) => tier.rules.every(isHereditary));
}

function isHereditary(rule: Rule): boolean {
  switch (rule.type) {
    case "latency": // The average of a party may rise when somebody of it leaves.
      return rule.distance === undefined && rule.aggregation === "each";
    case "comparison":
      return rule.reference?.type !== "expression" && rule.measurements.every(isOfEachAlone);
    case "distance":
      return rule.reference.type === "literal" && rule.measurements.every(isOfEachAlone);
    case "absoluteSort":
    case "distanceSort": // Never broken.
      return true;
    default:
      return false;
  }
}

function isOfEachAlone(expression: Expression): boolean {
  if (!isPerPlayer(expression)) return false;
  if (expression.type === "call") return isOfEachAlone(expression.argument);
  return expression.type !== "attribute" || expression.aggregation === "each";
}
