import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { getTicket } from "../core/cancel-matching.ts";
import type { Desk } from "./desk.ts";
import { readTicketIds, writeTicket } from "./wire.ts";

export function describeMatchingProgress(
  desk: Desk,
): Handlers<MatchmakingServiceDefinition>["describeMatchingProgress"] {
  return async (message) => {
    const ids = readTicketIds(message.ticketIds);
    const tickets = await desk.ledger.read((state) => ids.map((id) => getTicket(state, id)));
    return { tickets: tickets.map(writeTicket) };
  };
}
