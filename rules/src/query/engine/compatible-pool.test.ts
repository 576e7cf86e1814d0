import fc from "fast-check";
import { expect, test } from "vitest";
import { type PooledTicket, runInterval } from "../pool/compatible-interval.ts";
import { drawnTickets } from "../pool/drawn-tickets.fixture.ts";
import type { QuerySettings } from "../pool/query-settings.ts";
import { createCompatiblePool } from "./compatible-pool.ts";

const drawnSettings = fc
  .record({
    maxIntervals: fc.integer({ min: 1, max: 3 }),
    reversePrecision: fc.boolean(),
    reverseThreshold: fc.integer({ min: 0, max: 2 }),
  })
  .map(
    (drawn): QuerySettings => ({
      ...drawn,
      ...{ intervalMs: 1_000, maxTicketsPerPlayer: 3, onMatched: "keepOthers", mode: "compatible" },
    }),
  );

/** Before each interval so many tickets come, and one leaves. */
const intervals = fc.array(fc.record({ arrivals: fc.nat(15), leaver: fc.option(fc.nat(20), { nil: undefined }) }), {
  minLength: 1,
  maxLength: 6,
});

/** Units of work in one look ahead; undefined: there is none. */
const workMaxes = fc.constantFrom(undefined, 1, 30);

test("a pool finds in each interval what the direct reading finds, whatever happens to it, looked ahead or not", () => {
  fc.assert(
    fc.property(
      drawnTickets({ mode: "compatible", ticketsMax: 50 }),
      drawnSettings,
      intervals,
      workMaxes,
      (tickets, settings, all, workMax) => {
        const pool = createCompatiblePool(settings);
        let present: readonly PooledTicket[] = [];
        const arriving = [...tickets];
        for (const { arrivals, leaver } of all) {
          for (const ticket of arriving.splice(0, arrivals)) {
            pool.add(ticket);
            present = [...present, { ticket, intervals: 0, isActive: true }];
          }
          const leaving = leaver === undefined ? undefined : present[leaver];
          if (leaving) {
            expect(pool.remove(leaving.ticket.ticketId)).toBe(leaving.ticket);
            present = present.filter((one) => one !== leaving);
          }
          const expected = runInterval(present, settings);
          const idsOf = (matches: typeof expected.matches) => matches.map((match) => match.map((one) => one.ticketId));
          if (workMax !== undefined) while (!pool.lookAhead(workMax));
          expect(idsOf(pool.runInterval())).toEqual(idsOf(expected.matches));
          present = expected.pool;
          expect(pool.size).toBe(present.length);
          expect(pool.isActive).toBe(present.some(({ isActive }) => isActive));
        }
      },
    ),
    { numRuns: 400 },
  );
});
