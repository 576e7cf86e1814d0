import { expect, test } from "vitest";
import type { Ticket } from "./ticket.ts";
import { createTicketEventLog } from "./ticket-events.ts";

const ticketEvent = {
  ...{ type: "STATE_CHANGED" as const, ticket: {} as Ticket, atMs: 0, atWallMs: 0, sequence: 1 },
  ...{ sessionEndCause: undefined, previous: undefined },
};
function logOf(count: number) {
  const log = createTicketEventLog();
  for (let atMs = 1; atMs <= count; atMs += 1) log.append((number) => ({ ...ticketEvent, number, atMs }));
  return log;
}
const numbers = (events: readonly { number: number }[] | undefined) => events?.map(({ number }) => number);

const rows = [
  { name: "everything after the start", forget: 0, after: 0, limit: 9, found: [1, 2, 3, 4, 5] },
  { name: "what comes after a number, up to a limit", forget: 0, after: 2, limit: 2, found: [3, 4] },
  { name: "nothing after the last", forget: 0, after: 5, limit: 9, found: [] },
  { name: "what is kept, from the first that is", forget: 3, after: 3, limit: 9, found: [4, 5] },
  { name: "that something is missing", forget: 3, after: 2, limit: 9, found: undefined },
  { name: "nothing after the last when all is forgotten", forget: 5, after: 5, limit: 9, found: [] },
];
for (const { name, forget, after, limit, found } of rows) {
  test(`a log of events tells ${name}`, () => {
    const log = logOf(5);
    log.forget(forget);
    expect(numbers(log.after(after, limit))).toEqual(found);
    expect(log.last).toBe(5);
  });
}

test("what is captured of a log stays as it was", () => {
  const log = logOf(5);
  const { list, from, until } = log.capture();
  log.forget(4);
  log.append((number) => ({ ...ticketEvent, number, atMs: 6 }));
  log.forget(6);
  expect(numbers(list.slice(from, until))).toEqual([1, 2, 3, 4, 5]);
});
