import type { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { decideAcceptMatch } from "../core/accept-match.ts";
import { getTicket } from "../core/cancel-matching.ts";
import type { MatcherState } from "../core/matcher-state.ts";
import { decideAndShow } from "../workshop.ts";
import type { Desk } from "./desk.ts";
import { readAcceptMatch, writeTicket } from "./wire.ts";

export function acceptMatch(desk: Desk): Handlers<MatchmakingServiceDefinition>["acceptMatch"] {
  return async (message) => {
    const request = readAcceptMatch(message);
    const decision = (state: MatcherState, nowMs: number) => decideAcceptMatch(state, request, nowMs);
    const ticket = await decideAndShow(desk, decision, (state) => getTicket(state, request.ticketId));
    return { ticket: writeTicket(ticket, desk.joinTokens.write) };
  };
}
