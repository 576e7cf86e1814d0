import fc from "fast-check";
import { expect, test } from "vitest";
import { findBestMatch } from "../pool/best-match.ts";
import { drawnTickets } from "../pool/drawn-tickets.fixture.ts";
import type { QuerySettings } from "../pool/query-settings.ts";
import type { QueryTicket } from "../pool/query-ticket.ts";
import { createBestPool } from "./best-pool.ts";

const settings: QuerySettings = {
  ...{ intervalMs: 1_000, maxIntervals: 3, reversePrecision: false, reverseThreshold: 1 },
  ...{ maxTicketsPerPlayer: 3, onMatched: "cancelOthers", mode: "best" },
};

/** What happens to a pool: tickets come in the order of their arrival, one leaves, matches are taken as time goes on. */
const happenings = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant({ type: "add" } as const) },
    { weight: 1, arbitrary: fc.nat(40).map((index) => ({ type: "remove", index }) as const) },
    { weight: 3, arbitrary: fc.nat(2).map((seconds) => ({ type: "match", seconds }) as const) },
  ),
  { maxLength: 60 },
);

/** Units of work in one go. */
const workMaxes = fc.constantFrom(Number.POSITIVE_INFINITY, 1, 30);

test("a pool finds what the direct reading finds, whatever happens to it, and in however many goes", () => {
  fc.assert(
    fc.property(drawnTickets({ mode: "best", ticketsMax: 40 }), happenings, workMaxes, (tickets, all, workMax) => {
      const pool = createBestPool(settings);
      let present: QueryTicket[] = [];
      let nowMs = 5_000;
      const arriving = [...tickets];
      for (const happening of [...all, { type: "match", seconds: 9 } as const]) {
        if (happening.type === "add") {
          const ticket = arriving.shift();
          if (!ticket) continue;
          pool.add(ticket);
          present.push(ticket);
        } else if (happening.type === "remove") {
          const ticket = present[happening.index];
          if (!ticket) continue;
          expect(pool.remove(ticket.ticketId)).toBe(ticket);
          present = present.filter((one) => one !== ticket);
        } else {
          nowMs += happening.seconds * 1_000;
          for (;;) {
            const expected = findBestMatch(present, { settings, nowMs });
            let match = pool.takeMatch(nowMs, { left: workMax });
            while (pool.isPaused) match = pool.takeMatch(nowMs, { left: workMax });
            expect(match?.map(({ ticketId }) => ticketId)).toEqual(expected?.map(({ ticketId }) => ticketId));
            if (!match) break;
            present = present.filter((one) => !match.includes(one));
          }
        }
        expect(pool.size).toBe(present.length);
      }
    }),
    { numRuns: 400 },
  );
});
