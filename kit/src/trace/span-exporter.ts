// Sends spans to a collector by OTLP over HTTP, as JSON. Nobody waits for it: what does not fit or cannot be sent is dropped, and counted.
import type { Clock } from "../clock.ts";
import type { Metrics } from "../metrics.ts";
import { repeat } from "../repeat.ts";
import type { Span, SpanPlace, Tracer } from "./span.ts";

export interface SpanExporter extends Tracer, AsyncDisposable {}

export type SpanExporterOptions = {
  /** Of the collector, such as "http://127.0.0.1:4318". */
  readonly endpoint: string;
  /** What its requests carry, beside their type. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of all traces, 0 to 1. */
  readonly ratio: number;
  readonly service: string;
  readonly version: string;
  readonly clock: Clock;
  /** Told once when a collector stops to take spans. */
  readonly onTrouble: (trouble: { readonly url: string; readonly why: string }) => void;
  readonly metrics: Metrics;
  /** Resolves with the status of the answer. Default: by `fetch`. */
  readonly post?: Post;
};

export type Post = (
  url: string,
  request: { readonly headers: Readonly<Record<string, string>>; readonly body: string; readonly signal: AbortSignal },
) => Promise<number>;

/** Spans that wait, at most: half a megabyte. */
const WAITING_MAX = 4_096;
const SPANS_PER_REQUEST = 512;
/** From one request to the next, in ms. */
const SEND_EVERY_MS = 2_000;
/** How long a collector may take, in ms. */
const POST_MS_MAX = 5_000;

export function createSpanExporter(options: SpanExporterOptions): SpanExporter {
  const { endpoint, headers, ratio, clock, onTrouble, metrics, post = postByFetch } = options;
  const dropped = metrics.counter("muster_spans_dropped_total", "Spans that no collector got.");
  const url = `${endpoint.replace(/\/$/, "")}/v1/traces`;
  let waiting: Span[] = [];
  let isFailing = false;

  /** All that waits; `isLast`: what comes after a failure is dropped without being tried, as the process wants to end. */
  const send = async (isLast = false) => {
    while (waiting.length > 0) {
      const spans = waiting.slice(0, SPANS_PER_REQUEST);
      waiting = waiting.slice(SPANS_PER_REQUEST);
      const why = await attempt(spans);
      if (why !== undefined) dropped.add({}, spans.length);
      if (why !== undefined && !isFailing) onTrouble({ url, why });
      isFailing = why !== undefined;
      if (!isFailing || !isLast) continue;
      dropped.add({}, waiting.length);
      waiting = [];
    }
  };
  const attempt = async (spans: readonly Span[]): Promise<string | undefined> => {
    try {
      const body = JSON.stringify(writeSpans(spans, options));
      const signal = AbortSignal.timeout(POST_MS_MAX);
      const status = await post(url, { headers: { ...headers, "content-type": "application/json" }, body, signal });
      return status >= 200 && status < 300 ? undefined : `it answered ${status}`;
    } catch (error) {
      return String(error);
    }
  };
  const sending = repeat({ clock, everyMs: SEND_EVERY_MS }, () => send());

  return {
    tells: (trace) => isSampled(trace, ratio),
    add(span) {
      if (!isSampled(span, ratio)) return;
      if (waiting.length >= WAITING_MAX) dropped.add();
      else waiting.push(span);
    },
    async [Symbol.asyncDispose]() {
      await sending[Symbol.asyncDispose]();
      await send(true);
    },
  };
}

async function postByFetch(...[url, request]: Parameters<Post>): Promise<number> {
  const response = await fetch(url, { method: "POST", ...request });
  await response.body?.cancel();
  return response.status;
}

function writeSpans(spans: readonly Span[], { service, version }: SpanExporterOptions): unknown {
  const resource = { attributes: writeAttributes({ "service.name": `muster-${service}`, "service.version": version }) };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "muster" }, spans: spans.map(writeSpan) }] }] };
}

/** Times as text, as OTLP wants whole numbers of 64 bits in JSON. */
function writeSpan({ traceId, spanId, parentSpanId, name, startMs, endMs, attributes, error }: Span): unknown {
  return {
    ...{ traceId, spanId, name, kind: 1 },
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    startTimeUnixNano: `${Math.round(startMs)}000000`,
    endTimeUnixNano: `${Math.round(Math.max(startMs, endMs))}000000`,
    attributes: writeAttributes(attributes),
    status: error === undefined ? { code: 1 } : { code: 2, message: error },
  };
}

function writeAttributes(attributes: Span["attributes"]): unknown {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { doubleValue: value } : { stringValue: value },
  }));
}

/** Whether the trace is among the `ratio` of all that are told: the same answer everywhere. */
export function isSampled({ traceId }: Pick<SpanPlace, "traceId">, ratio: number): boolean {
  return Number.parseInt(traceId.slice(0, 8), 16) < ratio * 2 ** 32;
}
