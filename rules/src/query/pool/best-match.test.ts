import fc from "fast-check";
import { expect, test } from "vitest";
import { canMeet, findBestMatch, patientUntilMs } from "./best-match.ts";
import { drawnTickets } from "./drawn-tickets.fixture.ts";
import type { QuerySettings } from "./query-settings.ts";
import { allowsSize, type QueryTicket } from "./query-ticket.ts";

const settings: QuerySettings = {
  ...{ intervalMs: 1_000, maxIntervals: 3, reversePrecision: false, reverseThreshold: 1 },
  ...{ maxTicketsPerPlayer: 3, onMatched: "cancelOthers", mode: "best" },
};

/** Whether the tickets are a legal match now. */
function isMatch(tickets: readonly QueryTicket[], nowMs: number): boolean {
  const size = tickets.reduce((sum, { sessions }) => sum + sessions.length, 0);
  const isFull = tickets.some(({ maxCount }) => maxCount === size);
  const isEnough = tickets.length > 1 && tickets.some((ticket) => patientUntilMs(ticket, settings) <= nowMs);
  return (
    tickets.every((ticket) => allowsSize(ticket, size)) &&
    tickets.every((one, index) => tickets.slice(index + 1).every((other) => canMeet(one, other))) &&
    (isFull || isEnough)
  );
}

const nowMs = fc.integer({ min: 5, max: 9 }).map((seconds) => seconds * 1_000);

test("findBestMatch() finds legal matches, and one wherever there is one", () => {
  fc.assert(
    fc.property(drawnTickets({ mode: "best", ticketsMax: 9 }), nowMs, (pool, at) => {
      const match = findBestMatch(pool, { settings, nowMs: at });
      if (match) {
        expect(isMatch(match, at)).toBe(true);
        return;
      }
      for (let mask = 1; mask < 2 ** pool.length; mask += 1) {
        const chosen = pool.filter((_, index) => (mask >> index) % 2 === 1);
        expect(isMatch(chosen, at)).toBe(false);
      }
    }),
    { numRuns: 200 },
  );
});
