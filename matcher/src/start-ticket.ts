// Starting a ticket, for every call that does.
import { limits } from "@muster/proto";
import { getTicket } from "./core/cancel-matching.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import { decideStartMatching, type StartMatching } from "./core/start-matching.ts";
import type { Ticket } from "./core/ticket.ts";
import type { SeatedPlayers } from "./seated-players.ts";
import { decideAndShow, type Workshop } from "./workshop.ts";

/** The ticket, once it is durable. Decided and folded when this returns. @throws {MusterError} as `decideStartMatching()`. */
export function startTicket(
  desk: Pick<Workshop, "ledger" | "clock"> & { readonly seated: SeatedPlayers },
  request: StartMatching,
): Promise<Ticket> {
  const { find } = desk.seated;
  const decision = (state: MatcherState, nowMs: number) =>
    decideStartMatching(state, request, nowMs, limits.POOL_TICKETS_MAX, find);
  return decideAndShow(desk, decision, (state) => getTicket(state, request.ticketId));
}
