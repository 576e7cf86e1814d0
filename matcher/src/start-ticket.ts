// Starting a ticket, for every call that does.
import type { Outcome } from "@muster/journal";
import { limits } from "@muster/proto";
import { getTicket } from "./core/cancel-matching.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import { decideStartMatching, type StartMatching } from "./core/start-matching.ts";
import type { Ticket } from "./core/ticket.ts";
import type { SeatedPlayers } from "./seated-players.ts";
import { decideAndShow, decideEach, type Workshop } from "./workshop.ts";

type StartDesk = Pick<Workshop, "ledger" | "clock"> & { readonly seated: SeatedPlayers };

/** The ticket, once it is durable. Decided and folded when this returns. @throws {MusterError} as `decideStartMatching()`. */
export function startTicket(desk: StartDesk, request: StartMatching): Promise<Ticket> {
  const decision = (state: MatcherState, nowMs: number) => decideStart(desk, state, request, nowMs);
  return decideAndShow(desk, decision, (state) => getTicket(state, request.ticketId));
}

/**
 * The tickets, each as it was when it was started or why it was refused, once all are durable: decided in their order, in one write, and
 * folded when this returns.
 *
 * @throws {MusterError} JOURNAL_FULL, SERVICE_NOT_READY: nobody knows what became of them.
 */
export function startTickets(desk: StartDesk, requests: readonly StartMatching[]): Promise<readonly Outcome<Ticket>[]> {
  return decideEach(desk, requests, {
    decide: (state, request, nowMs) => decideStart(desk, state, request, nowMs),
    show: (state, { ticketId }) => getTicket(state, ticketId),
  });
}

function decideStart({ seated }: StartDesk, state: MatcherState, request: StartMatching, nowMs: number) {
  return decideStartMatching(state, request, nowMs, limits.POOL_TICKETS_MAX, seated.find);
}
