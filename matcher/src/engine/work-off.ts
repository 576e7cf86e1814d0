// Works off what has changed in one lane at one level, stretch by stretch from below, so that a turn is short however many
// tickets the lane has.
import { formAroundAnchors, formFromFronts } from "./anchor.ts";
import { Rows } from "./columns.ts";
import { type Formed, gather, mayHoldMatch, type Search } from "./forming.ts";
import { sweep } from "./sweep.ts";

export type Turn = {
  /** Answers false for a match that cannot be had: one of its members is held back now. */
  readonly accept: (formed: Formed) => boolean;
  readonly isFull: () => boolean;
  /** Found and not taken any more: they come first in the next turn. */
  readonly postpone: (formed: readonly Formed[], search: Search) => void;
  readonly budget: { left: number };
};

/** Tickets of one stretch that are looked at together. */
const STRETCH_TICKETS = 4_096;
/** What a look at a stretch costs at least, in looks at tickets. */
const STRETCH_LOOKS = 8;

const rows = new Rows();

/** Answers whether nothing is left in `changed`, the lane's buckets with changes. */
export function workOff(search: Search, changed: Set<number>, turn: Turn): boolean {
  if (search.spread < 0) return true; // Nothing is near enough: only searching tells.
  const before = search.recipes.steps;
  const isDone = search.pool.plan.axis === undefined ? workOffFronts(search, turn) : workOffAxis(search, changed, turn);
  turn.budget.left -= search.recipes.steps - before;
  return isDone;
}

function workOffFronts(search: Search, turn: Turn): boolean {
  const { recipes, pool } = search;
  for (;;) {
    if (turn.isFull() || turn.budget.left <= 0) return false;
    turn.budget.left -= pool.kinds.size + recipes.least;
    const formed = formFromFronts(search);
    if (!formed) return true;
    turn.accept(formed);
  }
}

function workOffAxis(search: Search, changed: Set<number>, turn: Turn): boolean {
  const { pool, spread, recipes, isByOldest, level } = search;
  const reach = Math.ceil(spread / pool.bucketWidth);
  const isSweep = recipes.isFixed && !(isByOldest && level.index > 0);
  const numbers = [...changed].sort((one, other) => one - other);
  let index = 0;
  while (index < numbers.length) {
    if (turn.isFull() || turn.budget.left <= 0) return false;
    const from = (numbers[index] ?? 0) - reach;
    let last = index;
    while ((numbers[last + 1] ?? Number.POSITIVE_INFINITY) - reach <= (numbers[last] ?? 0) + reach) last += 1;
    const until = (numbers[last] ?? 0) + reach;
    turn.budget.left -= STRETCH_LOOKS;
    if (!mayHoldMatch(search, from, until)) {
      for (; index <= last; index += 1) changed.delete(numbers[index] ?? 0);
      continue;
    }
    rows.clear();
    const readTo = gather(search, { from, until, most: STRETCH_TICKETS }, rows);
    turn.budget.left -= rows.length;
    const found = isSweep ? sweep(search, rows) : formAroundAnchors(search, rows, numbers.slice(index, last + 1));
    let taken = 0;
    let accepted = 0;
    for (; taken < found.length && !turn.isFull() && turn.budget.left > 0; taken += 1) {
      const formed = found[taken];
      if (formed && turn.accept(formed)) accepted += 1;
    }
    turn.postpone(found.slice(taken), search);
    if (accepted < taken) continue; // Somebody was held back: the others of the match may find others.
    // What lies near the end of the stretch may be matched with what lies beyond it.
    const settled = readTo >= until ? until : readTo - reach;
    const before = index;
    for (; index <= last && (numbers[index] ?? 0) <= settled; index += 1) changed.delete(numbers[index] ?? 0);
    if (index === before && found.length === 0) {
      // The stretch holds more tickets than are looked at together, and none of them fit.
      changed.delete(numbers[index] ?? 0);
      index += 1;
    }
  }
  return true;
}
