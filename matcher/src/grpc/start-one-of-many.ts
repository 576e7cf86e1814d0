// One ticket of a batch or stream: what StartMatching answers, or why it refuses, as a value. Decided and folded before it is
// awaited, so that tickets which are started one after the other are decided in that order and share a write.
import { type MusterError, newId, toMusterError } from "@muster/proto";
import type { StartedTicket, StartMatchingRequest } from "@muster/proto/matchmaking";
import { startTicket } from "../start-ticket.ts";
import type { Desk } from "./desk.ts";
import { readStartMatching, writeTicket } from "./wire.ts";

/** What says that the matcher cannot write, rather than that it does not take the ticket: no answer for one of many. */
const OF_THE_MATCHER: ReadonlySet<string> = new Set(["JOURNAL_FULL", "JOURNAL_FAILED", "SERVICE_NOT_READY"]);

/**
 * The answer for `message`; `brief` leaves the ticket out of it.
 *
 * @throws {MusterError} JOURNAL_FULL, SERVICE_NOT_READY: nobody knows what became of it.
 */
export async function startOneOfMany(
  desk: Desk,
  message: StartMatchingRequest,
  { brief }: { readonly brief: boolean },
): Promise<StartedTicket> {
  try {
    const request = readStartMatching(message, () => newId("ticket", desk.random));
    const ticket = await startTicket(desk, request);
    return { ticketId: request.ticketId, ticket: brief ? undefined : writeTicket(ticket), refusal: undefined };
  } catch (error) {
    const refusal = toMusterError(error);
    if (OF_THE_MATCHER.has(refusal.reason)) throw refusal;
    if (refusal.reason === "INTERNAL_FAULT") desk.log.error({ error }, "A ticket of many met a mistake of ours");
    return refused(message.ticketId, refusal);
  }
}

function refused(ticketId: string, { reason, message, metadata }: MusterError): StartedTicket {
  return { ticketId, ticket: undefined, refusal: { reason, message, metadata: { ...metadata } } };
}
