// Measured values beside what they are compared with, as `pairUp` in evaluate.ts puts them together.
import type { Expression } from "../language/expression.ts";
import type { Reference } from "../rule-types/measurements.ts";
import { every } from "./check.ts";
import { compileExpression, compileLeaves } from "./expression/compile-expression.ts";
import type { Column, ColumnNode, Leaf } from "./expression/node.ts";
import type { Scope } from "./expression/scope.ts";

/** What a pair is asked. */
export type PairTest = (measured: number | string, reference: number | string) => boolean;

export type PairTask = {
  readonly measurements: readonly Expression[];
  readonly reference: Reference;
  readonly test: PairTest;
};

/**
 * Whether every pair passes: with a single reference each measured value, with a list the measured lists item by item;
 * false where such lists differ in length. Nothings are passed over.
 */
export function compilePairs(scope: Scope, { measurements, reference, test }: PairTask): () => boolean {
  if (reference.type === "literal") {
    const { value } = reference;
    return every(measurements.map((one) => againstOne(compileLeaves(scope, one), () => value, test)));
  }
  const referred = compileExpression(scope, reference.expression);
  if (referred.depth === 0) {
    return every(measurements.map((one) => againstOne(compileLeaves(scope, one), referred.read, test)));
  }
  const { depth, read } = referred;
  return every(
    measurements.map((one) => {
      const measured = compileExpression(scope, one);
      if (measured.depth === 0) return () => false; // A single value has no place in a list.
      if (measured.depth === depth) return againstSame(measured, referred, test);
      return againstGroups(measured.read, read, test);
    }),
  );
}

function againstOne(measured: () => Column, reference: () => Leaf, test: PairTest): () => boolean {
  return () => {
    const right = reference();
    if (right === undefined || typeof right === "object") return true;
    const { items, length } = measured();
    return passAll(items, { from: 0, to: length }, right, test);
  };
}

function passAll(items: readonly Leaf[], { from, to }: Part, right: number | string, test: PairTest): boolean {
  for (let at = from; at < to; at += 1) {
    const left = items[at];
    if (left !== undefined && typeof left !== "object" && !test(left, right)) return false;
  }
  return true;
}

type Part = { readonly from: number; readonly to: number };

/** Lists as deep as one another: of the same lengths, item by item. */
function againstSame({ depth, read }: ColumnNode, reference: ColumnNode, test: PairTest): () => boolean {
  return () => {
    const left = read();
    const right = reference.read();
    if (left.length !== right.length || (depth === 2 && !areGroupedAlike(left, right))) return false;
    for (let at = 0; at < left.length; at += 1) {
      const one = left.items[at];
      const other = right.items[at];
      if (one === undefined || other === undefined || typeof one === "object" || typeof other === "object") continue;
      if (!test(one, other)) return false;
    }
    return true;
  };
}

function areGroupedAlike(one: Column, other: Column): boolean {
  if (one.groups !== other.groups) return false;
  for (let group = 0; group < one.groups; group += 1) if (one.ends[group] !== other.ends[group]) return false;
  return true;
}

/** A list of lists beside a list: an item for all of an inner list. */
function againstGroups(measured: () => Column, reference: () => Column, test: PairTest): () => boolean {
  return () => {
    const left = measured();
    const right = reference();
    if (left.groups !== right.length) return false;
    for (let group = 0, from = 0; group < left.groups; group += 1) {
      const to = left.ends[group] ?? from;
      const other = right.items[group];
      const isOne = other !== undefined && typeof other !== "object";
      if (isOne && !passAll(left.items, { from, to }, other, test)) return false;
      from = to;
    }
    return true;
  };
}
