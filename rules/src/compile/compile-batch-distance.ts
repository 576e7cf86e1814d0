// batchDistance, compiled: how far everybody's values are from one another.
import type { BatchDistanceRule } from "../rule-types/batch-distance.ts";
import { always, type Check } from "./check.ts";
import { compileLeaves } from "./expression/compile-expression.ts";
import type { Column, Leaf } from "./expression/node.ts";
import type { Scope } from "./expression/scope.ts";
import { spanOf } from "./span.ts";

export function compileBatchDistance(scope: Scope, rule: BatchDistanceRule): Check {
  const { measurement, minDistance, maxDistance } = rule;
  const column = compileLeaves(scope, measurement);
  const columns = [column];
  const apart = measurement.leaf === "string" ? () => countOthers(column(), maxDistance) : () => spanOf(columns) ?? 0;
  return {
    holds() {
      const distance = apart();
      return distance >= minDistance && distance <= maxDistance;
    },
    mayStillHold: maxDistance === Number.POSITIVE_INFINITY ? always : () => apart() <= maxDistance, // It only grows.
  };
}

/** How many different strings there are beyond the first; no more are counted than one above `enough`. */
function countOthers({ items, length }: Column, enough: number): number {
  let first: Leaf;
  let others: Set<Leaf> | undefined;
  for (let at = 0; at < length; at += 1) {
    const value = items[at];
    if (value === undefined || value === first) continue;
    if (first === undefined) {
      first = value;
      continue;
    }
    if (enough < 1) return 1;
    others ??= new Set();
    others.add(value);
    if (others.size > enough) return others.size;
  }
  return others?.size ?? 0;
}
