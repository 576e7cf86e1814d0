import fc from "fast-check";
import { expect, test } from "vitest";
import { drawnTickets } from "./drawn-tickets.fixture.ts";
import type { QueryTicket } from "./query-ticket.ts";
import { longestWaitingOf } from "./trim-to-multiple.ts";

/** Every choice of tickets of so many players. */
function choicesOf(group: readonly QueryTicket[], excess: number): readonly (readonly QueryTicket[])[] {
  const choices: QueryTicket[][] = [];
  for (let mask = 1; mask < 2 ** group.length; mask += 1) {
    const chosen = group.filter((_, index) => (mask >> index) % 2 === 1);
    if (chosen.reduce((sum, { sessions }) => sum + sessions.length, 0) === excess) choices.push(chosen);
  }
  return choices;
}

function averageOf(tickets: readonly QueryTicket[]): number {
  return tickets.reduce((sum, { createdAtMs }) => sum + createdAtMs, 0) / tickets.length;
}

test("longestWaitingOf() chooses the earliest average of all choices", () => {
  fc.assert(
    fc.property(
      drawnTickets({ mode: "compatible", ticketsMax: 8 }),
      fc.integer({ min: 1, max: 5 }),
      (group, excess) => {
        const chosen = longestWaitingOf(group, excess);
        const averages = choicesOf(group, excess).map(averageOf);
        expect(chosen === undefined).toBe(averages.length === 0);
        if (!chosen) return;
        expect(chosen.reduce((sum, { sessions }) => sum + sessions.length, 0)).toBe(excess);
        expect(averageOf(chosen)).toBeCloseTo(Math.min(...averages), 9);
      },
    ),
  );
});
