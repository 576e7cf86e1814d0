// What a search may cost, in steps and not in milliseconds: the same pool gives the same answer on every machine and in
// every replay. A step is one look at a roster, some microseconds.

/**
 * Steps of one search: some 60 ms, which a service that answers others can bear. When they are spent, the best match
 * found so far stands; if there is none, the tickets wait for the next round.
 */
const STEPS_MAX = 16_000;

/** Rules that a step of usual length looks at. With more of them a search has fewer steps, so that it takes no longer. */
const RULES_PER_STEP = 4;

/** Steps of one search by so many rules, beyond what each anchor has. */
export function stepsFor(rules: number): number {
  return Math.ceil(STEPS_MAX * Math.min(1, RULES_PER_STEP / Math.max(1, rules)));
}

/**
 * Steps that every anchor has beyond that, so that stubborn old tickets cannot keep the others from being tried: enough
 * to walk straight to a match of 32 tickets. In a pool of 1,000 where nobody fits they come to some 120 ms.
 */
export const STEPS_PER_ANCHOR_MIN = 32;

/** `isCut`: something was left out, so that what was not found may yet be there. */
export type Budget = { left: number; isCut?: boolean };

/** Runs `work` on its own `steps` of the budget, or on what is left; unspent ones return. */
export function lend<Result>(budget: Budget, steps: number, work: (part: Budget) => Result): Result {
  const lent = Math.max(0, Math.min(budget.left, Math.floor(steps)));
  const part: Budget = { left: lent };
  const result = work(part);
  budget.left -= lent - part.left;
  if (part.isCut) budget.isCut = true;
  return result;
}
