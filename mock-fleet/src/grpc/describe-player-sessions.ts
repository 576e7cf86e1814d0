import {
  fieldInvalid,
  type PlayerSessionId,
  parseId,
  parsePlayerId,
  type ServerSessionId,
  writeEnum,
  writePlayerSession,
} from "@muster/proto";
import * as wire from "@muster/proto/fleet";
import { PlayerSessionState, SeatEndCause } from "@muster/proto/session";
import { type DescribedSeat, describeSeats, type SeatPlace, type SeatQuestion } from "../core/describe-seats.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { readSetting, wholeNumberIn } from "./field.ts";
import { fillPage, readPageToken, writePageToken } from "./page.ts";
import { seatAtWall, type WallOf } from "./wall-time.ts";

const LIMIT_MAX = 1_000;
const LIMIT_DEFAULT = 100;

/** A page of the seats that are asked for. Reasons: the .proto. */
export async function describePlayerSessions(
  app: FleetApp,
  message: wire.DescribePlayerSessionsRequest,
): Promise<wire.DescribePlayerSessionsResponse> {
  const question = readQuestion(message);
  const state = readSetting("state", PlayerSessionState, message.state);
  const digest = bodyDigest({ question, state }).slice(0, 16);
  const limit = message.limit === 0 ? LIMIT_DEFAULT : wholeNumberIn("limit", message.limit, 1, LIMIT_MAX);
  const after = message.pageToken === "" ? undefined : readPlace(digest, message.pageToken);
  const { found, hasMore } = await app.runner.read((fleet) => describeSeats(fleet, { question, state, limit, after }));
  const page = fillPage(found, (seat) => {
    const value = writeDescribed(seat, app.runner.wallOf);
    return { value, bytes: wire.DescribedPlayerSession.encode(value).finish().length };
  });
  const last = found[page.length - 1]?.place;
  const isLast = !hasMore && page.length === found.length;
  const token = (place: SeatPlace) => writePageToken(digest, [place.createdAtMs, place.battleSessionId, place.seat]);
  return { playerSessions: page, nextPageToken: isLast || !last ? "" : token(last) };
}

function readQuestion({
  battleSessionId,
  playerId,
  playerSessionId,
}: wire.DescribePlayerSessionsRequest): SeatQuestion {
  const given = [battleSessionId, playerId, playerSessionId].filter((text) => text !== "").length;
  if (given !== 1) {
    const rule = "one of battle_session_id, player_id and player_session_id";
    throw fieldInvalid("battle_session_id", rule, given === 0 ? "none of them" : `${given} of them`);
  }
  if (playerId !== "") return { of: "player", playerId: parsePlayerId("player_id", playerId) };
  if (battleSessionId !== "") {
    return { of: "session", sessionId: parseId<ServerSessionId>("battle_session_id", battleSessionId) };
  }
  return { of: "seat", playerSessionId: parseId<PlayerSessionId>("player_session_id", playerSessionId) };
}

function writeDescribed({ seat, battle, memory }: DescribedSeat, wallOf: WallOf): wire.DescribedPlayerSession {
  return {
    playerSession: writePlayerSession(seatAtWall(seat, wallOf)),
    battleSessionId: battle.battleSessionId,
    address: battle.address && { host: battle.address.host, ports: { ...battle.address.ports } },
    createdAt: new Date(wallOf(memory.createdAtMs)),
    endedAt: memory.endedAtMs === undefined ? undefined : new Date(wallOf(memory.endedAtMs)),
    endCause: writeEnum(SeatEndCause, memory.endCause),
  };
}

function readPlace(digest: string, token: string): SeatPlace {
  const [createdAtMs, battleSessionId, seat] = readPageToken(digest, token);
  if (typeof createdAtMs === "number" && typeof battleSessionId === "string" && typeof seat === "string") {
    return { createdAtMs, battleSessionId, seat };
  }
  throw fieldInvalid("page_token", "a token that the same question was answered with", token);
}
