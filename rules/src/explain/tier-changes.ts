// What is different from an age on: which fields of teams, rules and algorithm an expansion sets, in the words of a document.
import type { Tier } from "../rule-set.ts";
import type { Rule } from "../rule-types/table.ts";

/** One field that differs. */
export type TierChange = {
  /** As an expansion's target names it: `rules[near].maxDistance`, `teams[red].minPlayers`, `algorithm.strategy`. */
  readonly target: string;
  /** The value as a document writes it: `25`, `eu`, `a, b`. */
  readonly from: string;
  readonly to: string;
  /** Whether it is a rule that only a compound judges by. */
  readonly isInCompound: boolean;
};

/** Everything that `after` has otherwise than `before`, teams first; empty if nothing is. */
export function tierChanges(before: Tier, after: Tier): readonly TierChange[] {
  const teams = after.teams.flatMap((team) => {
    const old = before.teams.find(({ name }) => name === team.name);
    return old ? fieldChanges(`teams[${team.name}]`, old, team) : [];
  });
  const rules = after.rules.flatMap((rule) => {
    const old = before.rules.find(({ name }) => name === rule.name);
    return old ? ruleChanges(old, rule, false) : [];
  });
  const all = [...teams, ...rules, ...fieldChanges("algorithm", before.algorithm, after.algorithm)];
  // A rule that two compounds name has changed once.
  return [...new Map(all.map((change) => [change.target, change])).values()];
}

/** A compound is bound anew at every age: what changed in it is what changed in the rules that it names. */
function ruleChanges(before: Rule, after: Rule, isInCompound: boolean): readonly TierChange[] {
  if (before === after) return [];
  if (before.type !== "compound" || after.type !== "compound") {
    return fieldChanges(`rules[${after.name}]`, before, after, isInCompound);
  }
  return [...after.bound].flatMap(([name, member]) => {
    const old = before.bound.get(name);
    return old ? ruleChanges(old.rule, member.rule, true) : [];
  });
}

function fieldChanges(place: string, before: object, after: object, isInCompound = false): readonly TierChange[] {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after).flatMap(([field, value]): readonly TierChange[] => {
    const [from, to] = [show(old.get(field)), show(value)];
    return from === to ? [] : [{ target: `${place}.${DOCUMENT_NAMES[field] ?? field}`, from, to, isInCompound }];
  });
}

/** Fields that documents call otherwise. */
const DOCUMENT_NAMES: Readonly<Record<string, string>> = {
  maxLatencyMs: "maxLatency",
  distance: "maxDistance",
  reference: "referenceValue",
};

/** Plain values as they are; of what the parser has made of others, the part that an expansion can set. */
function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  if ("maxMs" in value) return show(value.maxMs);
  if ("value" in value) return show(value.value);
  return "name" in value ? show(value.name) : JSON.stringify(value);
}
