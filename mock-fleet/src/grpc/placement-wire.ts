// Placements: wire ↔ core. Every field is checked here, once; the journal reads requests back through the same door.

import type { BattleSession } from "@muster/proto";
import {
  type BackfillId,
  fieldInvalid,
  limits,
  type MatchId,
  type PlacementId,
  parseAttributes,
  parseId,
  parsePlayerData,
  parsePlayerId,
  readBackfill,
  type Team,
  type TicketId,
  writeAttributes,
  writeBackfill,
  writeBattleSession,
  writeEnum,
} from "@muster/proto";
import * as wire from "@muster/proto/fleet";
import { type Placement, type PlacementRequest, type PlayerToSeat, teamUnknown } from "../core/placement.ts";
import type { Project } from "../core/project.ts";
import { atMost, nameIn, wholeNumberIn } from "./field.ts";

/** Seats of one session. */
const CAPACITY_MAX = 10_000;
const PROPERTIES_MAX = 64;
const PROPERTY_CHARS_MAX = 1_024;
/** How long a seat may be held for a player who is not there, in ms. */
const PATIENCE_MS_MAX = 3_600_000;
/** Characters of a session's name: GSE's limit. */
const SESSION_NAME_CHARS_MAX = 1_024;
/** Characters of a session's data: it travels in every snapshot. */
const DATA_CHARS_MAX = 65_536;
const CAPABILITY_KEY_BYTES_MAX = 256;
/** As many as a player may report latencies for. */
const REGIONS_MAX = limits.LATENCIES_PER_PLAYER_MAX;

/**
 * The request of the project; undefined: of the default one.
 *
 * @throws {MusterError} FIELD_INVALID, ID_MALFORMED, TEAM_UNKNOWN.
 */
export function readPlacementRequest(message: wire.StartPlacementRequest, project: Project): PlacementRequest {
  const { teams, capacity, properties, data, name, ...patience } = readSessionWishes(message);
  const players = readPlayers("players", message.players);
  if (players.length > capacity) {
    throw fieldInvalid("players", `at most as many players as the capacity of ${capacity}`, players.length);
  }
  checkTeams(teams, players);
  return {
    placementId: parseId<PlacementId>("placement_id", message.placementId),
    queue: parseId("queue", message.queue),
    owner: parseId("owner", message.owner),
    capacity,
    teams,
    players,
    properties,
    data,
    matchId: message.matchId === "" ? undefined : parseId<MatchId>("match_id", message.matchId),
    configuration: atMost("configuration", message.configuration, 128) || undefined,
    backfill: message.backfill && readBackfillOf("backfill", message.backfill),
    matcherEndpoint: atMost("matcher_endpoint", message.matcherEndpoint, 256),
    capabilityKey: readKey(message.capabilityKey),
    timeoutMs: message.timeoutMs === 0 ? undefined : wholeNumberIn("timeout_ms", message.timeoutMs, 1_000, 600_000),
    regions: readRegions(message.regions),
    ...(name === undefined ? {} : { name }),
    ...(project === undefined ? {} : { project }),
    ...patience,
  };
}

type SessionWishes = Pick<
  PlacementRequest,
  "teams" | "capacity" | "properties" | "data" | "reservationMs" | "disconnectGraceMs"
> & { readonly name: string | undefined };

/** What every request for a session says of it. @throws {MusterError} FIELD_INVALID */
export function readSessionWishes(
  message: Pick<
    wire.StartPlacementRequest,
    "teams" | "capacity" | "properties" | "data" | "name" | "reservationTimeoutMs" | "disconnectGraceMs"
  >,
): SessionWishes {
  const { reservationTimeoutMs, disconnectGraceMs } = message;
  return {
    teams: readTeams(message.teams),
    capacity: readCapacity(message.capacity),
    properties: readProperties(message.properties),
    data: atMost("data", message.data, DATA_CHARS_MAX),
    name: readSessionName(message.name) || undefined,
    ...(reservationTimeoutMs === undefined
      ? {}
      : { reservationMs: wholeNumberIn("reservation_timeout_ms", reservationTimeoutMs, 1_000, PATIENCE_MS_MAX) }),
    ...(disconnectGraceMs === undefined
      ? {}
      : { disconnectGraceMs: wholeNumberIn("disconnect_grace_ms", disconnectGraceMs, 0, PATIENCE_MS_MAX) }),
  };
}

/** Seats of a session. @throws {MusterError} FIELD_INVALID */
export function readCapacity(capacity: number): number {
  return wholeNumberIn("capacity", capacity, 1, CAPACITY_MAX);
}

/** @throws {MusterError} FIELD_INVALID if it is too long. */
export function readSessionName(name: string): string {
  return atMost("name", name, SESSION_NAME_CHARS_MAX);
}

function readRegions(regions: readonly string[]): readonly string[] {
  if (regions.length > REGIONS_MAX) throw fieldInvalid("regions", `at most ${REGIONS_MAX} regions`, regions.length);
  return regions.map((region, index) => parseId(`regions[${index}]`, region));
}

/** A backfill whose id is checked too. @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readBackfillOf(
  field: string,
  message: Parameters<typeof readBackfill>[0],
): ReturnType<typeof readBackfill> {
  parseId<BackfillId>(`${field}.backfill_id`, message.backfillId);
  const goals = Object.entries(message.addPlayers);
  for (const [path, count] of [
    ["add_players", goals.length],
    ["progress", message.progress.length],
  ] as const) {
    wholeNumberIn(`${field}.${path}`, count, 0, limits.MATCH_PLAYERS_MAX);
  }
  for (const [team, players] of goals) {
    nameIn(`${field}.add_players`, team);
    wholeNumberIn(`${field}.add_players.${team}`, players, 0, CAPACITY_MAX);
  }
  for (const { team } of message.progress) atMost(`${field}.progress.team`, team, 128);
  return readBackfill(message);
}

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED; a player named twice is FIELD_INVALID. */
export function readPlayers(field: string, messages: readonly wire.PlayerToSeat[]): readonly PlayerToSeat[] {
  const players = messages.map((message, index) => readPlayer(`${field}[${index}]`, message));
  const seen = new Set<string>();
  for (const [index, { playerId }] of players.entries()) {
    if (seen.has(playerId)) throw fieldInvalid(`${field}[${index}].player_id`, "a player who is named once", playerId);
    seen.add(playerId);
  }
  return players;
}

function readPlayer(path: string, message: wire.PlayerToSeat): PlayerToSeat {
  const latencies = Object.entries(message.latenciesMs);
  if (latencies.length > limits.LATENCIES_PER_PLAYER_MAX) {
    throw fieldInvalid(`${path}.latencies_ms`, `at most ${limits.LATENCIES_PER_PLAYER_MAX} regions`, latencies.length);
  }
  for (const [region, latencyMs] of latencies) {
    wholeNumberIn(`${path}.latencies_ms.${region.slice(0, 64)}`, latencyMs, 0, limits.LATENCY_MS_MAX);
  }
  return {
    playerId: parsePlayerId(`${path}.player_id`, message.playerId),
    team: message.team === "" ? undefined : nameIn(`${path}.team`, message.team),
    ticketId: message.ticketId === "" ? undefined : parseId<TicketId>(`${path}.ticket_id`, message.ticketId),
    attributes: parseAttributes(`${path}.attributes`, message.attributes),
    latenciesMs: message.latenciesMs,
    ...parsePlayerData(`${path}.data`, message.data),
  };
}

function readTeams(messages: readonly Team[]): readonly Team[] {
  if (messages.length > limits.MATCH_PLAYERS_MAX) {
    throw fieldInvalid("teams", `at most ${limits.MATCH_PLAYERS_MAX} teams`, messages.length);
  }
  const names = new Set<string>();
  return messages.map(({ name, template, capacity }, index) => {
    const path = `teams[${index}]`;
    if (names.has(nameIn(`${path}.name`, name)))
      throw fieldInvalid(`${path}.name`, "a name that no other team has", name);
    names.add(name);
    return {
      name,
      template: atMost(`${path}.template`, template, 128),
      capacity: wholeNumberIn(`${path}.capacity`, capacity, 1, CAPACITY_MAX),
    };
  });
}

function checkTeams(teams: readonly Team[], players: readonly PlayerToSeat[]): void {
  const members = new Map<string | undefined, number>(teams.map(({ name }) => [name, 0]));
  if (teams.length === 0) members.set(undefined, 0);
  for (const [index, { team }] of players.entries()) {
    const before = members.get(team);
    if (before !== undefined) {
      members.set(team, before + 1);
      continue;
    }
    throw teamUnknown(`players[${index}]`, team, teams);
  }
  for (const { name, capacity } of teams) {
    const used = members.get(name) ?? 0;
    if (used > capacity) throw fieldInvalid("players", `at most ${capacity} players of team ${name}`, used);
  }
}

function readProperties(properties: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(properties);
  if (entries.length > PROPERTIES_MAX)
    throw fieldInvalid("properties", `at most ${PROPERTIES_MAX} keys`, entries.length);
  for (const [key, value] of entries) {
    atMost("properties", key, PROPERTY_CHARS_MAX);
    atMost(`properties.${key.slice(0, 64)}`, value, PROPERTY_CHARS_MAX);
  }
  return properties;
}

function readKey(key: Uint8Array): Uint8Array {
  if (key.length > CAPABILITY_KEY_BYTES_MAX) {
    throw fieldInvalid("capability_key", `at most ${CAPABILITY_KEY_BYTES_MAX} bytes`, `${key.length} bytes`);
  }
  return Uint8Array.from(key);
}

export function writePlacementRequest(request: PlacementRequest): wire.StartPlacementRequest {
  return {
    placementId: request.placementId,
    queue: request.queue,
    owner: request.owner,
    capacity: request.capacity,
    teams: request.teams.map((team) => ({ ...team })),
    players: request.players.map((player) => ({
      playerId: player.playerId,
      team: player.team ?? "",
      ticketId: player.ticketId ?? "",
      attributes: writeAttributes(player.attributes),
      latenciesMs: { ...player.latenciesMs },
      data: player.data,
    })),
    properties: { ...request.properties },
    data: request.data,
    matchId: request.matchId ?? "",
    configuration: request.configuration ?? "",
    backfill: request.backfill && writeBackfill(request.backfill),
    matcherEndpoint: request.matcherEndpoint,
    capabilityKey: request.capabilityKey,
    timeoutMs: request.timeoutMs ?? 0,
    regions: [...request.regions],
    name: request.name ?? "",
    reservationTimeoutMs: request.reservationMs,
    disconnectGraceMs: request.disconnectGraceMs,
  };
}

/** `battle`: of a FULFILLED placement, its seats' deadlines in wall-clock time already. */
export function writePlacement(
  placement: Pick<Placement, "request" | "createdAtWallMs" | "tried" | "sessionId" | "end">,
  battle: BattleSession | undefined,
): wire.Placement {
  const { request, end } = placement;
  return {
    placementId: request.placementId,
    state: writeEnum(wire.PlacementState, end?.state ?? "PENDING"),
    queue: request.queue,
    session: end?.state === "FULFILLED" && battle ? writeBattleSession(battle) : undefined,
    failure: end?.failure ?? "",
    createdAt: new Date(placement.createdAtWallMs),
    endedAt: end && new Date(end.endedAtWallMs),
    owner: request.owner,
    attempts: placement.tried.size,
    battleSessionId: placement.sessionId ?? "",
  };
}
