// A placement: the request for one server session. PENDING until it has an end; its attempts follow one another, each on a
// process that was not tried before.
import {
  type Attributes,
  type Backfill,
  type CreationPolicy,
  type MatchId,
  MusterError,
  newId,
  type PlacementId,
  type PlayerId,
  type PlayerSession,
  type ProcessId,
  type ProtectionPolicy,
  type ServerSessionId,
  type Team,
  type TicketId,
} from "@muster/proto";
import { named } from "./alias.ts";
import type { Deadline } from "./deadline.ts";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import { isWithin, rankDestinations, suits } from "./destinations.ts";
import { findFleet } from "./fleet-config.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { freeProcess } from "./free-process.ts";
import { fleetsOf, whyHopeless } from "./hopeless.ts";
import { capAfter, type LatencyPolicy, loosensAfterMs } from "./latency-policy.ts";
import type { ServerProcess } from "./process.ts";
import { processesOf } from "./process-index.ts";
import { checkFree } from "./project.ts";
import { bringsLatencies } from "./region-latency.ts";
import { terminateSession } from "./session.ts";

export type PlayerToSeat = {
  readonly playerId: PlayerId;
  /** Undefined in a session without teams. */
  readonly team: string | undefined;
  readonly ticketId: TicketId | undefined;
  readonly attributes: Attributes;
  readonly latenciesMs: Readonly<Record<string, number>>;
  /** For the game server. Absent: none. */
  readonly data?: string | undefined;
};

export type PlacementRequest = {
  readonly placementId: PlacementId;
  readonly queue: string;
  readonly owner: string;
  /** Whose it is, and the session of it. Absent: the default project's. */
  readonly project?: string | undefined;
  readonly capacity: number;
  readonly teams: readonly Team[];
  readonly players: readonly PlayerToSeat[];
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
  readonly matchId: MatchId | undefined;
  readonly configuration: string | undefined;
  readonly backfill: Backfill | undefined;
  readonly matcherEndpoint: string;
  /** A secret. */
  readonly capabilityKey: Uint8Array;
  /** Undefined: the queue's setting. */
  readonly timeoutMs: number | undefined;
  /** Where the session may run. Empty: anywhere. */
  readonly regions: readonly string[];
  /** Of the session, for people. */
  readonly name?: string | undefined;
  /** How long seats are held for players who have not come. Undefined: as the fleet says. */
  readonly reservationMs?: number | undefined;
  /** How long they are held for players whose connection broke. Undefined: as the fleet says. */
  readonly disconnectGraceMs?: number | undefined;
};

export type PlacementEnd = "FULFILLED" | "CANCELLED" | "TIMED_OUT" | "FAILED";

export type Placement = {
  readonly request: PlacementRequest;
  readonly bodyDigest: string;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
  readonly createdAtWallMs: number;
  /** The caps of its queue as they were when it started, lowest first; none where its players bring no latencies. */
  readonly latencyPolicies: readonly LatencyPolicy[];
  /** Of a session that was created on its fleet, which stands in place of the queue: it fails with that session. */
  readonly isDirect: boolean;
  /** The session of the last attempt. */
  readonly sessionId: ServerSessionId | undefined;
  /** Processes that an attempt was made on. */
  readonly tried: ReadonlySet<ProcessId>;
  /** Undefined while PENDING. */
  readonly end:
    | {
        readonly state: PlacementEnd;
        readonly failure: string | undefined;
        readonly endedAtMs: number;
        readonly endedAtWallMs: number;
      }
    | undefined;
  /** Whether the request may name the player, from whom can tell without reading it. */
  readonly mayName?: (playerId: PlayerId) => boolean;
};

/** Teams that a message names before it stops. */
const TEAMS_SHOWN = 8;

export function teamUnknown(who: string, team: string | undefined, teams: readonly Team[]): MusterError {
  const more = teams.length > TEAMS_SHOWN ? ` and ${teams.length - TEAMS_SHOWN} more` : "";
  const known = teams.slice(0, TEAMS_SHOWN).map((one) => one.name);
  const why = `Cannot seat ${who} in team ${team ?? "none"}: there is ${known.join(", ") || "no team"}${more}`;
  return new MusterError("TEAM_UNKNOWN", why, { metadata: { team: team ?? "" } });
}

/** @throws {MusterError} PLACEMENT_NOT_FOUND */
export function getPlacement(state: FleetState, placementId: PlacementId): Placement {
  const placement = state.placements.get(placementId);
  if (placement) return placement;
  throw new MusterError(
    "PLACEMENT_NOT_FOUND",
    `Cannot use placement ${placementId} as the fleet knows none of that id`,
  );
}

/**
 * Accepts the request; a repeat of the same body changes nothing. It is FAILED at once if no destination can ever serve it.
 *
 * @throws {MusterError} ID_REUSED, QUEUE_NOT_FOUND.
 */
export function startPlacement(
  state: FleetState,
  asked: { readonly request: PlacementRequest; readonly bodyDigest: string },
  moment: Moment,
): Decision<PlacementId> {
  const { request, bodyDigest } = asked;
  const { placementId } = request;
  checkFree(state, { placementId });
  const known = state.placements.get(placementId);
  if (known) {
    if (known.bodyDigest === bodyDigest) return unchanged(placementId);
    throw new MusterError(
      "ID_REUSED",
      `Cannot start placement ${placementId} with another body: the id came before, ${known.end?.state ?? "PENDING"}`,
    );
  }
  const queue = moment.config.queues.find((one) => one.name === request.queue);
  if (!queue) {
    throw new MusterError("QUEUE_NOT_FOUND", `Cannot place on queue ${request.queue} as there is none of that name`, {
      metadata: { queue: request.queue },
    });
  }
  const timeoutMs = request.timeoutMs ?? queue.timeoutMs;
  const latencyPolicies = bringsLatencies(request.players) ? queue.latencyPolicies : [];
  const started: FleetFact = {
    type: "placement-started",
    request,
    bodyDigest,
    expiresAtMs: moment.nowMs + timeoutMs,
    createdAtWallMs: moment.wallMs,
    latencyPolicies,
    isDirect: false,
  };
  const capMs = capAfter(latencyPolicies, timeoutMs - 1);
  const hopeless = whyHopeless(queue, { request, capMs }, named(state, moment));
  if (hopeless === undefined) return { facts: [started], reply: placementId };
  const failure = `Cannot place on queue ${queue.name} as ${hopeless}`;
  return { facts: [started, endPlacement(placementId, "FAILED", moment, failure)], reply: placementId };
}

/**
 * Ends a pending placement, and the session that was being made for it. A repeat changes nothing.
 *
 * @throws {MusterError} PLACEMENT_NOT_FOUND; PLACEMENT_ENDED if it is FULFILLED: its session lives on.
 */
export function stopPlacement(state: FleetState, placementId: PlacementId, moment: Moment): Decision<PlacementId> {
  const placement = getPlacement(state, placementId);
  if (!placement.end) return { facts: giveUp(state, placement, "CANCELLED", moment), reply: placementId };
  if (placement.end.state !== "FULFILLED") return unchanged(placementId);
  throw new MusterError("PLACEMENT_ENDED", `Cannot stop placement ${placementId} as it has ended: it is FULFILLED`, {
    metadata: { state: "FULFILLED" },
  });
}

/** Another placement. Spelt out, as a placement of a snapshot has accessors, which a spread leaves out. */
export function changePlacement(placement: Placement, change: Partial<Placement>): Placement {
  const { request, bodyDigest, startedAtMs, expiresAtMs, createdAtWallMs, latencyPolicies } = placement;
  const { isDirect, sessionId, tried, end } = placement;
  return {
    ...{ request, bodyDigest, startedAtMs, expiresAtMs, createdAtWallMs, latencyPolicies },
    ...{ isDirect, sessionId, tried, end },
    ...change,
  };
}

/** When a pending placement is to be looked at by itself. */
export function deadlinesOfPlacement(placement: Placement): readonly Deadline[] {
  const { startedAtMs, expiresAtMs, latencyPolicies } = placement;
  const { placementId } = placement.request;
  return [
    { type: "placement-expires", atMs: expiresAtMs, placementId },
    ...loosensAfterMs(latencyPolicies, expiresAtMs - startedAtMs).map((afterMs): Deadline => {
      return { type: "latency-cap-rises", atMs: startedAtMs + afterMs, placementId };
    }),
  ];
}

/** The time of a pending placement is over; of a direct one when its session has not come alive. */
export function placementExpires(state: FleetState, placement: Placement, moment: Moment): readonly FleetFact[] {
  if (!placement.isDirect) return giveUp(state, placement, "TIMED_OUT", moment);
  const { placementId, queue } = placement.request;
  const failure = `Cannot start a session on fleet ${queue} as its game has to load it: it did not`;
  return [endPlacement(placementId, "FAILED", moment, failure)];
}

/** Ends a pending placement without a session. */
export function giveUp(
  state: FleetState,
  placement: Placement,
  end: "CANCELLED" | "TIMED_OUT",
  moment: Moment,
): readonly FleetFact[] {
  const battle = placement.sessionId && state.sessions.get(placement.sessionId)?.battle;
  const ended = endPlacement(placement.request.placementId, end, moment);
  return battle?.state === "ACTIVATING" ? [ended, terminateSession(battle, moment)] : [ended];
}

export function endPlacement(
  placementId: PlacementId,
  state: PlacementEnd,
  moment: Moment,
  failure?: string,
): FleetFact {
  return { type: "placement-ended", placementId, state, failure, endedAtWallMs: moment.wallMs };
}

/** Hands the placement to the first process of its destinations that can take it; nothing if it waits. */
export function placeNext(state: FleetState, placement: Placement, moment: Moment): readonly FleetFact[] {
  if (!state.waitingPlacements.has(placement.request.placementId)) return [];
  const process = chooseProcess(state, placement, moment);
  return process ? [startSession(placement.request, process, {}, moment)] : [];
}

/** What a session has that its placement does not say. */
export type SessionWishes = {
  /** Default: one that is drawn. */
  readonly sessionId?: ServerSessionId | undefined;
  readonly creationPolicy?: CreationPolicy | undefined;
  readonly creatorId?: string | undefined;
  readonly protection?: ProtectionPolicy | undefined;
};

/** A session for the request on the process, which loads it from now on. */
export function startSession(
  request: PlacementRequest,
  process: ServerProcess,
  { sessionId, creationPolicy, creatorId, protection }: SessionWishes,
  moment: Moment,
): Extract<FleetFact, { readonly type: "session-started" }> {
  return {
    type: "session-started",
    placementId: request.placementId,
    activateByMs: moment.nowMs + (findFleet(moment.config, process.fleet)?.activationTimeoutMs ?? 60_000),
    session: {
      battleSessionId: sessionId ?? newId("server-session", moment.random),
      revision: 1,
      rosterVersion: 1,
      state: "ACTIVATING",
      teams: request.teams,
      capacity: request.capacity,
      playerSessions: [],
      properties: request.properties,
      data: request.data,
      creationPolicy: creationPolicy ?? "ACCEPT_ALL",
      backfill: request.backfill,
      matchId: request.matchId,
      configuration: request.configuration,
      address: undefined,
      processId: process.processId,
      incarnation: process.incarnation,
      fleet: process.fleet,
      region: process.region,
      createdAtMs: moment.wallMs,
      unreachable: false,
      endCause: undefined,
      ...(request.name === undefined ? {} : { name: request.name }),
      ...(creatorId === undefined ? {} : { creatorId }),
      ...(protection === undefined ? {} : { protection }),
    },
  };
}

/**
 * The destinations in their order, first those that no attempt was made on: a fleet that has just failed to bring a session to
 * life will likely fail again.
 */
function chooseProcess(state: FleetState, placement: Placement, moment: Moment): ServerProcess | undefined {
  const { request, tried, latencyPolicies, startedAtMs } = placement;
  const queue = moment.config.queues.find((one) => one.name === request.queue);
  if (!queue) return undefined;
  const capMs = capAfter(latencyPolicies, moment.nowMs - startedAtMs);
  const open = fleetsOf(queue, named(state, moment), request.project).filter(
    ({ name, region }) =>
      processesOf(state.processIndex, name).open.size > 0 && suits(request, region) && isWithin(request, region, capMs),
  );
  const triedFleets = new Set([...tried].map((processId) => state.processes.get(processId)?.fleet));
  const ranked = rankDestinations(open, queue, request);
  const inTurn = [
    ...ranked.filter(({ name }) => !triedFleets.has(name)),
    ...ranked.filter(({ name }) => triedFleets.has(name)),
  ];
  for (const fleet of inTurn) {
    const process = freeProcess(state, fleet, moment, tried);
    if (process) return process;
  }
  return undefined;
}

/** A seat for a player, its reservation counted from now. */
export function reserveSeat(player: PlayerToSeat, reservationMs: number, moment: Moment): PlayerSession {
  return {
    playerSessionId: newId("player-session", moment.random),
    playerId: player.playerId,
    team: player.team,
    ticketId: player.ticketId,
    state: "RESERVED",
    attributes: player.attributes,
    expiresAtMs: moment.nowMs + reservationMs,
    ...(player.data === undefined ? {} : { data: player.data }),
  };
}
