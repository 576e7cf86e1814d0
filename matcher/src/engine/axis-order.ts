// The order of tickets along the axis: by their lowest value, of equal ones the oldest first. A sort with a comparing function is
// most of what a large stretch costs, so the values are first counted into their rough places.
import type { Rows } from "./columns.ts";
import type { Pool } from "./pool.ts";

/** Fewer are put in order one by one. */
const FEW = 48;
/** Rough places: two digits of so many values each. */
const DIGIT = 1_024;

let digits = new Int32Array(0);
let other = new Int32Array(0);
const counts = new Int32Array(DIGIT);

/** Sorts the slots in place. */
export function sortAlongAxis(pool: Pick<Pool, "lowOf" | "arrivalOf">, slots: Rows): void {
  const rows = slots.view();
  if (rows.length > FEW) sortRoughly(pool, rows);
  // What is nearly in order costs hardly more than a look.
  for (let index = 1; index < rows.length; index += 1) {
    const slot = rows[index] ?? 0;
    const value = pool.lowOf(slot);
    let at = index;
    for (; at > 0; at -= 1) {
      const before = rows[at - 1] ?? 0;
      const apart = pool.lowOf(before) - value;
      if (apart < 0 || (apart === 0 && pool.arrivalOf(before) <= pool.arrivalOf(slot))) break;
      rows[at] = before;
    }
    rows[at] = slot;
  }
}

function sortRoughly(pool: Pick<Pool, "lowOf">, rows: Int32Array): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const slot of rows) {
    const value = pool.lowOf(slot);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (most <= least) return;
  const scale = (DIGIT * DIGIT - 1) / (most - least);
  if (digits.length < rows.length) {
    digits = new Int32Array(rows.length * 2);
    other = new Int32Array(rows.length * 2);
  }
  // Twice by counting: the lower digit first, then the higher, which keeps the order of the lower.
  count(rows, (slot) => Math.floor((pool.lowOf(slot) - least) * scale) % DIGIT, other);
  count(other.subarray(0, rows.length), (slot) => Math.floor(((pool.lowOf(slot) - least) * scale) / DIGIT), rows);
}

function count(from: Int32Array, digitOf: (slot: number) => number, into: Int32Array): void {
  counts.fill(0);
  for (let index = 0; index < from.length; index += 1) {
    const digit = digitOf(from[index] ?? 0);
    digits[index] = digit;
    counts[digit] = (counts[digit] ?? 0) + 1;
  }
  let before = 0;
  for (let digit = 0; digit < DIGIT; digit += 1) {
    const here = counts[digit] ?? 0;
    counts[digit] = before;
    before += here;
  }
  for (let index = 0; index < from.length; index += 1) {
    const digit = digits[index] ?? 0;
    const at = counts[digit] ?? 0;
    into[at] = from[index] ?? 0;
    counts[digit] = at + 1;
  }
}
