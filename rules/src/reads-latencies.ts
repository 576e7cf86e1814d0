// A question that matchers ask before they look latencies up.
import type { RuleSet } from "./rule-set.ts";
import { typeOf } from "./rule-types/table.ts";

/** Whether any rule of the set looks at players' latencies. */
export function readsLatencies(ruleSet: RuleSet): boolean {
  return ruleSet.tiers[0].rules.some((rule) => typeOf(rule).readsLatencies?.(rule) ?? false);
}
