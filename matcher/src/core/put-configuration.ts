// Whether a rule set or a configuration that somebody puts says anything new.
import { limits, MusterError } from "@muster/proto";
import { parseRuleSet } from "@muster/rules";
import { type Configuration, isSameConfiguration } from "./configuration.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import { checkVersion } from "./versions.ts";

/** What a put may say of the version that it replaces. */
export type Put = {
  /** 0: there is none. Undefined: whichever is there. */
  readonly expectedVersion?: number | undefined;
};

/** The fact, unless the same document is there under the name. @throws {MusterError} RULE_SET_INVALID, OVERLOADED, VERSION_STALE. */
export function decidePutRuleSet(
  state: MatcherState,
  { name, document, expectedVersion }: { readonly name: string; readonly document: string } & Put,
): readonly MatcherFact[] {
  const present = state.ruleSets.get(name);
  if (present?.document === document) return [];
  checkVersion(`rule set ${name}`, { present, expected: expectedVersion });
  const limit = limits.RULE_SETS_MAX;
  if (!present && state.ruleSets.size >= limit) {
    const why = `Cannot put rule set ${name} as there may be at most ${limit}: there are as many`;
    throw new MusterError("OVERLOADED", why, { metadata: { limit: String(limit) } });
  }
  parseRuleSet(document);
  return [{ type: "rule-set-put", name, document }];
}

/** The fact, unless the same configuration is there. @throws {MusterError} RULE_SET_NOT_FOUND, VERSION_STALE. */
export function decidePutConfiguration(
  state: MatcherState,
  configuration: Configuration,
  { expectedVersion }: Put = {},
): readonly MatcherFact[] {
  const { name, ruleSet } = configuration;
  if (!state.ruleSets.has(ruleSet)) {
    const why = `Cannot put configuration ${name} as its rule set must be there: ${ruleSet} is not`;
    throw new MusterError("RULE_SET_NOT_FOUND", why, { metadata: { ruleSet } });
  }
  const present = state.configurations.get(name);
  if (present && isSameConfiguration(present, configuration)) return [];
  checkVersion(`configuration ${name}`, { present, expected: expectedVersion });
  return [{ type: "configuration-put", configuration }];
}
