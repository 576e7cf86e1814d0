// One span of a trace, and the text by which a process tells the next one where its own spans belong (W3C Trace Context).
import { createHash } from "node:crypto";

export type Span = SpanPlace & {
  /** Undefined: the trace begins with it. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** Wall clock, in ms since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** What went wrong. Undefined: nothing. */
  readonly error?: string | undefined;
};

/** Which span of which trace. */
export type SpanPlace = {
  /** 32 and 16 digits of hex. */
  readonly traceId: string;
  readonly spanId: string;
};

export interface Tracer {
  /** Tells of something that is over. */
  add(span: Span): void;
  /** Whether spans of the trace are told. The same for all spans of one, and in every process that tells the same share. */
  tells(trace: Pick<SpanPlace, "traceId">): boolean;
}

/** What a process that takes part tells of one step. */
export type Step = Pick<Span, "name" | "startMs" | "endMs" | "attributes" | "error"> & {
  /** What tells steps of one name under one parent apart. Default: there is only one. */
  readonly key?: string;
};

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Names the span as the parent of what others tell, in a trace that is told. */
export function writeTraceparent({ traceId, spanId }: SpanPlace): string {
  return `00-${traceId}-${spanId}-01`;
}

/** Undefined for a text that is none, and for a trace that is not told. */
export function readTraceparent(text: string): SpanPlace | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return Number.parseInt(flags, 16) & 1 ? { traceId, spanId } : undefined;
}

/** The step as a span under its parent. The same step has the same ids, however often it is told. */
export function spanUnder(parent: SpanPlace, { name, key = "", ...rest }: Step): Span {
  const spanId = drawTraceId(`span ${parent.traceId} ${parent.spanId} ${name} ${key}`, 16);
  return { ...rest, name, traceId: parent.traceId, spanId, parentSpanId: parent.spanId };
}

/** So many digits of hex that follow from the text alone. */
export function drawTraceId(text: string, digits: 16 | 32): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
