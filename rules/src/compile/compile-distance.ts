// distance, compiled: how far numbers are from a reference.
import { isPerPlayer } from "../language/expression.ts";
import type { DistanceRule } from "../rule-types/distance.ts";
import { always, type Check, every } from "./check.ts";
import { type Course, courseOf, fixed, gapCourse, mayGo } from "./course.ts";
import { compileExpression, compileLeaves } from "./expression/compile-expression.ts";
import type { Scope } from "./expression/scope.ts";
import { compilePairs, type PairTest } from "./pair-up.ts";
import { spanOf } from "./span.ts";

export function compileDistance(scope: Scope, rule: DistanceRule): Check {
  const { measurements, reference } = rule;
  const holds = compilePairs(scope, { measurements, reference, test: testOf(rule) });
  if (reference.type === "expression" && reference.expression.depth > 0) return { holds, mayStillHold: always };
  const against = reference.type === "literal" ? fixed : courseOf(reference.expression);
  const lost = measurements.map((one) => {
    const test = mayPass(rule, gapCourse(courseOf(one), against));
    return test ? compilePairs(scope, { measurements: [one], reference, test }) : always;
  });
  return { holds, mayStillHold: every([...lost, compileSpan(scope, rule)]) };
}

function testOf({ minDistance, maxDistance }: DistanceRule): PairTest {
  return (left, right) => {
    const apart = Math.abs(Number(left) - Number(right));
    return !(apart < minDistance || apart > maxDistance);
  };
}

/** What a pair must pass to have a chance, whichever way the gap between measured and reference goes. */
function mayPass(rule: DistanceRule, gap: Course): PairTest | undefined {
  const { maxDistance } = rule;
  if (gap.rises && gap.falls) return testOf(rule);
  if (maxDistance === Number.POSITIVE_INFINITY) return undefined;
  if (gap.rises) return (left, right) => !(Number(left) - Number(right) > maxDistance) || mayGo(left, right);
  if (gap.falls) return (left, right) => !(Number(right) - Number(left) > maxDistance) || mayGo(left, right);
  return undefined;
}

/**
 * Whatever the reference will come to: values within maxDistance of it are within twice that of one another. But a reference
 * of nobody asks for nothing, and may stay so.
 */
function compileSpan(scope: Scope, { measurements, reference, maxDistance }: DistanceRule): () => boolean {
  const isBounded = maxDistance < Number.POSITIVE_INFINITY;
  if (reference.type === "literal" || !isBounded || !measurements.every(isPerPlayer)) return always;
  const columns = measurements.map((one) => compileLeaves(scope, one));
  const referred = compileExpression(scope, reference.expression);
  return () => {
    if (referred.depth === 0 && referred.read() === undefined) return true;
    const span = spanOf(columns);
    return span === undefined || span <= 2 * maxDistance;
  };
}
