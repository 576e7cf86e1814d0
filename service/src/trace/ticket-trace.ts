// The trace of a ticket, from the request to the player's acceptance. Its ids are drawn from the ticket's id: matcher and fleet each know
// that, so that their spans meet without anything having been carried from one to the other, over restarts of both too.
import { createHash } from "node:crypto";

export type Span = {
  /** 32 and 16 digits of hex. */
  readonly traceId: string;
  readonly spanId: string;
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

export type Step = Pick<Span, "startMs" | "endMs" | "attributes" | "error"> & {
  /** "ticket" is the whole, which all others are parts of; of the others, one of a name and `key` a ticket. */
  readonly name: string;
  /** What tells steps of one name apart: an attempt, a match. */
  readonly key?: string;
};

const WHOLE = "ticket";

/** The span of a step of the ticket. The same step has the same ids, whoever tells of it and however often. */
export function ticketSpan(ticketId: string, { name, key = "", ...rest }: Step): Span {
  const [traceId, whole] = [idOf(`trace ${ticketId}`, 32), idOf(`span ${WHOLE} ${ticketId}`, 16)];
  const isWhole = name === WHOLE;
  const spanId = isWhole ? whole : idOf(`span ${name} ${key} ${ticketId}`, 16);
  const attributes = { "muster.ticket_id": ticketId, ...rest.attributes };
  return { ...rest, attributes, name, traceId, spanId, parentSpanId: isWhole ? undefined : whole };
}

/** Whether the trace is among the `ratio` of all that are told: the same answer everywhere. */
export function isSampled({ traceId }: Pick<Span, "traceId">, ratio: number): boolean {
  return Number.parseInt(traceId.slice(0, 8), 16) < ratio * 2 ** 32;
}

function idOf(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}
