// comparison: measured values against a reference value (`=  !=  <  <=  >  >=`), or, without one, all of them against
// one another (`=` all the same, `!=` all different). Values of all measurements count together, nested lists flattened.
import { describeExpression, describeMeasured, describeSources } from "../explain/describe-expression.ts";
import { type Expression, isCountsOnly, isPerPlayer, sourceOf } from "../language/expression.ts";
import { readChoice, refuse, type Spot } from "../language/spot.ts";
import type { Roster } from "../roster.ts";
import { evaluate, leavesOf, pairUp, readLeaves } from "./evaluate.ts";
import { type Reference, readLiteral, readMeasurements, readReference } from "./measurements.ts";
import type { RuleType } from "./rule-type.ts";

const operations = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Operation = (typeof operations)[number];

export type ComparisonRule = {
  readonly name: string;
  readonly type: "comparison";
  readonly measurements: readonly Expression[];
  readonly operation: Operation;
  readonly reference: Reference | undefined;
};

export const comparison: RuleType<ComparisonRule> = {
  names: ["comparison", "comparisonRule"],
  keys: ["measurements", "referenceValue", "operation"],

  parse(fields, context) {
    const measurements = readMeasurements(fields("measurements"), context);
    const operation = readChoice(fields("operation"), operations);
    const given = fields("referenceValue");
    const reference = given.value === undefined ? undefined : readReference(given, context, measurements);
    if (!measurements || !operation) return undefined;
    if (given.value === undefined) {
      if (!isEquality(operation))
        return refuse(fields("operation"), "must be = or != where no referenceValue is given");
    } else if (!reference) return undefined;
    if (measurements[0]?.leaf === "string" && !isEquality(operation)) {
      return refuse(fields("operation"), "must be = or != as the measurements are strings");
    }
    return { name: context.name, type: "comparison", measurements, operation, reference };
  },

  expandable: ["referenceValue"],
  expand(rule, _field, spot: Spot) {
    const { reference } = rule;
    if (reference?.type !== "literal") return refuse(spot, "must expand a referenceValue that is a plain value");
    const value = readLiteral(spot);
    if (value === undefined) return undefined;
    if (typeof value === typeof reference.value) return { ...rule, reference: { type: "literal", value } };
    return refuse(spot, `must be a ${typeof reference.value}, as the referenceValue is`);
  },

  expressions: ({ measurements, reference }) =>
    reference?.type === "expression" ? [...measurements, reference.expression] : measurements,

  findBreach(rule, roster) {
    if (!rule.reference) return findUnlike(rule, roster);
    const reference =
      rule.reference.type === "literal" ? rule.reference.value : evaluate(rule.reference.expression, roster);
    for (const measurement of rule.measurements) {
      const pairs = pairUp(evaluate(measurement, roster), reference);
      if (!pairs) return "lists of different lengths";
      const broken = pairs.find((pair) => !compare(pair.measured, rule.operation, pair.reference));
      if (broken) return `${show(broken.measured)} where ${rule.operation} ${show(broken.reference)} is asked`;
    }
    return undefined;
  },

  mayStillHold(rule, roster) {
    if (rule.reference?.type === "expression" || !rule.measurements.every(isPerPlayer)) return true;
    return comparison.findBreach(rule, roster) === undefined;
  },

  constraints({ measurements, operation, reference }) {
    const over = describeSources(measurements);
    const isForAll = measurements.every((one) => isPerPlayer(one) && sourceOf(one).teams.isAll);
    const expressions = reference?.type === "expression" ? [...measurements, reference.expression] : measurements;
    if (!reference) {
      const says = operation === "=" ? "all equal" : "all different";
      if (expressions.every(isCountsOnly)) return [{ kind: "recipe", over, says }];
      if (isForAll && operation === "=") return [{ kind: "partition", over, says }];
      return [{ kind: "residual", over, says, prunes: measurements.every(isPerPlayer) }];
    }
    const against = reference.type === "literal" ? show(reference.value) : describeExpression(reference.expression);
    const says = `${describeMeasured(measurements)} ${operation} ${against}`;
    if (expressions.every(isCountsOnly)) return [{ kind: "recipe", over, says }];
    if (isForAll && reference.type === "literal") return [{ kind: "admission", over, says }];
    return [{ kind: "residual", over, says, prunes: reference.type === "literal" && measurements.every(isPerPlayer) }];
  },

  kinship({ measurements, operation, reference }) {
    const isForAll = measurements.every((one) => isPerPlayer(one) && sourceOf(one).teams.isAll);
    if (!isForAll || operation !== "=" || reference) return undefined;
    return { type: "same", read: readLeaves(measurements), measures: measurements };
  },
};

function findUnlike(rule: ComparisonRule, roster: Roster): string | undefined {
  const values = rule.measurements.flatMap((measurement) => leavesOf(evaluate(measurement, roster)));
  const different = new Set(values);
  const [first, second] = different;
  if (rule.operation === "=" && different.size > 1) return `${show(first)} and ${show(second)} where all must be equal`;
  if (rule.operation === "!=" && different.size < values.length) {
    const repeated = values.find((value, index) => values.indexOf(value) !== index);
    return `${show(repeated)} twice where all must differ`;
  }
  return undefined;
}

function isEquality(operation: Operation): boolean {
  return operation === "=" || operation === "!=";
}

/** Whether `left operation right`; strings are only ever asked whether they are the same. */
export function compare(left: number | string, operation: Operation, right: number | string): boolean {
  switch (operation) {
    case "=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

function show(value: number | string | undefined): string {
  return JSON.stringify(value) ?? "nothing";
}
