import { expect, test } from "vitest";
import { ticketSpan, ticketSpanPlace } from "./ticket-trace.ts";

const step = { name: "search", key: "m1", startMs: 1_000, endMs: 1_250, attributes: { "muster.players": 2 } };
const whole = { ...step, name: "ticket" };

test("ticketSpan() gives the same ids to whoever tells of a step, and hangs all steps under the whole", () => {
  const [search, ticket, place] = [
    ticketSpan("t1", step),
    ticketSpan("t1", whole),
    ticketSpan("t1", { ...step, name: "place" }),
  ];
  expect(ticketSpan("t1", { ...step, endMs: 9 })).toMatchObject({ traceId: search.traceId, spanId: search.spanId });
  expect(search.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(search.parentSpanId).toBe(ticket.spanId);
  expect(ticket.parentSpanId).toBeUndefined();
  expect(new Set([search.spanId, ticket.spanId, place.spanId]).size).toBe(3);
  expect(ticketSpanPlace("t1", { name: "search", key: "m1" })).toEqual({
    traceId: search.traceId,
    spanId: search.spanId,
  });
  expect(ticketSpan("t2", step).traceId).not.toBe(search.traceId);
});
