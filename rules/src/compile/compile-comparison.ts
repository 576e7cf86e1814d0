// comparison, compiled: values against a reference, or against one another.
import { isPerPlayer } from "../language/expression.ts";
import { type ComparisonRule, compare, type Operation } from "../rule-types/comparison.ts";
import { always, type Check, every } from "./check.ts";
import { type Course, courseOf, fixed, gapCourse, mayGo } from "./course.ts";
import { compileLeaves } from "./expression/compile-expression.ts";
import type { Column, Leaf } from "./expression/node.ts";
import type { Scope } from "./expression/scope.ts";
import { compilePairs, type PairTest } from "./pair-up.ts";

export function compileComparison(scope: Scope, rule: ComparisonRule): Check {
  const { measurements, operation, reference } = rule;
  if (!reference) {
    const columns = measurements.map((one) => compileLeaves(scope, one));
    const holds = operation === "=" ? () => areEqual(columns) : () => areDifferent(columns);
    return { holds, mayStillHold: measurements.every(isPerPlayer) ? holds : always };
  }
  const holds = compilePairs(scope, {
    measurements,
    reference,
    test: (left, right) => compare(left, operation, right),
  });
  return { holds, mayStillHold: compileMayHold(scope, { ...rule, reference }) };
}

type Referring = ComparisonRule & { readonly reference: NonNullable<ComparisonRule["reference"]> };

/** A pair that fails now is lost where no value that may come later can bring it right. */
function compileMayHold(scope: Scope, { measurements, operation, reference }: Referring): () => boolean {
  if (reference.type === "expression" && reference.expression.depth > 0) return always;
  const against = reference.type === "literal" ? fixed : courseOf(reference.expression);
  return every(
    measurements.map((one) => {
      const test = mayPass(operation, gapCourse(courseOf(one), against));
      return test ? compilePairs(scope, { measurements: [one], reference, test }) : always;
    }),
  );
}

/** What a pair must pass to have a chance, whichever way the gap between measured and reference goes. */
function mayPass(operation: Operation, gap: Course): PairTest | undefined {
  if (gap.rises && gap.falls) return (left, right) => compare(left, operation, right);
  if (gap.rises) {
    if (operation === "<") return (left, right) => left < right || mayGo(left, right);
    if (operation === "<=" || operation === "=") return (left, right) => left <= right || mayGo(left, right);
  }
  if (gap.falls) {
    if (operation === ">") return (left, right) => left > right || mayGo(left, right);
    if (operation === ">=" || operation === "=") return (left, right) => left >= right || mayGo(left, right);
  }
  return undefined;
}

function areEqual(columns: readonly (() => Column)[]): boolean {
  let first: Leaf;
  for (const read of columns) {
    const { items, length } = read();
    for (let at = 0; at < length; at += 1) {
      const value = items[at];
      if (value === undefined) continue;
      if (first === undefined) first = value;
      else if (value !== first && !(Number.isNaN(value) && Number.isNaN(first))) return false;
    }
  }
  return true;
}

/** More values than these go into a set. */
const SCANNED_VALUES_MAX = 16;

function areDifferent(columns: readonly (() => Column)[]): boolean {
  const [first, second] = columns;
  if (first && !second) {
    const { items, length } = first();
    if (length <= SCANNED_VALUES_MAX) return isEachOnce(items, length);
  }
  const seen = new Set<Leaf>();
  for (const read of columns) {
    const { items, length } = read();
    for (let at = 0; at < length; at += 1) {
      const value = items[at];
      if (value === undefined) continue;
      if (seen.has(value)) return false;
      seen.add(value);
    }
  }
  return true;
}

function isEachOnce(items: readonly Leaf[], length: number): boolean {
  for (let at = 1; at < length; at += 1) {
    const value = items[at];
    if (value === undefined) continue;
    for (let before = 0; before < at; before += 1) {
      const other = items[before];
      if (other === value || (Number.isNaN(other) && Number.isNaN(value))) return false;
    }
  }
  return true;
}
