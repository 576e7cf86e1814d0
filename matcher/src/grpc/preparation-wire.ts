// Preparation of tickets on the wire: who is asked to join, and who has.
import { fieldInvalid, limits, parsePlayerId } from "@muster/proto";
import type { Preparation as PreparationMessage, StartMatchingRequest } from "@muster/proto/matchmaking";
import {
  PREPARATION_TIMEOUT_SECONDS_DEFAULT,
  PREPARATION_TIMEOUT_SECONDS_MAX,
  type Preparation,
} from "../core/preparation.ts";
import type { StartMatching } from "../core/start-matching.ts";
import type { Ticket } from "../core/ticket.ts";

/** Undefined: nobody is asked. @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readPreparation({ asked: message }: StartMatchingRequest): StartMatching["preparation"] {
  if (!message) return undefined;
  const { playerIds, timeoutSeconds: seconds } = message;
  if (seconds < 0 || seconds > PREPARATION_TIMEOUT_SECONDS_MAX) {
    const range = `a whole number from 1 to ${PREPARATION_TIMEOUT_SECONDS_MAX}`;
    throw fieldInvalid("asked.timeout_seconds", range, seconds);
  }
  if (playerIds.length < 1 || playerIds.length > limits.PLAYERS_PER_TICKET_MAX) {
    throw fieldInvalid("asked.player_ids", `1 to ${limits.PLAYERS_PER_TICKET_MAX} ids`, playerIds.length);
  }
  const asked = playerIds.map((id, index) => parsePlayerId(`asked.player_ids[${index}]`, id));
  return { asked, timeoutMs: 1_000 * (seconds === 0 ? PREPARATION_TIMEOUT_SECONDS_DEFAULT : seconds) };
}

export function writePreparation(ticket: Ticket, preparation: Preparation): PreparationMessage {
  const joined = new Set(preparation.joined);
  return {
    expiresAt: new Date(ticket.createdAtWallMs + preparation.deadlineAtMs - preparation.startedAtMs),
    players: ticket.players.map(({ playerId }, place) => ({ playerId, joined: joined.has(place) })),
  };
}
