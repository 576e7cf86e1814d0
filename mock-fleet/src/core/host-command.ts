// What a sidecar asks of its fleet, and what it is answered, in plain values.
import type { CreationPolicy, CustomData, PlayerSession, PlayerSessionId, ServerSessionId } from "@muster/proto";

export type HostCommand =
  | { readonly type: "process-started"; readonly pid: number }
  | {
      readonly type: "process-ready";
      readonly ports: Readonly<Record<string, number>>;
      /** 0: the process did not say. */
      readonly concurrentSessions: number;
    }
  | { readonly type: "process-ending" }
  | { readonly type: "process-exited"; readonly how: string }
  | { readonly type: "process-unhealthy"; readonly why: string }
  | { readonly type: "activate-session"; readonly sessionId: ServerSessionId }
  | { readonly type: "end-session"; readonly sessionId: ServerSessionId }
  | {
      readonly type: "accept-seat";
      readonly playerSessionId: PlayerSessionId;
      readonly requestId: string;
      readonly reconnectSecret: string | undefined;
      /** The secret that the sidecar gave out on its own. */
      readonly givenReconnectSecret: string | undefined;
    }
  | { readonly type: "disconnect-seat"; readonly playerSessionId: PlayerSessionId }
  | { readonly type: "remove-seat"; readonly playerSessionId: PlayerSessionId }
  | {
      readonly type: "change-creation-policy";
      readonly sessionId: ServerSessionId;
      readonly creationPolicy: CreationPolicy;
    }
  | { readonly type: "report-custom-data"; readonly sessionId: ServerSessionId; readonly customData: CustomData };

export type CommandResult = {
  readonly acceptedSeat?:
    | {
        readonly sessionId: ServerSessionId;
        readonly playerSession: PlayerSession;
        readonly reconnectSecret: string;
      }
    | undefined;
  readonly seatExpiresAtMs?: number | undefined;
};

/** A command that was carried out. */
export type AnsweredCommand = {
  /** Empty: an older build answered it. */
  readonly bodyDigest: string;
  readonly result: CommandResult;
};

/** By command id, oldest first. */
export type CommandMemory = { readonly results: ReadonlyMap<string, AnsweredCommand> };

/** The memory as evolve.ts writes it. */
export type CommandFold = {
  readonly results: Map<string, AnsweredCommand>;
  /** The capture since which it is its own: it is copied before a change if there was another since. */
  readonly ownedSince: number;
};

/** Results that a process's commands are remembered by. A sidecar has far fewer commands in flight. */
export const COMMANDS_KEPT_MAX = 1_024;
