// The `rules` section: each rule by its type. What the build cannot judge yet is refused: a rule passed over in silence
// would let through the very matches that its author forbids.
import type { Rule } from "../rule-types/table.ts";
import { findRuleType, laterRuleTypeNames, ruleTypeNames } from "../rule-types/table.ts";
import { aggregationNames } from "./expression.ts";
import type { Declared } from "./parse-expression.ts";
import { readChoice, readList, readName, readObject, refuse, type Spot } from "./spot.ts";

/** Rules of one rule set: each is judged for every candidate match. */
const RULES_MAX = 64;

/** The rules by name, undefined for one whose declaration is wrong. */
export function parseRules(spot: Spot, declared: Declared): ReadonlyMap<string, Rule | undefined> {
  const rules = new Map<string, Rule | undefined>();
  const taken = new Set<string>();
  for (const item of readList(spot, { min: 0, max: RULES_MAX }) ?? []) {
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
    rules.set(name, type.parse(fields, { spot: item, name, declared, aggregation }));
  }
  return rules;
}

/** The type decides which keys are known, so it is read before them. */
function readType(item: Spot): ReturnType<typeof findRuleType> {
  const value = read(item, "type");
  const spot = { ...item, path: `${item.path}.type`, value };
  if (typeof value === "string" && laterRuleTypeNames.includes(value)) return refuse(spot, "is not supported yet");
  const name = readChoice(spot, ruleTypeNames);
  return name === undefined ? undefined : findRuleType(name);
}

function read(item: Spot, key: string): unknown {
  if (typeof item.value !== "object" || item.value === null) return undefined;
  return new Map<string, unknown>(Object.entries(item.value)).get(key);
}
