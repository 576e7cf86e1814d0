// muster.fleet.v1 ↔ the matcher's own words.
import {
  MusterError,
  type PlacementId,
  readBattleSession,
  readSessionChange,
  readWord,
  type ServerSessionId,
  writeAttributes,
  writeBackfill,
} from "@muster/proto";
import {
  type ApplyFillRequest,
  type Placement,
  PlacementState,
  type PlayerToSeat as PlayerToSeatMessage,
  type StartPlacementRequest,
  type UpdateServerSessionRequest,
  WatchSessionsResponse,
} from "@muster/proto/fleet";
import type { PlacementReport } from "../core/session-view.ts";
import type { BackfillUpdate, FeedMessage, FillRequest, PlacementRequest, PlayerToSeat } from "../ports.ts";

export function writeStartPlacement(request: PlacementRequest, owner: string): StartPlacementRequest {
  const { placementId, match, players, backfill } = request;
  return {
    placementId,
    queue: match.queue ?? "",
    owner,
    capacity: match.capacity,
    teams: match.teams.map((team) => ({ ...team })),
    players: players.map(writePlayerToSeat),
    properties: { ...match.properties },
    data: match.data,
    matchId: match.matchId,
    configuration: match.configuration,
    backfill: backfill && writeBackfill(backfill),
    matcherEndpoint: match.matcherEndpoint,
    capabilityKey: match.capabilityKey,
    timeoutMs: 0,
    regions: [...match.regions],
    name: match.session?.name ?? "",
    reservationTimeoutMs: match.session?.reservationMs,
    disconnectGraceMs: match.session?.disconnectGraceMs,
  };
}

export function writeApplyFill(request: FillRequest, knownRevision: number): ApplyFillRequest {
  return {
    fillId: request.fillId,
    battleSessionId: request.battleSessionId,
    expectedRosterVersion: request.expectedRosterVersion,
    newcomers: request.newcomers.map(writePlayerToSeat),
    backfill: writeBackfill(request.backfill),
    toleratesLeavers: request.toleratesLeavers,
    approvalTimeoutMs: request.approvalTimeoutMs ?? 0,
    knownRevision,
  };
}

export function writeUpdate(update: BackfillUpdate): UpdateServerSessionRequest {
  const { updateId, battleSessionId, backfill } = update;
  return { updateId, battleSessionId, backfill: writeBackfill(backfill) };
}

function writePlayerToSeat(player: PlayerToSeat): PlayerToSeatMessage {
  const { playerId, team, ticketId, attributes, latenciesMs, data } = player;
  return { playerId, team, ticketId, attributes: writeAttributes(attributes), latenciesMs: { ...latenciesMs }, data };
}

/** @throws {MusterError} FIELD_INVALID if the fleet sent a state that this build does not know. */
export function readPlacement(message: Placement | undefined): PlacementReport {
  if (!message) throw new MusterError("FIELD_INVALID", "Cannot read the fleet's answer as a placement: it has none");
  const placementId = message.placementId as PlacementId;
  const state = readWord("placement.state", PlacementState, message.state);
  if (state === "PENDING") return { placementId, state };
  if (state !== "FULFILLED") return { placementId, state, failure: message.failure };
  if (!message.session) {
    throw new MusterError("FIELD_INVALID", `Cannot read placement ${placementId} as fulfilled: it has no session`);
  }
  return { placementId, state, session: readBattleSession(message.session) };
}

/**
 * What the message says, one after the other. Nowhere but after the last of several can a watch be resumed: those before keep `handled`,
 * the token of the message before.
 *
 * @throws {MusterError} PEER_UNREACHABLE if the fleet sent several that are none.
 */
export function readFeedMessages({ resumeToken, event }: WatchSessionsResponse, handled: string): FeedMessage[] {
  if (event?.$case !== "several") return readFeedEvent(resumeToken, event);
  const last = event.value.messages.length - 1;
  return event.value.messages.flatMap((bytes, index) =>
    readFeedEvent(index === last ? resumeToken : handled, decodeOne(bytes).event),
  );
}

function decodeOne(bytes: Uint8Array): WatchSessionsResponse {
  try {
    return WatchSessionsResponse.decode(bytes);
  } catch (cause) {
    throw new MusterError("PEER_UNREACHABLE", "Cannot read on in the feed as a message of several is damaged", {
      cause,
    });
  }
}

/** Nothing of messages of newer fleets. */
function readFeedEvent(resumeToken: string, event: WatchSessionsResponse["event"]): [] | [FeedMessage] {
  switch (event?.$case) {
    case "snapshotBegin":
      return [{ resumeToken, type: "snapshot-begin" }];
    case "snapshotEnd":
      return [{ resumeToken, type: "snapshot-end" }];
    case "heartbeat":
      return [{ resumeToken, type: "heartbeat" }];
    case "session":
      return [{ resumeToken, type: "session", session: readBattleSession(event.value) }];
    case "sessionChange":
      return [{ resumeToken, type: "session-change", change: readSessionChange(event.value) }];
    case "placement":
      return [{ resumeToken, ...readPlacementEvent(event.value) }];
    case "several": // Not one within another.
    case undefined:
      return [];
  }
}

/** A brief feed names the session of a fulfilled placement, which it has told before; a fleet that knows no brief ones sends it along. */
function readPlacementEvent(message: Placement) {
  const { placementId, state, session, battleSessionId } = message;
  if (state !== PlacementState.FULFILLED || session) {
    return { type: "placement", report: readPlacement(message) } as const;
  }
  return {
    type: "placement-fulfilled",
    placementId: placementId as PlacementId,
    battleSessionId: battleSessionId as ServerSessionId,
  } as const;
}
