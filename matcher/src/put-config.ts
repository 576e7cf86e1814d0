// Puts rule sets and configurations of the file that the journal does not hold yet, or holds otherwise.
import type { MatcherConfig } from "./config.ts";
import { decidePutConfiguration, decidePutRuleSet } from "./core/put-configuration.ts";
import { record, type Workshop } from "./workshop.ts";

/** @throws {MusterError} RULE_SET_INVALID, RULE_SET_NOT_FOUND. */
export async function putConfig(workshop: Pick<Workshop, "ledger" | "clock">, config: MatcherConfig): Promise<void> {
  await record(workshop, (state) => config.ruleSets.flatMap((ruleSet) => decidePutRuleSet(state, ruleSet)));
  await record(workshop, (state) => config.configurations.flatMap((one) => decidePutConfiguration(state, one)));
}
