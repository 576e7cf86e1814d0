// One ticket from its start to its end, as one promise: what most backends want to write.
import { backoffMs, type Clock, type Random } from "@muster/kit";
import { fieldInvalid, MusterError } from "@muster/proto";
import { isPeerAway, sleepOrCancel } from "../retry-call.ts";
import type { Assignment, StartMatching, Ticket, TicketEvent } from "./ticket.ts";

/** How a ticket ended. */
export type MatchResult =
  | { readonly state: "COMPLETED"; readonly assignment: Assignment; readonly ticket: Ticket }
  | {
      readonly state: "CANCELLED" | "TIMED_OUT" | "FAILED";
      /** Why, such as "CANCELLED_BY_REQUEST". */
      readonly cause: string;
      readonly ticket: Ticket;
    };

/** What `match` does its work with. */
export type MatchOptions = {
  readonly clock: Clock;
  readonly random: Random;
  /** The caller's: takes the ticket out of the search. */
  readonly signal: AbortSignal | undefined;
  /** Hears of every match that is proposed to the ticket. */
  readonly onProposed?: ((ticket: Ticket) => void) | undefined;
  /** The connection's: gives up at once. */
  readonly closing: AbortSignal;
  readonly start: (ticket: NamedTicket) => Promise<Ticket>;
  readonly cancel: (ticketId: string, signal: AbortSignal) => Promise<Ticket>;
  readonly watch: (ticketId: string, signal: AbortSignal) => AsyncIterable<TicketEvent>;
};

export type NamedTicket = StartMatching & { readonly ticketId: string };

/** @throws {MusterError} as `Matcher.match` says. */
export async function match(ticket: NamedTicket, options: MatchOptions): Promise<MatchResult> {
  const { signal, closing, watch } = options;
  const { ticketId } = ticket;
  if (signal?.aborted) {
    throw new MusterError("CALL_CANCELLED", `Cannot start ticket ${ticketId} as it was called off before`);
  }
  const over = readResult(await startNamed(ticket, options));
  if (over) return over; // A repeat of a ticket that has ended.

  const following = new AbortController();
  const either = AbortSignal.any([following.signal, closing]);
  let failure: unknown;
  const callOff = () => {
    cancelUntilKnown(ticketId, { ...options, signal: either }).catch((error: unknown) => {
      failure ??= error;
      following.abort();
    });
  };
  if (signal?.aborted) callOff();
  else signal?.addEventListener("abort", callOff, { once: true });
  try {
    // The watch alone says how it ended: a cancel that came too late is outrun by the match.
    for await (const event of watch(ticketId, either)) {
      if (event.type !== "STATE_CHANGED") continue;
      if (event.ticket.state === "REQUIRES_ACCEPTANCE") options.onProposed?.(event.ticket);
      const result = readResult(event.ticket);
      if (result) return result;
    }
  } catch (error) {
    throw failure ?? error;
  } finally {
    signal?.removeEventListener("abort", callOff);
    following.abort();
  }
  throw new MusterError("CALL_CANCELLED", `Cannot follow ticket ${ticketId} as its watch was called off`);
}

/** Whoever hears that a start went wrong may find the ticket by its id: it may be there all the same. */
async function startNamed(ticket: NamedTicket, { start }: MatchOptions): Promise<Ticket> {
  try {
    return await start(ticket);
  } catch (error) {
    if (!(error instanceof MusterError) || error.metadata.ticketId !== undefined) throw error;
    const metadata = { ...error.metadata, ticketId: ticket.ticketId };
    throw new MusterError(error.reason, error.message, { metadata, cause: error });
  }
}

/** The result of a ticket that has ended, undefined for one that has not. */
function readResult(ticket: Ticket): MatchResult | undefined {
  switch (ticket.state) {
    case "PREPARING":
    case "SEARCHING":
    case "REQUIRES_ACCEPTANCE":
    case "PLACING":
      return undefined;
    case "COMPLETED":
      if (!ticket.assignment) throw fieldInvalid("ticket.assignment", "present in a COMPLETED ticket", "absent");
      return { state: "COMPLETED", assignment: ticket.assignment, ticket };
    case "CANCELLED":
    case "TIMED_OUT":
    case "FAILED":
      return { state: ticket.state, cause: ticket.cause ?? ticket.state, ticket };
  }
}

/** Returns once the matcher has said whether the ticket is out of the search or in its match. */
async function cancelUntilKnown(
  ticketId: string,
  { signal, cancel, clock, random }: MatchOptions & { readonly signal: AbortSignal },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await cancel(ticketId, signal);
      return;
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      if (error.reason === "TICKET_ALREADY_MATCHED") return;
      if (!isPeerAway(error) && error.reason !== "DEADLINE_PASSED") throw error;
      await sleepOrCancel(clock, { waitMs: backoffMs(attempt, random), signal });
    }
  }
}
