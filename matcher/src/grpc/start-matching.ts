import { newId } from "@muster/proto";
import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { startTicket } from "../start-ticket.ts";
import type { Desk } from "./desk.ts";
import { readStartMatching, writeTicket } from "./wire.ts";

export function startMatching(desk: Desk): Handlers<MatchmakingServiceDefinition>["startMatching"] {
  return async (message) => {
    const request = readStartMatching(message, () => newId("ticket", desk.random));
    return { ticket: writeTicket(await startTicket(desk, request), desk.joinTokens.write) };
  };
}
