// batchDistance: the values of one attribute over everybody in the match lie within a distance of one another. Of strings
// the distance is how many different ones there are beyond the first: 0 asks that all are the same.
import { limits } from "@muster/proto";
import { describeSources } from "../explain/describe-expression.ts";
import type { Expression } from "../language/expression.ts";
import { findAttribute, parseExpression } from "../language/parse-expression.ts";
import { readNumber, refuse } from "../language/spot.ts";
import type { Roster } from "../roster.ts";
import { evaluate, leavesOf, readLeaves } from "./evaluate.ts";
import type { RuleContext, RuleType } from "./rule-type.ts";

export type BatchDistanceRule = {
  readonly name: string;
  readonly type: "batchDistance";
  /** All players' values of the attribute, one list. */
  readonly measurement: Expression;
  /** 0 where the document gives none. */
  readonly minDistance: number;
  /** Infinity where the document gives none. */
  readonly maxDistance: number;
};

export const batchDistance: RuleType<BatchDistanceRule> = {
  names: ["batchDistance"],
  keys: ["batchAttribute", "minDistance", "maxDistance"],

  parse(fields, context) {
    const spot = fields("batchAttribute");
    if (typeof spot.value !== "string") return refuse(spot, "must name an attribute");
    const attribute = findAttribute(spot, spot.value, context.declared);
    if (!attribute) return undefined;
    if (attribute.type !== "number" && attribute.type !== "string") {
      return refuse(spot, `must name a number or a string, not the ${attribute.type} "${attribute.name}"`);
    }
    const given = { minDistance: fields("minDistance"), maxDistance: fields("maxDistance") };
    if (given.minDistance.value === undefined && given.maxDistance.value === undefined) {
      return refuse(given.maxDistance, "must be given unless minDistance is");
    }
    const minDistance = given.minDistance.value === undefined ? 0 : readNumber(given.minDistance, anyDistance);
    const maxDistance =
      given.maxDistance.value === undefined ? Number.POSITIVE_INFINITY : readNumber(given.maxDistance, anyDistance);
    const measurement = measurementOf(attribute.name, context);
    if (minDistance === undefined || maxDistance === undefined || !measurement) return undefined;
    if (minDistance > maxDistance) return refuse(given.minDistance, "must not be above maxDistance");
    return { name: context.name, type: "batchDistance", measurement, minDistance, maxDistance };
  },

  expandable: ["minDistance", "maxDistance"],
  expand(rule, field, spot) {
    const value = readNumber(spot, anyDistance);
    if (value === undefined) return undefined;
    const expanded = { ...rule, [field]: value };
    if (expanded.minDistance <= expanded.maxDistance) return expanded;
    return refuse(spot, "must leave minDistance at or below maxDistance");
  },

  expressions: ({ measurement }) => [measurement],

  findBreach(rule, roster) {
    const apart = distanceOf(rule, roster);
    if (apart >= rule.minDistance && apart <= rule.maxDistance) return undefined;
    return `${apart} apart where ${rule.minDistance} to ${rule.maxDistance} is asked`;
  },

  mayStillHold: (rule, roster) => distanceOf(rule, roster) <= rule.maxDistance,

  constraints({ measurement, minDistance, maxDistance }) {
    const over = describeSources([measurement]);
    if (measurement.leaf === "string" && maxDistance < 1) return [{ kind: "partition", over, says: "all equal" }];
    const says =
      measurement.leaf === "string" ? `at most ${maxDistance + 1} values` : `within ${maxDistance} of one another`;
    const whole = { kind: "residual", over, says: `at least ${minDistance} apart`, prunes: false } as const;
    if (measurement.leaf === "string") return [{ kind: "residual", over, says, prunes: true }];
    if (maxDistance === Number.POSITIVE_INFINITY) return [whole];
    return [{ kind: "window", over, says }, ...(minDistance > 0 ? [whole] : [])];
  },

  kinship({ measurement, minDistance, maxDistance }) {
    const read = readLeaves([measurement]);
    if (measurement.leaf === "number") {
      const unit = Math.max(1, Math.min(maxDistance, anyDistance.max));
      const suffices = minDistance === 0 ? maxDistance : undefined;
      return { type: "within", read, measures: [measurement], spread: maxDistance, suffices, unit };
    }
    return maxDistance < 1 ? { type: "same", read, measures: [measurement] } : undefined;
  },
};

const anyDistance = { min: 0, max: limits.NUMBER_MAX };

/** The rule has no expression of its own: it is about everybody's values in one list. */
function measurementOf(attribute: string, { spot, declared, aggregation }: RuleContext): Expression | undefined {
  const path = declared.dialect === "FLEXMATCH" ? "attributes" : "playerAttributes";
  const value = `flatten(teams[*].players.${path}[${attribute}])`;
  return parseExpression({ ...spot, path: `${spot.path}.batchAttribute`, value }, declared, aggregation);
}

/** How far apart everybody in `roster` is by the rule; 0 for nobody. */
export function distanceOf({ measurement }: BatchDistanceRule, roster: Roster): number {
  const leaves = leavesOf(evaluate(measurement, roster));
  if (leaves.length === 0) return 0;
  if (measurement.leaf === "string") return new Set(leaves).size - 1;
  const numbers = leaves.map(Number);
  return (
    numbers.reduce((most, value) => Math.max(most, value)) - numbers.reduce((least, value) => Math.min(least, value))
  );
}
