// collection, compiled: how many strings of players' lists agree.
import { isPerPlayer } from "../language/expression.ts";
import type { CollectionReference, CollectionRule } from "../rule-types/collection.ts";
import { always, type Check } from "./check.ts";
import { compileExpression, compileLeaves } from "./expression/compile-expression.ts";
import type { Column } from "./expression/node.ts";
import type { Scope } from "./expression/scope.ts";
import { countShared, distinct, shared } from "./expression/string-sets.ts";

/** The bounds that a count must keep. */
type Bounds = { readonly minCount: number; readonly maxCount: number };

export function compileCollection(scope: Scope, rule: CollectionRule): Check {
  const { measurements, operation, reference } = rule;
  const columns = measurements.map((one) => compileLeaves(scope, one));
  const isFixed = measurements.every(isPerPlayer);
  const least: Bounds = { minCount: rule.minCount, maxCount: Number.POSITIVE_INFINITY };
  switch (operation) {
    case "intersection": // More players share less, in teams as in all.
      return {
        holds: () => keepsShared(columns, rule),
        mayStillHold: rule.minCount === 0 ? always : () => keepsShared(columns, least),
      };
    case "contains": {
      const [wanted = ""] = reference?.type === "literal" ? reference.value : [];
      const most: Bounds = { minCount: 0, maxCount: rule.maxCount };
      const isBounded = isFixed && rule.maxCount !== Number.POSITIVE_INFINITY; // More players contain more.
      return {
        holds: () => keepsContained(columns, wanted, rule),
        mayStillHold: isBounded ? () => keepsContained(columns, wanted, most) : always,
      };
    }
    case "reference_intersection_count": {
      const wanted = compileReference(scope, reference);
      const isFinal = isFixed && reference?.type === "literal";
      const holds = () => keepsWanted(columns, wanted() ?? noStrings, rule);
      if (isFinal) return { holds, mayStillHold: holds };
      const mayStillHold = () => {
        const strings = wanted();
        return strings === undefined || keepsWanted(columns, strings, least); // What all share only becomes less.
      };
      return { holds, mayStillHold: rule.minCount === 0 ? always : mayStillHold };
    }
  }
}

const noStrings: readonly string[] = [];

/** Undefined while nobody brings what it refers to. */
function compileReference(
  scope: Scope,
  reference: CollectionReference | undefined,
): () => readonly string[] | undefined {
  if (reference?.type !== "expression") {
    const value = distinct(reference?.value ?? []);
    return () => value;
  }
  const node = compileExpression(scope, reference.expression);
  return () => {
    const value = node.depth === 0 ? node.read() : undefined;
    return typeof value === "object" ? value : undefined;
  };
}

function isWithin(count: number, { minCount, maxCount }: Bounds): boolean {
  return count >= minCount && count <= maxCount;
}

/** Nobody's lists share nothing, and break nothing. */
function keepsShared(columns: readonly (() => Column)[], bounds: Bounds): boolean {
  let common: readonly string[] | undefined;
  for (const read of columns) {
    const { items, length } = read();
    for (let at = 0; at < length; at += 1) {
      const list = items[at];
      if (typeof list !== "object") continue;
      common = common ? shared(common, list) : distinct(list);
      if (common.length < bounds.minCount) return false;
    }
  }
  return common === undefined || isWithin(common.length, bounds);
}

function keepsContained(columns: readonly (() => Column)[], wanted: string, bounds: Bounds): boolean {
  let count: number | undefined;
  for (const read of columns) {
    const { items, length } = read();
    for (let at = 0; at < length; at += 1) {
      const list = items[at];
      if (typeof list !== "object") continue;
      count ??= 0;
      for (let place = 0; place < list.length; place += 1) if (list[place] === wanted) count += 1;
    }
  }
  return count === undefined || isWithin(count, bounds);
}

/** Each list alone. */
function keepsWanted(columns: readonly (() => Column)[], wanted: readonly string[], bounds: Bounds): boolean {
  for (const read of columns) {
    const { items, length } = read();
    for (let at = 0; at < length; at += 1) {
      const list = items[at];
      if (typeof list === "object" && !isWithin(countShared(wanted, list), bounds)) return false;
    }
  }
  return true;
}
