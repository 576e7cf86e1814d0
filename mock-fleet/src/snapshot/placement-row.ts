// A placement as a message of a snapshot, read back when somebody asks for more than its session.
import { invariant } from "@muster/kit";
import { encodeMessage, type PlayerId, type ProcessId, readWord, type ServerSessionId, writeEnum } from "@muster/proto";
import { PlacementState } from "@muster/proto/fleet";
import * as wire from "@muster/proto/journal-fleet";
import type { Placement } from "../core/placement.ts";
import { readLatencyPolicies, writeLatencyPolicies } from "../grpc/latency-policy-wire.ts";
import { readPlacementRequest, writePlacementRequest } from "../grpc/placement-wire.ts";

export function writePlacement(placement: Placement): Uint8Array {
  if (placement instanceof StoredPlacement) return placement.row;
  const { end } = placement;
  return encodeMessage(wire.SnapshotPlacement, {
    request: writePlacementRequest(placement.request),
    bodyDigest: placement.bodyDigest,
    createdAtWallMs: placement.createdAtWallMs,
    tried: [...placement.tried],
    state: writeEnum(PlacementState, end?.state ?? "PENDING"),
    failure: end?.failure ?? "",
    endedAtWallMs: end?.endedAtWallMs ?? 0,
    startedAtMs: placement.startedAtMs,
    latencyPolicies: writeLatencyPolicies(placement.latencyPolicies),
    direct: placement.isDirect,
    project: placement.request.project ?? "",
  });
}

/** The placement with its row in place of what the row is made of. */
export function putPlacementAway(placement: Placement): StoredPlacement {
  if (placement instanceof StoredPlacement) return placement;
  const { sessionId, expiresAtMs } = placement;
  return new StoredPlacement({ sessionId, expiresAtMs, endedMs: endedMsOf(placement), row: writePlacement(placement) });
}

/** When it ended; undefined while it is PENDING. */
export function endedMsOf(placement: Placement): number | undefined {
  return placement instanceof StoredPlacement ? placement.endedMs : placement.end?.endedAtMs;
}

export type PlacementRow = {
  readonly sessionId: ServerSessionId | undefined;
  readonly expiresAtMs: number;
  /** Undefined while it is PENDING. */
  readonly endedMs: number | undefined;
  /** SnapshotPlacement. */
  readonly row: Uint8Array;
};

/** A placement of which the row is kept. Decoded once somebody asks. */
export class StoredPlacement implements Placement {
  readonly row: Uint8Array;
  readonly sessionId: ServerSessionId | undefined;
  readonly expiresAtMs: number;
  readonly endedMs: number | undefined;
  #rest: Rest | undefined;

  constructor({ row, sessionId, expiresAtMs, endedMs }: PlacementRow) {
    this.row = row;
    this.sessionId = sessionId;
    this.expiresAtMs = expiresAtMs;
    this.endedMs = endedMs;
  }

  readonly mayName = (playerId: PlayerId): boolean => Buffer.from(this.row).includes(playerId);

  get request(): Placement["request"] {
    return this.#decoded.request;
  }
  get bodyDigest(): string {
    return this.#decoded.bodyDigest;
  }
  get startedAtMs(): number {
    return this.#decoded.startedAtMs;
  }
  get latencyPolicies(): Placement["latencyPolicies"] {
    return this.#decoded.latencyPolicies;
  }
  get isDirect(): boolean {
    return this.#decoded.isDirect;
  }
  get createdAtWallMs(): number {
    return this.#decoded.createdAtWallMs;
  }
  get tried(): Placement["tried"] {
    return this.#decoded.tried;
  }
  get end(): Placement["end"] {
    return this.endedMs === undefined ? undefined : this.#decoded.end;
  }
  get #decoded(): Rest {
    this.#rest ??= readRow(this.row, this.endedMs);
    return this.#rest;
  }
}

type Rest = Omit<Placement, "sessionId" | "expiresAtMs">;

function readRow(row: Uint8Array, endedAtMs: number | undefined): Rest {
  const { request, bodyDigest, createdAtWallMs, tried, failure, endedAtWallMs, startedAtMs, ...message } =
    wire.SnapshotPlacement.decode(row);
  invariant(request, "a placement was started by a request");
  const state = readWord("state", PlacementState, message.state);
  const hasEnded = endedAtMs !== undefined && state !== "PENDING";
  const end = hasEnded ? { state, failure: failure || undefined, endedAtMs, endedAtWallMs } : undefined;
  return {
    ...{
      request: readPlacementRequest(request, message.project || undefined),
      bodyDigest,
      startedAtMs,
      createdAtWallMs,
      end,
    },
    latencyPolicies: readLatencyPolicies(message.latencyPolicies),
    isDirect: message.direct,
    tried: new Set(tried as ProcessId[]),
  };
}
