// The facts of the fleet, in plain values. Their meaning stands in proto/muster/journal/v1/fleet_facts.proto; grpc-free here,
// turned into records by fact-wire.ts. Times are journal time in ms unless their name says wall.
import type {
  Address,
  BattleSession,
  ErasureId,
  PlacementId,
  PlayerId,
  PlayerSessionId,
  ProcessId,
  ServerSessionId,
  SessionChange,
} from "@muster/proto";
import type { AliasTarget } from "./alias.ts";
import type { FleetControl, Scaling } from "./fleet-control.ts";
import type { CommandResult } from "./host-command.ts";
import type { LatencyPolicy } from "./latency-policy.ts";
import type { PlacementEnd, PlacementRequest } from "./placement.ts";
import type { Refusal } from "./session.ts";

export type FleetFact =
  | { readonly type: "opened"; readonly journalId: string }
  | {
      readonly type: "process-launched";
      readonly processId: ProcessId;
      readonly fleet: string;
      readonly region: string;
      readonly build: string;
      readonly launch: string;
      readonly hostNumber: number;
      readonly incarnation: number;
      readonly secret: string;
      readonly address: Address;
      readonly startedAtWallMs: number;
      /** When it is ended unless it is ready. Undefined: never. */
      readonly readyByMs: number | undefined;
    }
  | {
      readonly type: "process-attached";
      readonly processId: ProcessId;
      readonly attachGeneration: number;
      readonly pid: number | undefined;
    }
  | {
      readonly type: "process-became-ready";
      readonly processId: ProcessId;
      readonly ports: Readonly<Record<string, number>>;
      readonly concurrentSessions: number;
    }
  | {
      readonly type: "process-terminating";
      readonly processId: ProcessId;
      readonly reason: string;
      readonly deadlineMs: number;
    }
  | {
      readonly type: "process-ended";
      readonly processId: ProcessId;
      readonly reason: string;
      readonly crashed: boolean;
    }
  | { readonly type: "process-reachability-changed"; readonly processId: ProcessId; readonly unreachable: boolean }
  | {
      readonly type: "placement-started";
      readonly request: PlacementRequest;
      readonly bodyDigest: string;
      readonly expiresAtMs: number;
      readonly createdAtWallMs: number;
      /** That it goes by, lowest cap first. */
      readonly latencyPolicies: readonly LatencyPolicy[];
      /** Of a session that was created on its fleet. */
      readonly isDirect: boolean;
    }
  | {
      readonly type: "placement-ended";
      readonly placementId: PlacementId;
      readonly state: PlacementEnd;
      readonly failure: string | undefined;
      readonly endedAtWallMs: number;
    }
  /** By an operator. Undefined: as muster.json says again. */
  | { readonly type: "fleet-scaling-put"; readonly fleet: string; readonly scaling: Scaling | undefined }
  /** An elastic fleet is to have so many processes, and not to shrink again before. */
  | {
      readonly type: "fleet-scaled";
      readonly fleet: string;
      readonly processes: number;
      readonly cooldownUntilMs: number;
    }
  | { readonly type: "fleet-drain-put"; readonly fleet: string; readonly isDrained: boolean }
  | { readonly type: "fleet-build-put"; readonly fleet: string; readonly rollout: FleetControl["rollout"] }
  /** What its servers are started of has changed: crashes so far hold nothing back any more. */
  | { readonly type: "fleet-restarted"; readonly fleet: string }
  /** It takes no more sessions, and ends when those that it has are over, or at that time. */
  | {
      readonly type: "process-draining";
      readonly processId: ProcessId;
      readonly reason: string;
      readonly endByMs: number | undefined;
    }
  /** Undefined: nothing is set at run time any more, and muster.json says what the name stands for. */
  | { readonly type: "alias-put"; readonly name: string; readonly target: AliasTarget | undefined }
  | {
      readonly type: "session-started";
      readonly session: BattleSession;
      readonly placementId: PlacementId;
      readonly activateByMs: number;
    }
  | SessionChanged
  | {
      /** A fill that could have been applied later: its first answer stays its answer. */
      readonly type: "fill-refused";
      readonly sessionId: ServerSessionId;
      readonly request: { readonly id: string; readonly bodyDigest: string };
      readonly refusal: Refusal;
    }
  | {
      /** Whoever asked for the session, a matcher stands in its place. */
      readonly type: "session-adopted";
      readonly sessionId: ServerSessionId;
      readonly owner: string;
      readonly matcherEndpoint: string;
      readonly capabilityKey: Uint8Array;
    }
  | {
      readonly type: "command-answered";
      readonly processId: ProcessId;
      readonly commandId: string;
      /** Empty in facts of older builds. */
      readonly bodyDigest: string;
      readonly result: CommandResult;
    }
  | {
      /** Nothing that is remembered names the player from here on. */
      readonly type: "player-erased";
      readonly erasureId: ErasureId;
      readonly playerId: PlayerId;
      readonly playerDigest: string;
    }
  | { readonly type: "erasure-completed"; readonly erasureId: ErasureId }
  | {
      readonly type: "forgotten";
      readonly processIds: readonly ProcessId[];
      readonly placementIds: readonly PlacementId[];
      readonly sessionIds: readonly ServerSessionId[];
    };

export type SessionChanged = {
  readonly type: "session-changed";
  readonly change: SessionChange;
  /** The fill or update that made the change. */
  readonly request?: { readonly id: string; readonly bodyDigest: string } | undefined;
  readonly accepted?:
    | { readonly playerSessionId: PlayerSessionId; readonly requestId: string; readonly reconnectSecret: string }
    | undefined;
  /** SESSION_TERMINATING: when the session is closed even if the game does not end it. */
  readonly closeByMs?: number | undefined;
};
