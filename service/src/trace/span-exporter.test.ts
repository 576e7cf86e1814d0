import { createMetrics } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { expect, test } from "vitest";
import { silentLog } from "../log.ts";
import { openTracer } from "./open-tracer.ts";
import { createSpanExporter, type Post } from "./span-exporter.ts";
import { isSampled, ticketSpan } from "./ticket-trace.ts";

const step = { name: "search", key: "m1", startMs: 1_000, endMs: 1_250, attributes: { "muster.players": 2 } };
const whole = { ...step, name: "ticket" };

function open(post: Post, more: { ratio?: number } = {}) {
  const clock = createVirtualClock();
  const metrics = createMetrics();
  const said: string[] = [];
  const log = { ...silentLog, warn: (_fields: object, message: string) => void said.push(message) };
  const about = { endpoint: "http://collector:4318/", headers: { "x-key": "k" }, service: "matcher", version: "0.1.0" };
  const exporter = createSpanExporter({ ...about, ratio: 1, ...more, clock, log, metrics, post });
  return { clock, metrics, said, exporter };
}

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
  expect(ticketSpan("t2", step).traceId).not.toBe(search.traceId);
});

test("isSampled() takes the share that it is told, whole traces at a time", () => {
  const spans = Array.from({ length: 2_000 }, (_, index) => ticketSpan(`t${index}`, step));
  expect(spans.filter((span) => isSampled(span, 1)).length).toBe(2_000);
  expect(spans.filter((span) => isSampled(span, 0)).length).toBe(0);
  const quarter = spans.filter((span) => isSampled(span, 0.25)).length;
  expect(quarter).toBeGreaterThan(400);
  expect(quarter).toBeLessThan(600);
});

test("spans arrive at the collector as OTLP in JSON, with the headers that it asks for", async () => {
  const requests: { url: string; body: string; headers: object }[] = [];
  const { exporter, clock } = open(async (url, { body, headers }) => {
    requests.push({ url, body, headers });
    return 200;
  });
  exporter.add(ticketSpan("t1", { ...whole, error: "TIMED_OUT" }));
  await clock.advance(2_000);
  expect(requests[0]?.url).toBe("http://collector:4318/v1/traces");
  expect(requests[0]?.headers).toEqual({ "x-key": "k", "content-type": "application/json" });
  const { resourceSpans } = JSON.parse(requests[0]?.body ?? "");
  expect(resourceSpans[0].resource.attributes[0]).toEqual({
    key: "service.name",
    value: { stringValue: "muster-matcher" },
  });
  expect(resourceSpans[0].scopeSpans[0].spans[0]).toMatchObject({
    ...{ name: "ticket", kind: 1, startTimeUnixNano: "1000000000", endTimeUnixNano: "1250000000" },
    status: { code: 2, message: "TIMED_OUT" },
    attributes: [
      { key: "muster.ticket_id", value: { stringValue: "t1" } },
      { key: "muster.players", value: { doubleValue: 2 } },
    ],
  });
  await exporter[Symbol.asyncDispose]();
});

const troubles: readonly { name: string; post: Post }[] = [
  { name: "is away", post: () => Promise.reject(new Error("ECONNREFUSED")) },
  { name: "refuses", post: async () => 503 },
];
for (const { name, post } of troubles) {
  test(`a collector that ${name} costs spans, is spoken of once, and holds nobody up`, async () => {
    const { exporter, clock, metrics, said } = open(post);
    for (let round = 0; round < 3; round += 1) {
      exporter.add(ticketSpan(`t${round}`, step));
      await clock.advance(2_000);
    }
    await exporter[Symbol.asyncDispose]();
    expect(said.length).toBe(1);
    expect(metrics.render()).toContain("muster_spans_dropped_total 3");
  });
}

test("more spans than can wait are dropped, and the last ones are sent at the end", async () => {
  let sent = 0;
  const { exporter, metrics } = open(async (_, { body }) => {
    sent += JSON.parse(body).resourceSpans[0].scopeSpans[0].spans.length;
    return 200;
  });
  for (let index = 0; index < 5_000; index += 1) exporter.add(ticketSpan(`t${index}`, step));
  await exporter[Symbol.asyncDispose]();
  expect(sent).toBe(4_096);
  expect(metrics.render()).toContain("muster_spans_dropped_total 904");
});

const bad = [
  { OTEL_EXPORTER_OTLP_ENDPOINT: "collector" },
  { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318", OTEL_TRACES_SAMPLER_ARG: "2" },
  { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318", OTEL_EXPORTER_OTLP_HEADERS: "canary" },
];
for (const env of bad) {
  const variable = Object.keys(env).at(-1) ?? "";
  test(`openTracer() refuses a bad ${variable} without showing it`, () => {
    const options = {
      service: "matcher",
      version: "1",
      clock: createVirtualClock(),
      log: silentLog,
      metrics: createMetrics(),
    };
    expect(() => openTracer({ env, ...options })).toThrow(variable);
    expect(() => openTracer({ env, ...options })).not.toThrow(/canary/);
  });
}
