import { fieldInvalid, limits, parseId } from "@muster/proto";
import type { JoinMatchingRequest, MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { getTicket } from "../core/cancel-matching.ts";
import { decideJoinMatching, type JoinMatching } from "../core/join-matching.ts";
import type { MatcherState } from "../core/matcher-state.ts";
import { decideAndShow } from "../workshop.ts";
import type { Desk } from "./desk.ts";
import { readPlayer, writeTicket } from "./wire.ts";

export function joinMatching(desk: Desk): Handlers<MatchmakingServiceDefinition>["joinMatching"] {
  return async (message) => {
    const request = await desk.beforeTicket.askOfJoin(readJoinMatching(message));
    const decision = (state: MatcherState, nowMs: number) => decideJoinMatching(state, request, nowMs);
    const ticket = await decideAndShow(desk, decision, (state) => getTicket(state, request.ticketId));
    return { ticket: writeTicket(ticket, desk.joinTokens.write) };
  };
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readJoinMatching({ ticketId, players }: JoinMatchingRequest): JoinMatching {
  if (players.length < 1 || players.length > limits.PLAYERS_PER_TICKET_MAX) {
    throw fieldInvalid("players", `1 to ${limits.PLAYERS_PER_TICKET_MAX} players`, players.length);
  }
  const read = players.map((player, index) => readPlayer(player, `players[${index}]`));
  const ids = new Set(read.map(({ playerId }) => playerId));
  if (ids.size !== read.length)
    throw fieldInvalid("players", "different players", `${read.length} with ${ids.size} ids`);
  return { ticketId: parseId("ticket_id", ticketId), players: read };
}
