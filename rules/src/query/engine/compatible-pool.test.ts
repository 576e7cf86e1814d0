import fc from "fast-check";
import { expect, test } from "vitest";
import { type PooledTicket, runInterval } from "../pool/compatible-interval.ts";
import { drawnTickets } from "../pool/drawn-tickets.fixture.ts";
import type { QuerySettings } from "../pool/query-settings.ts";
import type { QueryTicket } from "../pool/query-ticket.ts";
import { type CompatiblePool, createCompatiblePool } from "./compatible-pool.ts";

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

/** The matches of one interval, which is stopped after every step. */
function intervalOf(pool: CompatiblePool): readonly (readonly QueryTicket[])[] {
  const matches: (readonly QueryTicket[])[] = [];
  pool.beginInterval();
  while (pool.isRunning) {
    const match = pool.takeMatch({ left: 1 });
    if (match) matches.push(match);
  }
  return matches;
}

test("a pool finds in each interval what the direct reading finds, whatever happens to it", () => {
  fc.assert(
    fc.property(
      drawnTickets({ mode: "compatible", ticketsMax: 50 }),
      drawnSettings,
      intervals,
      (tickets, settings, all) => {
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
          expect(idsOf(intervalOf(pool))).toEqual(idsOf(expected.matches));
          present = expected.pool;
          expect(pool.size).toBe(present.length);
          expect(pool.isActive).toBe(present.some(({ isActive }) => isActive));
        }
      },
    ),
    { numRuns: 400 },
  );
});

/** Between two pieces of an interval somebody comes, somebody leaves, or nothing happens. */
const meanwhile = fc.array(
  fc.oneof(
    fc.constant({ type: "come" } as const),
    fc.record({ type: fc.constant("leave" as const), index: fc.nat(30) }),
  ),
  { maxLength: 30 },
);

test("an interval in pieces is of those who were there when it began, whoever comes and leaves meanwhile", () => {
  fc.assert(
    fc.property(
      drawnTickets({ mode: "compatible", ticketsMax: 50 }),
      fc.nat(40),
      drawnSettings,
      meanwhile,
      (tickets, first, settings, all) => {
        const pool = createCompatiblePool(settings);
        const [there, coming] = [tickets.slice(0, first), [...tickets.slice(first)]];
        for (const ticket of there) pool.add(ticket);
        const present = new Set(there);
        const happenings = [...all];
        pool.beginInterval();
        while (pool.isRunning) {
          const match = pool.takeMatch({ left: 1 }) ?? [];
          for (const one of match) {
            expect(there).toContain(one);
            expect(present.delete(one)).toBe(true);
          }
          const happening = happenings.shift();
          const leaver = happening?.type === "leave" ? [...present][happening.index] : undefined;
          const comer = happening?.type === "come" ? coming.shift() : undefined;
          if (leaver) {
            expect(pool.remove(leaver.ticketId)).toBe(leaver);
            present.delete(leaver);
          }
          if (comer) {
            pool.add(comer);
            present.add(comer);
          }
          expect(pool.size).toBe(present.size);
        }
        for (const one of present) expect(pool.find(one.ticketId)).toBe(one);
        // Nothing of it is left: the next interval is the direct reading's over those who are there and have not sought enough.
        const matched = intervalOf(pool).flat();
        expect(new Set(matched).size).toBe(matched.length);
        for (const one of matched) expect(present.has(one)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
