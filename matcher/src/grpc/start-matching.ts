import { newId } from "@muster/proto";
import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { getTicket } from "../core/cancel-matching.ts";
import type { MatcherState } from "../core/matcher-state.ts";
import { decideStartMatching } from "../core/start-matching.ts";
import { decideAndShow } from "../workshop.ts";
import type { Desk } from "./desk.ts";
import { readStartMatching, writeTicket } from "./wire.ts";

export function startMatching(desk: Desk): Handlers<MatchmakingServiceDefinition>["startMatching"] {
  return async (message) => {
    const request = readStartMatching(message, () => newId("ticket", desk.random));
    const decision = (state: MatcherState, nowMs: number) => decideStartMatching(state, request, nowMs);
    const ticket = await decideAndShow(desk, decision, (state) => getTicket(state, request.ticketId));
    return { ticket: writeTicket(ticket) };
  };
}
