// Pools of tickets that have something to do with one another, for tests over drawn values.
import fc from "fast-check";
import type { QueryMode } from "../syntax.ts";
import { checkQueryTicket, type QueryTicket } from "./query-ticket.ts";

const REGIONS = ["eu", "us", "asia"];
const p = "properties.";

const query = fc.oneof(
  fc.constant("*"),
  fc.constantFrom(...REGIONS).map((region) => `+${p}region:${region}`),
  fc
    .tuple(fc.constantFrom(...REGIONS), fc.integer({ min: 0, max: 6 }))
    .map(([region, rank]) => `+${p}region:${region} +${p}rank:>=${rank} ${p}mode:a^3`),
  fc.integer({ min: 0, max: 9 }).map((rank) => `${p}rank:<=${rank} ${p}mode:/[ab]/`),
  fc.constantFrom(`-${p}region:eu`, `${p}region:*`, `${p}mode:b ${p}region:e*`, "+min_count:2"),
);

const shape = fc.record({
  query,
  low: fc.integer({ min: 2, max: 4 }),
  spread: fc.integer({ min: 0, max: 3 }),
  multiple: fc.constantFrom(1, 1, 1, 2),
  region: fc.constantFrom(...REGIONS),
  mode: fc.constantFrom("a", "b"),
  rank: fc.integer({ min: 0, max: 9 }),
  size: fc.constantFrom(1, 1, 1, 2, 3),
  /** Of a few, so that sessions meet themselves. */
  session: fc.integer({ min: 0, max: 30 }),
  party: fc.constantFrom("", "", "p", "q"),
  createdAtMs: fc.integer({ min: 0, max: 5 }).map((seconds) => seconds * 1_000),
});

/** Pools of up to `ticketsMax` tickets, read by `mode`, in the order of their arrival. */
export function drawnTickets(of: {
  readonly mode: QueryMode;
  readonly ticketsMax: number;
}): fc.Arbitrary<readonly QueryTicket[]> {
  return fc.array(shape, { maxLength: of.ticketsMax }).map((shapes) =>
    shapes.flatMap((one, index) => {
      const minCount = one.low * one.multiple;
      const maxCount = (one.low + one.spread) * one.multiple;
      if (of.mode === "best" && one.size > maxCount) return [];
      const written = {
        ticketId: `t${index}`,
        query: one.query,
        ...{ minCount, maxCount, countMultiple: one.multiple },
        sessions: Array.from({ length: one.size }, (_, member) => `s${one.session + member * 40}`),
        partyId: one.size > 1 ? one.party : "",
        createdAtMs: one.createdAtMs,
        arrival: index,
        stringProperties: { region: one.region, mode: one.mode },
        numericProperties: { rank: one.rank },
      };
      return [checkQueryTicket(written, { mode: of.mode })];
    }),
  );
}
