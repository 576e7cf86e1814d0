import { parseId, parsePlayerId, type TicketId } from "@muster/proto";
import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { getTicket } from "../core/cancel-matching.ts";
import { decideDeclineMatching } from "../core/join-matching.ts";
import type { MatcherState } from "../core/matcher-state.ts";
import { decideAndShow } from "../workshop.ts";
import type { Desk } from "./desk.ts";
import { writeTicket } from "./wire.ts";

export function declineMatching(desk: Desk): Handlers<MatchmakingServiceDefinition>["declineMatching"] {
  return async (message) => {
    const ticketId = parseId<TicketId>("ticket_id", message.ticketId);
    const playerId = parsePlayerId("player_id", message.playerId);
    const decision = (state: MatcherState) => decideDeclineMatching(state, { ticketId, playerId });
    const ticket = await decideAndShow(desk, decision, (state) => getTicket(state, ticketId));
    return { ticket: writeTicket(ticket, desk.joinTokens.write) };
  };
}
