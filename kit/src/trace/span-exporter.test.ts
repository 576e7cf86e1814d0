import { expect, test } from "vitest";
import { createMetrics } from "../metrics.ts";
import { createVirtualClock } from "../virtual-clock.ts";
import { openTracer } from "./open-tracer.ts";
import { drawTraceId, readTraceparent, type Span, spanUnder, writeTraceparent } from "./span.ts";
import { createSpanExporter, isSampled, type Post } from "./span-exporter.ts";

const step = { name: "search", startMs: 1_000, endMs: 1_250, attributes: { "muster.players": 2 } };

/** A span of the trace that follows from the text. */
function spanOf(text: string, more: Partial<Span> = {}): Span {
  const ids = { traceId: drawTraceId(text, 32), spanId: drawTraceId(text, 16), parentSpanId: undefined };
  return { ...step, ...ids, ...more };
}

function open(post: Post, more: { ratio?: number } = {}) {
  const clock = createVirtualClock();
  const metrics = createMetrics();
  const said: string[] = [];
  const onTrouble = ({ why }: { readonly why: string }) => void said.push(why);
  const about = { endpoint: "http://collector:4318/", headers: { "x-key": "k" }, service: "matcher", version: "0.1.0" };
  const exporter = createSpanExporter({ ...about, ratio: 1, ...more, clock, onTrouble, metrics, post });
  return { clock, metrics, said, exporter };
}

test("spanUnder() hangs a step under the span that a traceparent names, with the same ids each time", () => {
  const parent = spanOf("t1");
  const carried = readTraceparent(writeTraceparent(parent));
  expect(carried).toEqual({ traceId: parent.traceId, spanId: parent.spanId });
  if (!carried) return;
  const [load, again, other] = [step, { ...step, endMs: 9 }, { ...step, key: "2" }].map((one) =>
    spanUnder(carried, one),
  );
  expect(load).toMatchObject({ traceId: parent.traceId, parentSpanId: parent.spanId, name: "search" });
  expect(load?.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(again?.spanId).toBe(load?.spanId);
  expect(other?.spanId).not.toBe(load?.spanId);
});

const noParents = [
  { name: "nothing", text: "" },
  { name: "a trace that is not told", text: `00-${"a".repeat(32)}-${"b".repeat(16)}-00` },
  { name: "another version", text: `01-${"a".repeat(32)}-${"b".repeat(16)}-01` },
  { name: "too few digits", text: `00-${"a".repeat(31)}-${"b".repeat(16)}-01` },
];
for (const { name, text } of noParents) {
  test(`readTraceparent() finds no parent in ${name}`, () => expect(readTraceparent(text)).toBeUndefined());
}

test("isSampled() takes the share that it is told, whole traces at a time", () => {
  const spans = Array.from({ length: 2_000 }, (_, index) => spanOf(`t${index}`));
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
  exporter.add(spanOf("t1", { name: "ticket", error: "TIMED_OUT" }));
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
    attributes: [{ key: "muster.players", value: { doubleValue: 2 } }],
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
      exporter.add(spanOf(`t${round}`));
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
  for (let index = 0; index < 5_000; index += 1) exporter.add(spanOf(`t${index}`));
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
      onTrouble: () => undefined,
      metrics: createMetrics(),
    };
    expect(() => openTracer({ env, ...options })).toThrow(variable);
    expect(() => openTracer({ env, ...options })).not.toThrow(/canary/);
  });
}
