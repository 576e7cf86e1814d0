// The `rules` section: each rule by its type, and what rules about other rules may name.
import type { Rule } from "../rule-types/table.ts";
import { findRuleType, ruleTypeNames, typeOf } from "../rule-types/table.ts";
import { dialects } from "./dialect.ts";
import { didYouMean } from "./did-you-mean.ts";
import { aggregationNames } from "./expression.ts";
import type { Declared } from "./parse-expression.ts";
import { readChoice, readList, readName, readObject, refuse, type Spot } from "./spot.ts";

/** The rules by name, undefined for one whose declaration is wrong. */
export function parseRules(spot: Spot, declared: Declared): ReadonlyMap<string, Rule | undefined> {
  const rules = new Map<string, Rule | undefined>();
  const taken = new Set<string>();
  const places = new Map<Rule, Spot>();
  for (const item of readList(spot, { min: 0, max: dialects[declared.dialect].rulesMax }) ?? []) {
    if (typeof item.value !== "object" || item.value === null || Array.isArray(item.value)) {
      refuse(item, "must be an object");
      continue;
    }
    const type = readType(item);
    const common = ["name", "type", "description", "partyAggregation"];
    const fields = type && readObject(item, { known: [...common, ...type.keys] });
    const name = readName({ ...item, path: `${item.path}.name`, value: read(item, "name") }, taken);
    if (name === undefined) continue;
    rules.set(name, undefined);
    if (!type || !fields) continue;
    const given = fields("partyAggregation");
    const aggregation = given.value === undefined ? undefined : readChoice(given, aggregationNames);
    if (fields("description").value !== undefined && typeof fields("description").value !== "string") {
      refuse(fields("description"), "must be a string");
    }
    const rule = type.parse(fields, { spot: item, name, declared, aggregation });
    rules.set(name, rule);
    if (rule) places.set(rule, item);
  }
  for (const [rule, item] of places) checkMembers(rule, item, rules);
  return rules;
}

/** Rules that say nothing about a roster on their own, or about all of it at once: FlexMatch has no compound of them. */
const NO_MEMBERS = ["batchDistance", "compound", "distanceSort", "absoluteSort"];

function checkMembers(rule: Rule, item: Spot, rules: ReadonlyMap<string, Rule | undefined>): void {
  const spot = { ...item, path: `${item.path}.statement`, value: read(item, "statement") };
  for (const name of typeOf(rule).members?.(rule) ?? []) {
    const member = rules.get(name);
    if (!rules.has(name)) {
      refuse(spot, `must name rules of the rule set, not "${name.slice(0, 64)}"${didYouMean(name, rules.keys())}`);
    } else if (member && NO_MEMBERS.includes(member.type)) {
      refuse(spot, `must not name "${name}", a ${member.type} rule`);
    }
  }
}

/** The type decides which keys are known, so it is read before them. */
function readType(item: Spot): ReturnType<typeof findRuleType> {
  const value = read(item, "type");
  const spot = { ...item, path: `${item.path}.type`, value };
  const name = readChoice(spot, ruleTypeNames);
  return name === undefined ? undefined : findRuleType(name);
}

function read(item: Spot, key: string): unknown {
  if (typeof item.value !== "object" || item.value === null) return undefined;
  return new Map<string, unknown>(Object.entries(item.value)).get(key);
}
