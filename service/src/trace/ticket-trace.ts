// The trace of a ticket, from the request to the player's acceptance. Its ids are drawn from the ticket's id: matcher and fleet each know
// that, so that their spans meet without anything having been carried from one to the other, over restarts of both too. Who knows no
// ticket, as a sidecar whose game loads, is told a traceparent.
import { drawTraceId, type Span, type Step as SpanStep } from "@muster/kit/trace";

/** "ticket" is the whole, which all others are parts of; of the others, one of a name and `key` a ticket: an attempt, a match. */
export type Step = SpanStep;

const WHOLE = "ticket";

/** The span of a step of the ticket. The same step has the same ids, whoever tells of it and however often. */
export function ticketSpan(ticketId: string, { name, key = "", ...rest }: Step): Span {
  const whole = drawTraceId(`span ${WHOLE} ${ticketId}`, 16);
  const isWhole = name === WHOLE;
  const attributes = { "muster.ticket_id": ticketId, ...rest.attributes };
  const parentSpanId = isWhole ? undefined : whole;
  return { ...rest, attributes, name, ...ticketSpanPlace(ticketId, { name, key }), parentSpanId };
}

/** Where the step's span stands, before it is over too. */
export function ticketSpanPlace(ticketId: string, { name, key = "" }: Pick<Step, "name" | "key">) {
  const traceId = drawTraceId(`trace ${ticketId}`, 32);
  const ofStep = name === WHOLE ? `span ${WHOLE} ${ticketId}` : `span ${name} ${key} ${ticketId}`;
  return { traceId, spanId: drawTraceId(ofStep, 16) };
}
