// Whom a ticket seeks, as the bytes that a snapshot keeps: nothing of them is read before a pool takes the ticket in.
import type { TicketQuery } from "../core/query/ticket-query.ts";

const NOTHING = new Uint8Array(0);

/** JSON of the query; nothing for a ticket that has none. */
export function encodeQuery(query: TicketQuery | undefined): Uint8Array {
  if (!query) return NOTHING;
  const { query: text, minCount, maxCount, countMultiple, stringProperties, numericProperties } = query;
  return Buffer.from(
    JSON.stringify([text, minCount, maxCount, countMultiple, sorted(stringProperties), sorted(numericProperties)]),
  );
}

/** The query of which `payload` was written. */
export function decodeQuery(payload: Uint8Array): TicketQuery | undefined {
  if (payload.length === 0) return undefined;
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString();
  const [query, minCount, maxCount, countMultiple, stringProperties, numericProperties] = JSON.parse(text) as [
    TicketQuery["query"],
    TicketQuery["minCount"],
    TicketQuery["maxCount"],
    TicketQuery["countMultiple"],
    TicketQuery["stringProperties"],
    TicketQuery["numericProperties"],
  ];
  return { query, minCount, maxCount, countMultiple, stringProperties, numericProperties };
}

/** In one order, so that equal properties make equal bytes. */
function sorted<Value>(properties: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(properties).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
