// distance: each measured number lies at least `minDistance` and at most `maxDistance` from the reference value, which
// is a number or an expression: one number for all, or a list that the measured list is compared with item by item.

import { limits } from "@muster/proto";
import { describeExpression, describeMeasured, describeSources } from "../explain/describe-expression.ts";
import { type Expression, isCountsOnly, isPerPlayer, sourceOf } from "../language/expression.ts";
import { readNumber, refuse, type Spot } from "../language/spot.ts";
import type { Roster } from "../roster.ts";
import { evaluate, leavesOf, pairUp, readLeaves } from "./evaluate.ts";
import { type Reference, readMeasurements, readReference } from "./measurements.ts";
import type { RuleType } from "./rule-type.ts";

export type DistanceRule = {
  readonly name: string;
  readonly type: "distance";
  readonly measurements: readonly Expression[];
  readonly reference: Reference;
  /** 0 where the document gives none. */
  readonly minDistance: number;
  /** Infinity where the document gives none. */
  readonly maxDistance: number;
};

export const distance: RuleType<DistanceRule> = {
  names: ["distance", "distanceRule"],
  keys: ["measurements", "referenceValue", "minDistance", "maxDistance"],

  parse(fields, context) {
    const measurements = readMeasurements(fields("measurements"), context);
    const reference = readReference(fields("referenceValue"), context, measurements);
    if (fields("minDistance").value === undefined && fields("maxDistance").value === undefined) {
      return refuse(fields("maxDistance"), "must be given unless minDistance is");
    }
    const minDistance = readDistance(fields("minDistance"), 0);
    const maxDistance = readDistance(fields("maxDistance"), Number.POSITIVE_INFINITY);
    if (!measurements || !reference || minDistance === undefined || maxDistance === undefined) return undefined;
    if (measurements.some((one) => one.leaf !== "number")) {
      return refuse(fields("measurements"), "must measure numbers");
    }
    if (minDistance > maxDistance) return refuse(fields("minDistance"), "must not be above maxDistance");
    return { name: context.name, type: "distance", measurements, reference, minDistance, maxDistance };
  },

  expandable: ["minDistance", "maxDistance", "referenceValue"],
  expand(rule, field, spot) {
    if (field === "referenceValue" && rule.reference.type !== "literal") {
      return refuse(spot, "must expand a referenceValue that is a plain value");
    }
    const value = readNumber(spot, field === "referenceValue" ? anyNumber : anyDistance);
    if (value === undefined) return undefined;
    if (field === "referenceValue") return { ...rule, reference: { type: "literal", value } };
    const expanded = { ...rule, [field]: value };
    return expanded.minDistance <= expanded.maxDistance
      ? expanded
      : refuse(spot, "must leave minDistance at or below maxDistance");
  },

  expressions: ({ measurements, reference }) =>
    reference.type === "expression" ? [...measurements, reference.expression] : measurements,

  findBreach({ measurements, reference, minDistance, maxDistance }, roster) {
    const against = reference.type === "literal" ? reference.value : evaluate(reference.expression, roster);
    for (const measurement of measurements) {
      const pairs = pairUp(evaluate(measurement, roster), against);
      if (!pairs) return "lists of different lengths";
      for (const pair of pairs) {
        const apart = Math.abs(Number(pair.measured) - Number(pair.reference));
        if (apart < minDistance || apart > maxDistance) {
          return `${apart} from ${pair.measured} to ${pair.reference} where ${minDistance} to ${maxDistance} is asked`;
        }
      }
    }
    return undefined;
  },

  mayStillHold(rule, roster) {
    if (!rule.measurements.every(isPerPlayer)) return true;
    if (rule.reference.type === "literal") return distance.findBreach(rule, roster) === undefined;
    if (rule.reference.expression.depth > 0) return true;
    // A reference of nobody asks for nothing, and may stay so.
    if (evaluate(rule.reference.expression, roster) === undefined) return true;
    // Whatever it will come to: values within maxDistance of it are within twice that of one another.
    const values = rule.measurements.flatMap((one) => leavesOf(evaluate(one, roster))).map(Number);
    return Math.max(...values) - Math.min(...values) <= 2 * rule.maxDistance || values.length === 0;
  },

  constraints(rule) {
    const { measurements, reference, minDistance, maxDistance } = rule;
    const over = describeSources(measurements);
    const isForAll = measurements.every((one) => isPerPlayer(one) && sourceOf(one).teams.isAll);
    const least = minDistance > 0 ? `at least ${minDistance} and ` : "";
    const against = reference.type === "literal" ? reference.value : describeExpression(reference.expression);
    const says = `${describeMeasured(measurements)} ${least}at most ${maxDistance} from ${against}`;
    if (distance.expressions(rule).every(isCountsOnly)) return [{ kind: "recipe", over, says }];
    if (isForAll && reference.type === "literal") return [{ kind: "admission", over, says }];
    const residual = { kind: "residual", over, says, prunes: measurements.every(isPerPlayer) } as const;
    const kinship = distance.kinship(rule);
    if (spannedValues(rule)) {
      const window = { kind: "window", over, says: `within ${maxDistance} of one another` } as const;
      return minDistance > 0 ? [window, residual] : [window];
    }
    if (kinship?.type !== "within" || kinship.spread === Number.POSITIVE_INFINITY) return [residual];
    return [{ kind: "window", over, says: `within ${kinship.spread} of one another` }, residual];
  },

  kinship(rule) {
    const { measurements, minDistance, maxDistance } = rule;
    if (!measurements.every((one) => sourceOf(one).teams.isAll)) return undefined;
    const unit = Math.max(1, Math.min(maxDistance, anyDistance.max));
    const spanned = spannedValues(rule);
    if (spanned) {
      const suffices = minDistance === 0 ? maxDistance : undefined;
      const measures = [spanned];
      return { type: "within", read: readLeaves(measures), measures, spread: maxDistance, suffices, unit };
    }
    const isHard = measurements.every(isPerPlayer) && isOfEverybody(rule);
    const spread = isHard ? 2 * maxDistance : Number.POSITIVE_INFINITY;
    const suffices = minDistance === 0 && liesAmongThem(rule) ? maxDistance : undefined;
    return { type: "within", read: readLeaves(measurements), measures: measurements, spread, suffices, unit };
  },
};

/** The largest distance that the rule measures; undefined if it measures none, or its lists do not fit one another. */
export function largestDistance({ measurements, reference }: DistanceRule, roster: Roster): number | undefined {
  const against = reference.type === "literal" ? reference.value : evaluate(reference.expression, roster);
  const apart = measurements.flatMap((measurement) => {
    const pairs = pairUp(evaluate(measurement, roster), against) ?? [];
    return pairs.map((pair) => Math.abs(Number(pair.measured) - Number(pair.reference)));
  });
  return apart.length === 0 ? undefined : apart.reduce((most, value) => Math.max(most, value));
}

/**
 * The values whose lowest and highest the rule keeps within its distance, if that is all it says: `max` of everybody's
 * against `min` of everybody's, or each against one of the two.
 */
function spannedValues({ measurements, reference }: DistanceRule): Expression | undefined {
  const [measured, another] = measurements;
  if (!measured || another || reference.type === "literal") return undefined;
  const against = extremeOf(reference.expression);
  if (!against) return undefined;
  const own = extremeOf(measured) ?? { name: "each", values: measured };
  if (own.name === against.name || !isPerPlayer(own.values)) return undefined;
  return isSameOfAll(own.values, against.values) ? own.values : undefined;
}

/** What `min(flatten(…))` or `max(flatten(…))` is taken of. */
function extremeOf(expression: Expression): { readonly name: string; readonly values: Expression } | undefined {
  if (expression.type !== "call" || (expression.name !== "min" && expression.name !== "max")) return undefined;
  return expression.depth === 0 ? { name: expression.name, values: expression.argument } : undefined;
}

/** Whether there is one reference for all as soon as there is a measured value: one of a team that may be empty is not. */
function isOfEverybody({ measurements, reference }: DistanceRule): boolean {
  if (reference.type === "literal") return true;
  const { expression } = reference;
  if (expression.depth > 0 || expression.type !== "call") return false;
  if (expression.name === "count" || expression.name === "sum") return true; // Of nobody they are 0.
  const source = sourceOf(expression);
  if (source.type !== "attribute" || !source.teams.isAll) return false;
  // Every player has what rules read, but a map need not have the key.
  return source.mapKey === undefined || measurements.every((one) => isSameOfAll(one, source));
}

/** Whether the reference is never outside of the measured values: their average or median. */
function liesAmongThem({ measurements, reference }: DistanceRule): boolean {
  const [measured, another] = measurements;
  if (!measured || another || reference.type === "literal") return false;
  const { expression } = reference;
  if (expression.type !== "call" || (expression.name !== "avg" && expression.name !== "median")) return false;
  return expression.depth === 0 && isPerPlayer(measured) && isSameOfAll(measured, expression.argument);
}

/** Whether both are everybody's values of one attribute, seen alike. */
function isSameOfAll(one: Expression, other: Expression): boolean {
  const [left, right] = [sourceOf(one), sourceOf(other)];
  if (left.type !== "attribute" || right.type !== "attribute") return false;
  if (!isPerPlayer(other) || !left.teams.isAll || !right.teams.isAll) return false;
  const isSameValue = left.attribute === right.attribute && left.mapKey === right.mapKey;
  return isSameValue && left.aggregation === right.aggregation;
}

const anyDistance = { min: 0, max: limits.NUMBER_MAX };
const anyNumber = { min: -limits.NUMBER_MAX, max: limits.NUMBER_MAX };

function readDistance(spot: Spot, absent: number): number | undefined {
  return spot.value === undefined ? absent : readNumber(spot, anyDistance);
}
