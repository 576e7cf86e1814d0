// A session that somebody asks one fleet for, without queue and matcher: it is started on a free process at once, or refused.
import { drawId } from "@muster/kit";
import {
  type CreationPolicy,
  MusterError,
  type PlacementId,
  type ProtectionPolicy,
  type ServerSessionId,
  type Team,
} from "@muster/proto";
import { named, resolveDestination } from "./alias.ts";
import { creatorKey } from "./creations.ts";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import type { FleetSpec } from "./fleet-config.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { freeProcess } from "./free-process.ts";
import { type PlacementRequest, startSession } from "./placement.ts";
import { checkFree, nameIn } from "./project.ts";

export type SessionCreation = {
  /** Name of a fleet, or of an alias. */
  readonly fleet: string;
  readonly capacity: number;
  readonly teams: readonly Team[];
  readonly name: string | undefined;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
  readonly creationPolicy: CreationPolicy;
  /** Undefined: as the fleet's configuration says. */
  readonly protection: ProtectionPolicy | undefined;
  readonly creatorId: string | undefined;
  /** Undefined: one is drawn. */
  readonly sessionId: ServerSessionId | undefined;
  /** Undefined: each request without an id makes a session. */
  readonly idempotencyToken: string | undefined;
  readonly owner: string;
  /** As in a placement's request. */
  readonly project?: string | undefined;
  /** As in a placement's request. */
  readonly reservationMs?: number | undefined;
  readonly disconnectGraceMs?: number | undefined;
};

/**
 * Starts the session; a repeat of the same body under its token or id changes nothing.
 *
 * @throws {MusterError} ID_REUSED, FLEET_NOT_FOUND, FLEET_FULL, CREATOR_LIMIT_REACHED.
 */
export function createSession(
  state: FleetState,
  asked: {
    readonly creation: SessionCreation;
    readonly bodyDigest: string;
  },
  moment: Moment,
): Decision<ServerSessionId> {
  const { creation, bodyDigest } = asked;
  checkFree(state, creation);
  const placementId = placementIdFor(creation, moment);
  const known = findCreated(state, asked, placementId);
  if (known) return unchanged(known);
  const fleet = getFleet(state, creation.fleet, moment);
  checkCreator(state, fleet, creation, moment);
  const process = freeProcess(state, fleet, moment);
  if (!process) {
    throw new MusterError(
      "FLEET_FULL",
      `Cannot create a session on fleet ${fleet.name} as none of its processes is free`,
      {
        metadata: { fleet: fleet.name },
      },
    );
  }
  const { sessionId, creatorId, creationPolicy, protection } = creation;
  const request = requestOf(creation, { placementId, queue: fleet.name });
  const started = startSession(request, process, { sessionId, creatorId, creationPolicy, protection }, moment);
  const placed: FleetFact = {
    ...{ type: "placement-started", request, bodyDigest, expiresAtMs: started.activateByMs },
    ...{ createdAtWallMs: moment.wallMs, latencyPolicies: [], isDirect: true },
  };
  return { facts: [placed, started], reply: started.session.battleSessionId };
}

/** Of the placement that stands for the session: the same for every repeat under a token, else its own. */
function placementIdFor({ idempotencyToken, project }: SessionCreation, { random }: Moment): PlacementId {
  const id = idempotencyToken === undefined ? drawId("create", random) : createdBy(idempotencyToken, project);
  return id as PlacementId;
}

/** The token's own in its project: projects have no colon in their names. */
function createdBy(token: string, project: string | undefined): string {
  return project === undefined ? `create:${token}` : `create.${project}:${token}`;
}

/** The session that an earlier request of the same token or id made. @throws {MusterError} ID_REUSED if it had another body. */
function findCreated(
  state: FleetState,
  { creation, bodyDigest }: Parameters<typeof createSession>[1],
  placementId: PlacementId,
): ServerSessionId | undefined {
  const { sessionId } = creation;
  const named = sessionId && state.sessions.get(sessionId)?.placementId;
  const known = state.placements.get(placementId) ?? (named && state.placements.get(named));
  if (!known) return undefined;
  if (known.isDirect && known.bodyDigest === bodyDigest && known.sessionId !== undefined) return known.sessionId;
  throw new MusterError("ID_REUSED", "Cannot create a session under an id or token that came before with another body");
}

function getFleet(state: FleetState, name: string, { config }: Moment): FleetSpec {
  const destination = resolveDestination(named(state, { config }), name);
  if (destination.type === "fleet") return destination.fleet;
  throw new MusterError(
    "FLEET_NOT_FOUND",
    `Cannot create a session on ${name} as it stands for no fleet: ${destination.message}`,
    {
      metadata: { fleet: name },
    },
  );
}

/** @throws {MusterError} CREATOR_LIMIT_REACHED if the creator has created too many lately. */
function checkCreator(state: FleetState, fleet: FleetSpec, creation: SessionCreation, { nowMs }: Moment): void {
  const { creatorId, project } = creation;
  const { creatorLimit } = fleet;
  if (creatorId === undefined || !creatorLimit) return;
  const created = state.creations.get(creatorKey(nameIn(project, fleet.name), creatorId));
  let lately = 0;
  for (const atMs of created?.values() ?? []) if (atMs > nowMs - creatorLimit.periodMs) lately += 1;
  if (lately < creatorLimit.sessionsMax) return;
  const { sessionsMax, periodMs } = creatorLimit;
  throw new MusterError(
    "CREATOR_LIMIT_REACHED",
    `Cannot create a session on fleet ${fleet.name} as one creator may create ${sessionsMax} in ${periodMs / 1_000} s: these are ${lately} already`,
    { metadata: { limit: String(sessionsMax) } },
  );
}

/** The request of a placement that waits for nothing and seats nobody. */
function requestOf(
  creation: SessionCreation,
  { placementId, queue }: Pick<PlacementRequest, "placementId" | "queue">,
): PlacementRequest {
  const { owner, capacity, teams, properties, data, name, project, reservationMs, disconnectGraceMs } = creation;
  return {
    ...{ placementId, queue, owner, capacity, teams, players: [], properties, data },
    ...{ matchId: undefined, configuration: undefined, backfill: undefined, matcherEndpoint: "" },
    ...{ capabilityKey: new Uint8Array(), timeoutMs: undefined, regions: [] },
    ...(name === undefined ? {} : { name }),
    ...(project === undefined ? {} : { project }),
    ...(reservationMs === undefined ? {} : { reservationMs }),
    ...(disconnectGraceMs === undefined ? {} : { disconnectGraceMs }),
  };
}
