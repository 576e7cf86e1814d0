// Rule sets as answers tell of them, and for whom a put is.
import { readWord } from "@muster/proto";
import { AppliesTo, type RuleSet } from "@muster/proto/matchmaking";
import type { HeldRuleSet } from "../core/versions.ts";

export function writeRuleSet(
  name: string,
  { document, version, putAtWallMs, older }: Omit<HeldRuleSet, "ruleSet">,
  usedBy: readonly string[],
): RuleSet {
  return {
    name,
    document,
    version,
    putAt: new Date(putAtWallMs),
    usedBy: [...usedBy],
    olderVersions: older.map((one) => one.version),
  };
}

/** Whether tickets of before play on by what they have. @throws {MusterError} FIELD_INVALID for a word that is not known. */
export function readNewTicketsOnly(appliesTo: AppliesTo = AppliesTo.UNSPECIFIED): boolean {
  if (appliesTo === AppliesTo.UNSPECIFIED) return false;
  return readWord("applies_to", AppliesTo, appliesTo) === "NEW_TICKETS";
}
