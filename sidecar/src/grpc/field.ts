// Rules for what a game sends. An error never shows what may be a secret.
import { type CustomData, fieldInvalid, parseId, parsePlayerId, readWord } from "@muster/proto";
import type { DescribePlayerSessionsRequest, ReportCustomDataRequest } from "@muster/proto/sdk";
import { PlayerSessionState } from "@muster/proto/session";
import type { SeatSelection } from "../core/select-seats.ts";

const CONCURRENT_SESSIONS_MAX = 1_000;
/** Ports that one process names, as many as a fleet can assign. */
const PORTS_MAX = 16;
/** Characters of a reconnect secret: ours have 29. */
const SECRET_CHARS_MAX = 128;

/** The id is a secret, and a malformed one likely such a secret with a blank or a line break: the error must not show it. */
export function checkSeatId(playerSessionId: string): void {
  if (/^[A-Za-z0-9_.:-]{1,128}$/.test(playerSessionId)) return;
  throw fieldInvalid("player_session_id", "1 to 128 of A-Z a-z 0-9 _ . : -", "something else");
}

/** @throws {MusterError} FIELD_INVALID for what is longer than any secret of ours. */
export function checkSecret(secret: string): void {
  if (secret.length <= SECRET_CHARS_MAX) return;
  throw fieldInvalid("reconnect_secret", `at most ${SECRET_CHARS_MAX} characters`, `${secret.length} characters`);
}

/** @throws {MusterError} FIELD_INVALID */
export function parsePorts(ports: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const entries = Object.entries(ports);
  if (entries.length > PORTS_MAX) throw fieldInvalid("ports", `at most ${PORTS_MAX} ports`, entries.length);
  for (const [name, port] of entries) {
    if (name.length < 1 || name.length > 128) throw fieldInvalid("ports", "names of 1 to 128 characters", name);
    if (port < 1 || port > 65_535) throw fieldInvalid(`ports.${name}`, "a port from 1 to 65535", port);
  }
  return ports;
}

/** Sessions at once; 0 is 1. @throws {MusterError} FIELD_INVALID */
export function parseSessions(concurrentSessions: number): number {
  if (concurrentSessions >= 0 && concurrentSessions <= CONCURRENT_SESSIONS_MAX) return concurrentSessions || 1;
  throw fieldInvalid("concurrent_sessions", `a number from 1 to ${CONCURRENT_SESSIONS_MAX}`, concurrentSessions);
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function parseSelection(request: DescribePlayerSessionsRequest): SeatSelection {
  const { battleSessionId, playerId, playerSessionId } = request;
  const given = [battleSessionId, playerId, playerSessionId].filter((id) => id !== "").length;
  if (given !== 1) {
    const rule = "exactly one of battle_session_id, player_id and player_session_id";
    throw fieldInvalid("the selection", rule, `${given} of them`);
  }
  const state = parseSeatState(request.state);
  if (battleSessionId !== "") return { by: { battleSessionId: parseId("battle_session_id", battleSessionId) }, state };
  if (playerId !== "") return { by: { playerId: parsePlayerId("player_id", playerId) }, state };
  checkSeatId(playerSessionId);
  return { by: { playerSessionId }, state };
}

function parseSeatState(state: number): SeatSelection["state"] {
  if (state === PlayerSessionState.UNSPECIFIED) return undefined;
  const word = readWord("state", PlayerSessionState, state);
  if (word !== "COMPLETED" && word !== "TIMED_OUT") return word;
  throw fieldInvalid("state", "RESERVED, ACTIVE or DISCONNECTED, as ended seats are not kept", word);
}

/** @throws {MusterError} FIELD_INVALID. */
export function parseCustomData({ currentCount, maxCount }: ReportCustomDataRequest): CustomData {
  if (currentCount < 0) throw fieldInvalid("current_count", "a number from 0 on", currentCount);
  if (maxCount < 0) throw fieldInvalid("max_count", "a number from 0 on", maxCount);
  return { currentCount, maxCount };
}
