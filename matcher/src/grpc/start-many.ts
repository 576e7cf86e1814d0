// Tickets of a batch or stream: for each what StartMatching answers, or why it refuses, as a value. All of a call are decided one after the
// other, in one write.
import { type MusterError, newId, toMusterError } from "@muster/proto";
import type { StartedTicket, StartMatchingRequest } from "@muster/proto/matchmaking";
import type { CallContext } from "@muster/proto/rpc";
import { playersOfStart } from "@muster/service";
import type { StartMatching } from "../core/start-matching.ts";
import { startTickets } from "../start-ticket.ts";
import type { Desk } from "./desk.ts";
import { readStartMatching, writeTicket } from "./wire.ts";

/**
 * The answers for `messages`, in their order; `brief` leaves the tickets out of them. Decided and folded when this returns.
 *
 * @throws {MusterError} JOURNAL_FULL, SERVICE_NOT_READY: nobody knows what became of them.
 */
export async function startMany(
  desk: Desk,
  messages: readonly StartMatchingRequest[],
  { brief, admitPlayers }: { readonly brief: boolean } & Pick<CallContext, "admitPlayers">,
): Promise<StartedTicket[]> {
  const refuse = (error: unknown, { ticketId }: StartMatchingRequest): StartedTicket => {
    const refusal = toMusterError(error);
    if (refusal.reason === "INTERNAL_FAULT") desk.log.error({ error }, "A ticket of many met a mistake of ours");
    return refused(ticketId, refusal);
  };
  const read = messages.map((message) => readOne(desk, message, admitPlayers));
  const outcomes = await startTickets(
    desk,
    read.flatMap(({ request }) => request ?? []),
  );
  let next = 0;
  return messages.map((message, index): StartedTicket => {
    const { request, error } = read[index] ?? {};
    if (!request) return refuse(error, message);
    const outcome = outcomes[next];
    next += 1;
    if (!outcome || "refusal" in outcome) return refuse(outcome?.refusal, message);
    const ticket = brief ? undefined : writeTicket(outcome.reply, desk.joinTokens.write);
    return { ticketId: request.ticketId, ticket, refusal: undefined };
  });
}

/** The request, or why it cannot be read, or comes too often. */
function readOne(
  { random }: Desk,
  message: StartMatchingRequest,
  admitPlayers: CallContext["admitPlayers"],
): { readonly request?: StartMatching; readonly error?: unknown } {
  const error = admitPlayers?.(playersOfStart(message));
  if (error) return { error };
  try {
    return { request: readStartMatching(message, () => newId("ticket", random)) };
  } catch (error) {
    return { error };
  }
}

function refused(ticketId: string, { reason, message, metadata }: MusterError): StartedTicket {
  return { ticketId, ticket: undefined, refusal: { reason, message, metadata: { ...metadata } } };
}
