import {
  type BattleSession,
  fieldInvalid,
  limits,
  parseId,
  type ServerSessionId,
  writeBattleSession,
} from "@muster/proto";
import type { CreatePlayerSessionsRequest, CreatePlayerSessionsResponse } from "@muster/proto/fleet";
import { createSeats } from "../core/create-seats.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { readPlayers } from "./placement-wire.ts";
import { checkFits } from "./session-size.ts";
import { sessionAtWall } from "./wall-time.ts";

/** Seats players without a matcher; answers with the session after it, a repeat too. Reasons: the .proto. */
export async function createPlayerSessions(
  app: FleetApp,
  message: CreatePlayerSessionsRequest,
): Promise<CreatePlayerSessionsResponse> {
  const players = readPlayers("players", message.players);
  if (players.length === 0 || players.length > limits.PLAYERS_PER_TICKET_MAX) {
    throw fieldInvalid("players", `1 to ${limits.PLAYERS_PER_TICKET_MAX} players`, players.length);
  }
  const request = {
    requestId: parseId("request_id", message.requestId),
    sessionId: parseId<ServerSessionId>("battle_session_id", message.battleSessionId),
    players,
    expectedRosterVersion: message.expectedRosterVersion === 0 ? undefined : message.expectedRosterVersion,
  };
  const check = (after: BattleSession) => checkFits("players", after);
  const asked = { request, bodyDigest: bodyDigest(request), check };
  const battle = await app.runner.decide((state, moment) => createSeats(state, asked, moment));
  return { session: writeBattleSession(sessionAtWall(battle, app.runner.wallOf)) };
}
