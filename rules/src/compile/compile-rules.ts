// Rules → closures that answer what the judge answers, several times as fast. A search asks them about rosters by the
// thousand; the judge stays the measure of what they say.
import type { Roster } from "../roster.ts";
import type { Rule } from "../rule-types/table.ts";
import { always, type Check, every } from "./check.ts";
import { compileBatchDistance } from "./compile-batch-distance.ts";
import { compileCollection } from "./compile-collection.ts";
import { compileComparison } from "./compile-comparison.ts";
import { compileCompound } from "./compile-compound.ts";
import { compileDistance } from "./compile-distance.ts";
import { compileLatency } from "./compile-latency.ts";
import { lookAt } from "./expression/look.ts";
import { createScope, type Scope } from "./expression/scope.ts";

/** What rules come to, compiled once. Not to be asked from within an answer: what is read of a roster is kept inside. */
export type CompiledRules = {
  /** Whether every rule holds for the whole roster: what `judgeRules` says of it. */
  holds(roster: Roster): boolean;
  /**
   * False only if some rule is broken whoever else joins the teams of the roster, whichever open further and whichever empty
   * ones go. Players who come with one ticket and sit in one team come at once. Prunes what the rules' own `mayStillHold`
   * prunes, and more.
   */
  mayStillHold(roster: Roster): boolean;
};

/**
 * The rules as closures; what several of them read is read once a roster. None: every roster holds.
 *
 * @example
 * const { holds } = compileRules(tierAt(ruleSet, ageMs).rules);
 * if (holds(roster)) …
 */
export function compileRules(rules: readonly Rule[]): CompiledRules {
  const scope = createScope();
  const checks = rules.map((rule) => compileCheck(scope, rule));
  return {
    holds: askOf(scope, every(checks.map((check) => check.holds))),
    mayStillHold: askOf(scope, every(checks.map((check) => check.mayStillHold))),
  };
}

/** One rule as closures, for whoever has made sure of the others in another way. */
export function compileRule(rule: Rule): CompiledRules {
  return compileRules([rule]);
}

function askOf({ look }: Scope, question: () => boolean): (roster: Roster) => boolean {
  if (question === always) return always;
  return (roster) => {
    lookAt(look, roster);
    return question();
  };
}

function compileCheck(scope: Scope, rule: Rule): Check {
  switch (rule.type) {
    case "comparison":
      return compileComparison(scope, rule);
    case "distance":
      return compileDistance(scope, rule);
    case "batchDistance":
      return compileBatchDistance(scope, rule);
    case "collection":
      return compileCollection(scope, rule);
    case "latency":
      return compileLatency(scope, rule);
    case "compound":
      return compileCompound(rule, (member) => compileCheck(scope, member));
    case "distanceSort":
    case "absoluteSort":
      return { holds: always, mayStillHold: always };
  }
}
