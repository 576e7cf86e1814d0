import { newId } from "@muster/proto";
import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { getTicketEntry } from "../core/cancel-matching.ts";
import { decideStartMatching } from "../core/start-matching.ts";
import { decide } from "../workshop.ts";
import type { Desk } from "./desk.ts";
import { readStartMatching, writeTicket } from "./wire.ts";

export function startMatching(desk: Desk): Handlers<MatchmakingServiceDefinition>["startMatching"] {
  return async (message) => {
    const request = readStartMatching(message, () => newId("ticket", desk.random));
    await decide(desk, (state, nowMs) => ({ facts: decideStartMatching(state, request, nowMs), reply: undefined }));
    return { ticket: writeTicket(await desk.ledger.read((state) => getTicketEntry(state, request.ticketId).ticket)) };
  };
}
