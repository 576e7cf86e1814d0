import { parseId, type TicketId } from "@muster/proto";
import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { explainTicket as decideExplanation } from "../core/explain-ticket.ts";
import type { Desk } from "./desk.ts";
import { writeExplanation } from "./explanation-wire.ts";

export function explainTicket(desk: Desk): Handlers<MatchmakingServiceDefinition>["explainTicket"] {
  return async (message) => {
    const ticketId = parseId<TicketId>("ticket_id", message.ticketId);
    const explanation = await desk.ledger.read((state, nowMs) => decideExplanation(state, ticketId, nowMs));
    return writeExplanation(explanation);
  };
}
