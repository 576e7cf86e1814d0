// The floor of everything that orders a pool: the same tickets' keys, read beforehand, sorted digit by digit.
import type { Ticket } from "@muster/matcher/testing";

const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;
const LANE_SPAN = 4_096;

export type SortKeys = {
  readonly keys: Uint32Array;
  /** Bits that the largest key has. */
  readonly bits: number;
};

/** Region, mode and skill of each ticket as one number. */
export function sortKeysOf(tickets: readonly Ticket[]): SortKeys {
  const lanes = new Map<string, number>();
  const keys = Uint32Array.from(tickets, ({ players: [player] }) => {
    const { region, mode, skill } = player?.attributes ?? {};
    const name = `${String(region)} ${String(mode)}`;
    const lane = lanes.get(name) ?? lanes.size;
    lanes.set(name, lane);
    return lane * LANE_SPAN + Math.max(0, Math.min(Number(skill), LANE_SPAN - 1));
  });
  return { keys, bits: Math.ceil(Math.log2(Math.max(2, lanes.size * LANE_SPAN))) };
}

/** The rows of `keys` in the order of the keys; equal keys keep their order. */
export function radixSort({ keys, bits }: SortKeys): Uint32Array {
  const { length } = keys;
  let rows = new Uint32Array(length);
  let sorted = keys.slice();
  let nextRows = new Uint32Array(length);
  let nextKeys = new Uint32Array(length);
  for (let row = 0; row < length; row += 1) rows[row] = row;
  const starts = new Uint32Array(DIGITS);
  for (let shift = 0; shift < bits; shift += DIGIT_BITS) {
    starts.fill(0);
    for (let index = 0; index < length; index += 1) {
      const digit = ((sorted[index] ?? 0) >>> shift) & (DIGITS - 1);
      starts[digit] = (starts[digit] ?? 0) + 1;
    }
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const count = starts[digit] ?? 0;
      starts[digit] = sum;
      sum += count;
    }
    for (let index = 0; index < length; index += 1) {
      const key = sorted[index] ?? 0;
      const digit = (key >>> shift) & (DIGITS - 1);
      const place = starts[digit] ?? 0;
      starts[digit] = place + 1;
      nextKeys[place] = key;
      nextRows[place] = rows[index] ?? 0;
    }
    [sorted, nextKeys] = [nextKeys, sorted];
    [rows, nextRows] = [nextRows, rows];
  }
  return rows;
}
