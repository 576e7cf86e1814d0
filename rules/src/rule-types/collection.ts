// collection: how many strings of players' lists agree. `intersection` counts what all of them share, `contains` how often
// one value occurs, `reference_intersection_count` what each list shares with a reference list. The count lies between
// `minCount` and `maxCount`.
import { limits } from "@muster/proto";
import { describeSources } from "../explain/describe-expression.ts";
import { type Expression, isPerPlayer, sourceOf } from "../language/expression.ts";
import { looksLikeExpression, parseExpression } from "../language/parse-expression.ts";
import { readChoice, readCount, readList, refuse, type Spot } from "../language/spot.ts";
import type { Roster } from "../roster.ts";
import { combine, evaluate, listsOf } from "./evaluate.ts";
import { isText, readMeasurements } from "./measurements.ts";
import type { RuleContext, RuleType } from "./rule-type.ts";

const operations = ["intersection", "contains", "reference_intersection_count"] as const;

export type CollectionRule = {
  readonly name: string;
  readonly type: "collection";
  readonly measurements: readonly Expression[];
  readonly operation: (typeof operations)[number];
  /** What `contains` looks for is a list of one. Undefined for `intersection`. */
  readonly reference: CollectionReference | undefined;
  /** 0 where the document gives none. */
  readonly minCount: number;
  /** Infinity where the document gives none. */
  readonly maxCount: number;
};

export type CollectionReference =
  | { readonly type: "literal"; readonly value: readonly string[] }
  | { readonly type: "expression"; readonly expression: Expression };

export const collection: RuleType<CollectionRule> = {
  names: ["collection", "collectionRule"],
  keys: ["measurements", "operation", "referenceValue", "minCount", "maxCount"],

  parse(fields, context) {
    const measurements = readMeasurements(fields("measurements"), context, ["string_list"]);
    const operation = readChoice(fields("operation"), operations);
    if (fields("minCount").value === undefined && fields("maxCount").value === undefined) {
      return refuse(fields("minCount"), "must be given unless maxCount is");
    }
    const minCount = fields("minCount").value === undefined ? 0 : readCount(fields("minCount"), anyCount);
    const maxCount =
      fields("maxCount").value === undefined ? Number.POSITIVE_INFINITY : readCount(fields("maxCount"), anyCount);
    if (!measurements || !operation || minCount === undefined || maxCount === undefined) return undefined;
    if (minCount > maxCount) return refuse(fields("minCount"), "must not be above maxCount");
    const given = fields("referenceValue");
    if (operation === "intersection") {
      if (given.value !== undefined) return refuse(given, "must not be given for intersection");
      return {
        name: context.name,
        type: "collection",
        measurements,
        operation,
        reference: undefined,
        minCount,
        maxCount,
      };
    }
    const reference = readReference(given, operation, context);
    return (
      reference && { name: context.name, type: "collection", measurements, operation, reference, minCount, maxCount }
    );
  },

  expandable: ["minCount", "maxCount", "referenceValue"],
  expand(rule, field, spot) {
    if (field === "referenceValue") {
      if (rule.reference?.type !== "literal") {
        return refuse(spot, "must expand a referenceValue that is a plain value");
      }
      const reference = readLiterals(spot, rule.operation);
      return reference && { ...rule, reference };
    }
    const value = readCount(spot, anyCount);
    if (value === undefined) return undefined;
    const expanded = { ...rule, [field]: value };
    return expanded.minCount <= expanded.maxCount ? expanded : refuse(spot, "must leave minCount at or below maxCount");
  },

  expressions: ({ measurements, reference }) =>
    reference?.type === "expression" ? [...measurements, reference.expression] : measurements,

  findBreach(rule, roster) {
    const wrong = countsOf(rule, roster).find((count) => count < rule.minCount || count > rule.maxCount);
    if (wrong === undefined) return undefined;
    return `${wrong} in ${rule.operation} where ${rule.minCount} to ${rule.maxCount} is asked`;
  },

  mayStillHold(rule, roster) {
    if (rule.reference?.type === "expression" || !rule.measurements.every(isPerPlayer)) return true;
    const counts = countsOf(rule, roster);
    switch (rule.operation) {
      case "intersection": // More players share less.
        return counts.every((count) => count >= rule.minCount);
      case "contains": // More players contain more.
        return counts.every((count) => count <= rule.maxCount);
      case "reference_intersection_count": // Each player alone.
        return counts.every((count) => count >= rule.minCount && count <= rule.maxCount);
    }
  },

  constraints(rule) {
    const { measurements, operation, reference, minCount, maxCount } = rule;
    const over = describeSources(measurements);
    const range = maxCount === Number.POSITIVE_INFINITY ? `${minCount} or more` : `${minCount} to ${maxCount}`;
    const isForAll = measurements.every((one) => isPerPlayer(one) && sourceOf(one).teams.isAll);
    const isEarly = measurements.every(isPerPlayer) && reference?.type !== "expression";
    const residual = (says: string, prunes: boolean) =>
      ({ kind: "residual", over, says, prunes: prunes && isEarly }) as const;
    const isBounded = maxCount !== Number.POSITIVE_INFINITY;
    switch (operation) {
      case "intersection": {
        const least = `${minCount} or more shared by all`;
        const shared = isForAll ? ({ kind: "mask", over, says: least } as const) : residual(least, true);
        // That some are not shared, whoever comes last may bring about.
        const most = residual(`at most ${maxCount} shared by all`, false);
        return [...(minCount > 0 ? [shared] : []), ...(isBounded ? [most] : [])];
      }
      case "contains": {
        const what = reference?.type === "literal" ? reference.value[0] : "";
        // Whoever comes last may bring what still lacks.
        const least = residual(`at least ${minCount} times ${what}`, false);
        const most = residual(`at most ${maxCount} times ${what}`, true);
        return [...(minCount > 0 ? [least] : []), ...(isBounded ? [most] : [])];
      }
      case "reference_intersection_count": {
        const says = `${range} of the reference in each`;
        if (isForAll && reference?.type === "literal") return [{ kind: "admission", over, says }];
        return [residual(says, true)];
      }
    }
  },

  kinship: ({ measurements, operation, minCount }) => {
    const isForAll = measurements.every((one) => isPerPlayer(one) && sourceOf(one).teams.isAll);
    if (operation !== "intersection" || minCount === 0 || !isForAll) return undefined;
    const listsIn = (roster: Roster) => measurements.flatMap((measurement) => listsOf(evaluate(measurement, roster)));
    return { type: "shared", least: minCount, read: (roster) => combine("intersection", listsIn(roster)) };
  },
};

const anyCount = { min: 0, max: limits.ATTRIBUTE_ITEMS_MAX * limits.MATCH_PLAYERS_MAX };

/** What is counted: once over all lists, or, against a reference, once a list. Nobody's lists count nothing. */
function countsOf({ measurements, operation, reference }: CollectionRule, roster: Roster): readonly number[] {
  const lists = measurements.flatMap((measurement) => listsOf(evaluate(measurement, roster)));
  if (lists.length === 0) return [];
  switch (operation) {
    case "intersection":
      return [combine("intersection", lists).length];
    case "contains": {
      const [wanted] = referenceOf(reference, roster);
      return [lists.flat().filter((text) => text === wanted).length];
    }
    case "reference_intersection_count": {
      const wanted = new Set(referenceOf(reference, roster));
      return lists.map((list) => new Set(list.filter((text) => wanted.has(text))).size);
    }
  }
}

function referenceOf(reference: CollectionReference | undefined, roster: Roster): readonly string[] {
  if (reference?.type !== "expression") return reference?.value ?? [];
  return combine("union", listsOf(evaluate(reference.expression, roster)));
}

function readReference(
  spot: Spot,
  operation: CollectionRule["operation"],
  context: RuleContext,
): CollectionReference | undefined {
  if (typeof spot.value !== "string" || !looksLikeExpression(spot.value)) return readLiterals(spot, operation);
  const expression = parseExpression(spot, context.declared, context.aggregation);
  if (!expression) return undefined;
  if (operation === "contains") return refuse(spot, "must be a plain string for contains");
  if (expression.leaf === "string_list" && expression.depth === 0) return { type: "expression", expression };
  return refuse(spot, "must come to one string list, as set_intersection(flatten(…)) does");
}

function readLiterals(spot: Spot, operation: CollectionRule["operation"]): CollectionReference | undefined {
  if (operation === "contains") return isText(spot.value) ? { type: "literal", value: [spot.value] } : refuseText(spot);
  const items = readList(spot, { min: 1, max: limits.ATTRIBUTE_ITEMS_MAX });
  const texts = items?.map((item) => (isText(item.value) ? item.value : refuseText(item)));
  const value = texts?.filter((text) => text !== undefined);
  return value && value.length === texts?.length ? { type: "literal", value } : undefined;
}

function refuseText(spot: Spot): undefined {
  return refuse(spot, `must be a string of 1 to ${limits.ATTRIBUTE_TEXT_CHARS_MAX} characters`);
}
