import { parseId, type TicketId } from "@muster/proto";
import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { cancelTicket } from "../cancel-ticket.ts";
import type { Desk } from "./desk.ts";
import { writeTicket } from "./wire.ts";

export function cancelMatching(desk: Desk): Handlers<MatchmakingServiceDefinition>["cancelMatching"] {
  return async (message, { signal }) => {
    const ticketId = parseId<TicketId>("ticket_id", message.ticketId);
    return { ticket: writeTicket(await cancelTicket(desk, ticketId, signal), desk.joinTokens.write) };
  };
}
