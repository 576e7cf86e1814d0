// Many tickets in one call, checked before anything is sent.
import { fieldInvalid, limits, MusterError } from "@muster/proto";
import type { StartMatchingBatchRequest } from "@muster/proto/matchmaking";
import type { StartMatching } from "./ticket.ts";
import { writeStartMatching } from "./ticket-wire.ts";

/** @throws {MusterError} FIELD_INVALID or ID_MALFORMED naming the ticket and its field, before anything is sent. */
export function writeStartMatchingBatch(
  tickets: readonly (StartMatching & { readonly ticketId: string })[],
): StartMatchingBatchRequest {
  if (tickets.length < 1 || tickets.length > limits.TICKETS_PER_BATCH_MAX) {
    throw fieldInvalid("tickets", `1 to ${limits.TICKETS_PER_BATCH_MAX} tickets`, tickets.length);
  }
  return { tickets: tickets.map((ticket, index) => writeAt(ticket, `tickets[${index}]`)), brief: false };
}

function writeAt(ticket: StartMatching & { readonly ticketId: string }, path: string) {
  try {
    return writeStartMatching(ticket);
  } catch (error) {
    if (!(error instanceof MusterError) || error.metadata.field === undefined) throw error;
    const metadata = { ...error.metadata, field: `${path}.${error.metadata.field}` };
    throw new MusterError(error.reason, `${error.message} (${path})`, { metadata, cause: error });
  }
}
