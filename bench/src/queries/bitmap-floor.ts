// What it takes to know who finds whom, and no more: for each distinct query one bit a ticket, from columns of numbers. No
// matches are formed and nothing is mutual; a pool of tickets has to be matched for about as much.
import type { WrittenQueryTicket } from "@muster/rules";

/** Sets the bits of all distinct queries of a `mutual` pool, one after the other, and answers how many there are. */
export function createBitmapFloor(tickets: readonly WrittenQueryTicket[]): () => number {
  const lanes = new Map<string, number>();
  const lane = new Uint8Array(tickets.length);
  const rank = new Uint8Array(tickets.length);
  for (const [row, { stringProperties, numericProperties }] of tickets.entries()) {
    const key = `${stringProperties.region}/${stringProperties.mode}`;
    const known = lanes.get(key) ?? lanes.size;
    lanes.set(key, known);
    lane[row] = known;
    rank[row] = (numericProperties.rank ?? 0) + 5; // The range's lower end is never below 0.
  }
  const queries = new Set(tickets.map((_, row) => (lane[row] ?? 0) * 256 + (rank[row] ?? 0)));
  const bits = new Uint32Array(Math.ceil(tickets.length / 32));
  return () => {
    let found = 0;
    for (const query of queries) {
      const [wanted, middle] = [query >> 8, query & 255];
      bits.fill(0);
      for (let row = 0; row < tickets.length; row += 1) {
        const distance = (rank[row] ?? 0) - middle;
        if (lane[row] !== wanted || distance < -5 || distance > 5) continue;
        bits[row >> 5] = (bits[row >> 5] ?? 0) | (1 << (row & 31));
        found += 1;
      }
    }
    return found;
  };
}
