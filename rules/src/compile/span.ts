// From the lowest number of some columns to the highest.
import type { Column } from "./expression/node.ts";

/** Undefined without numbers. NaN among them gives NaN. */
export function spanOf(columns: readonly (() => Column)[]): number | undefined {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let isNone = true;
  for (const read of columns) {
    const { items, length } = read();
    for (let at = 0; at < length; at += 1) {
      const value = items[at];
      if (typeof value !== "number") continue;
      isNone = false;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return isNone ? undefined : most - least;
}
