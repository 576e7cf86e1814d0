// What is asked of a backfill: parsed, or refused by name.
import {
  type BackfillId,
  fieldInvalid,
  limits,
  parseAttributes,
  parseId,
  parsePlayerId,
  readEnum,
  type ServerSessionId,
} from "@muster/proto";
import type { KnownPlayer as KnownPlayerMessage, StartBackfillRequest } from "@muster/proto/matchmaking";
import { BackfillStrategy } from "@muster/proto/session";
import type { KnownPlayer } from "../core/backfill.ts";
import type { StartBackfill } from "../core/start-backfill.ts";
import { digestOf } from "../digest.ts";
import { readLatencies } from "./wire.ts";

export function readStartBackfill(request: StartBackfillRequest, drawId: () => BackfillId): StartBackfill {
  const battleSessionId = readBattleSessionId(request);
  const strategy = readEnum(BackfillStrategy, request.strategy);
  if (!strategy) throw fieldInvalid("strategy", "MAX_POSSIBLE or CUSTOM", request.strategy);
  const { addPlayers, replace } = request;
  checkAddPlayers(strategy, Object.entries(addPlayers));
  const configuration = request.configuration && parseId("configuration", request.configuration);
  const players = readKnownPlayers(request.players?.players ?? []);
  // A request that says neither has the digest that it always had.
  const more = { ...(configuration && { configuration }), ...(players.length > 0 && { players }) };
  return {
    battleSessionId,
    strategy,
    addPlayers,
    replace,
    requestId: readRequestId(request),
    bodyDigest: digestOf({ battleSessionId, strategy, addPlayers, replace, ...more }),
    configuration: configuration || undefined,
    players,
    backfillId: drawId(),
  };
}

function readKnownPlayers(messages: readonly KnownPlayerMessage[]): readonly KnownPlayer[] {
  const most = limits.MATCH_PLAYERS_MAX;
  if (messages.length > most) throw fieldInvalid("players", `at most ${most} players`, messages.length);
  const players = messages.map(({ playerId, attributes, latenciesMs }, index) => ({
    playerId: parsePlayerId(`players[${index}].player_id`, playerId),
    attributes: parseAttributes(`players[${index}].attributes`, attributes),
    latenciesMs: readLatencies(`players[${index}].latencies_ms`, latenciesMs),
  }));
  const ids = new Set(players.map(({ playerId }) => playerId));
  if (ids.size === players.length) return players;
  throw fieldInvalid("players", "different players", `${players.length} with ${ids.size} ids`);
}

function checkAddPlayers(strategy: "MAX_POSSIBLE" | "CUSTOM", teams: readonly (readonly [string, number])[]): void {
  if (strategy === "MAX_POSSIBLE") {
    if (teams.length > 0) throw fieldInvalid("add_players", "empty for MAX_POSSIBLE", `${teams.length} teams`);
    return;
  }
  if (teams.length < 1 || teams.length > limits.MATCH_PLAYERS_MAX) {
    throw fieldInvalid("add_players", `1 to ${limits.MATCH_PLAYERS_MAX} teams`, teams.length);
  }
  for (const [team, players] of teams) {
    if (players < 1) throw fieldInvalid(`add_players.${team.slice(0, 64)}`, "a whole number from 1", players);
  }
}

export function readBattleSessionId({ battleSessionId }: { readonly battleSessionId: string }): ServerSessionId {
  return parseId("battle_session_id", battleSessionId);
}

export function readRequestId({ requestId }: { readonly requestId: string }): string | undefined {
  return requestId === "" ? undefined : parseId("request_id", requestId);
}
