// Rule sets as answers tell of them.
import type { RuleSet } from "@muster/proto/matchmaking";
import type { HeldRuleSet } from "../core/versions.ts";

export function writeRuleSet(
  name: string,
  { document, version, putAtWallMs }: Omit<HeldRuleSet, "ruleSet">,
  usedBy: readonly string[],
): RuleSet {
  return { name, document, version, putAt: new Date(putAtWallMs), usedBy: [...usedBy] };
}
