// Functions of numbers over a part of a column, as it lies there. Sums run in the judge's order, so that even the last
// digit is the same.
import type { FunctionName } from "../../language/expression.ts";
import type { Leaf } from "./node.ts";

export type NumberFunction = Exclude<FunctionName, "flatten" | "set_intersection" | "count">;

/** Of the items `from` to before `to`, which are numbers and nothings. Undefined without numbers, but for a sum. */
export type Reducer = (items: readonly Leaf[], from: number, to: number) => number | undefined;

export const reducers: { readonly [Name in NumberFunction]: Reducer } = {
  min(items, from, to) {
    let least: number | undefined;
    for (let at = from; at < to; at += 1) {
      const value = items[at];
      if (typeof value === "number") least = least === undefined ? value : Math.min(least, value);
    }
    return least;
  },
  max(items, from, to) {
    let most: number | undefined;
    for (let at = from; at < to; at += 1) {
      const value = items[at];
      if (typeof value === "number") most = most === undefined ? value : Math.max(most, value);
    }
    return most;
  },
  sum: sumOf,
  avg: averageOf,
  median(items, from, to) {
    const numbers: number[] = [];
    for (let at = from; at < to; at += 1) {
      const value = items[at];
      if (typeof value === "number") numbers.push(value);
    }
    numbers.sort((one, other) => one - other);
    const upper = numbers[Math.floor(numbers.length / 2)];
    const lower = numbers[Math.ceil(numbers.length / 2) - 1];
    return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
  },
  stddev(items, from, to) {
    const average = averageOf(items, from, to);
    if (average === undefined) return undefined;
    let squares = 0;
    let count = 0;
    for (let at = from; at < to; at += 1) {
      const value = items[at];
      if (typeof value !== "number") continue;
      squares += (value - average) ** 2;
      count += 1;
    }
    return Math.sqrt(squares / count);
  },
};

function sumOf(items: readonly Leaf[], from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) {
    const value = items[at];
    if (typeof value === "number") sum += value;
  }
  return sum;
}

function averageOf(items: readonly Leaf[], from: number, to: number): number | undefined {
  let sum = 0;
  let count = 0;
  for (let at = from; at < to; at += 1) {
    const value = items[at];
    if (typeof value !== "number") continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}
