// A dedicated server without a process: what a script of its behaviour is given. Its words are the SDK's, so that the code of
// a real server and that of a simulated one look alike; beside them it has what only a simulation can do.
import {
  type Attributes,
  type Backfill,
  type BattleSession,
  type ChangeReason,
  type CreationPolicy,
  MusterError,
  type PlayerSession,
  readReason,
  writeEnum,
} from "@muster/proto";
import type { CommandResult } from "@muster/proto/fleet";
import { CreationPolicy as WirePolicy } from "@muster/proto/session";
import type { HostCommandBody } from "./simulated-sidecar.ts";

/** A seat of a session, as it was when it was asked for. */
export type SimulatedPlayer = PlayerSession & {
  /** The player's client connects, and is let in or refused with the reasons of the SDK's `acceptPlayerSession`. */
  accept(): Promise<void>;
  /** The player's connection breaks: the seat is held for the grace. */
  disconnect(): Promise<void>;
  /** The player has left for good. */
  remove(): Promise<void>;
};

export type SimulatedBackfillRequest = {
  readonly strategy?: "MAX_POSSIBLE" | "CUSTOM";
  readonly addPlayers?: Readonly<Record<string, number>>;
  readonly replace?: boolean;
};

/** A battle session of the process. The object stays the same for the session's life, its fields show what was last heard. */
export interface SimulatedSession
  extends Pick<
    BattleSession,
    | "battleSessionId"
    | "state"
    | "revision"
    | "teams"
    | "capacity"
    | "properties"
    | "data"
    | "creationPolicy"
    | "backfill"
    | "matchId"
    | "configuration"
    | "endCause"
  > {
  readonly players: readonly SimulatedPlayer[];
  activate(): Promise<void>;
  terminate(): Promise<void>;
  /** Asks the matcher that made the session for more players, as a sidecar does. */
  startBackfill(request?: SimulatedBackfillRequest): Promise<Backfill>;
  cancelBackfill(): Promise<Backfill>;
  setCreationPolicy(policy: CreationPolicy): Promise<void>;
}

export type SimulatedUpdate = {
  readonly session: SimulatedSession;
  readonly reason: ChangeReason;
  readonly added: readonly SimulatedPlayer[];
  readonly removed: readonly { readonly playerId: string; readonly playerSessionId: string }[];
  readonly updated: readonly SimulatedPlayer[];
  readonly backfill: Backfill | undefined;
};

export type SimulatedNewcomers = {
  readonly session: SimulatedSession;
  readonly newcomers: readonly {
    readonly playerId: string;
    readonly team: string | undefined;
    readonly ticketId: string | undefined;
    readonly attributes: Attributes;
  }[];
};

/** Whatever a handler throws is noted in the process's log; the process goes on. */
export interface SimulatedServer {
  readonly processId: string;
  readonly fleet: string;
  readonly region: string;
  readonly sessions: readonly SimulatedSession[];
  /** A battle is to be loaded. Without a handler it is activated at once. `activateBy` is undefined if it was activated before. */
  onStartBattleSession(
    handler: (session: SimulatedSession, options: { readonly activateBy: Date | undefined }) => unknown,
  ): void;
  /** A session changed. When the reason is SESSION_TERMINATING it is to end; without a handler it does. */
  onBattleSessionUpdated(handler: (update: SimulatedUpdate) => unknown): void;
  /** Asked before newcomers get seats. Only `true`, or a promise of it, lets them in. Without a handler they are welcome. */
  approveFill(handler: (proposed: SimulatedNewcomers) => unknown): void;
  /** The process is to end before the deadline: call `processEnding()`. Without a handler it does at once. */
  onProcessTerminate(handler: (notice: { readonly deadline: Date; readonly reason: string }) => unknown): void;
  /** The process takes sessions from now on. Called for the script when it has returned, unless it has called it. */
  processReady(options?: { readonly concurrentSessions?: number }): Promise<void>;
  /** The process exits, in order; its sessions end. */
  processEnding(): Promise<void>;
  acceptPlayerSession(playerSessionId: string): Promise<void>;
  /** Resolves after so many ms of the fleet's time; never once the process has ended. */
  sleep(delayMs: number): Promise<void>;
  /** In [0, 1), from the seed of the fleet and the number of the process. */
  random(): number;
  /** A line of the process's output. */
  log(text: string): void;
  /** The game is gone, as after a fault of its own. `how` is what its fleet is told: "SIGSEGV" unless given. */
  crash(how?: string): void;
}

/** The default export of a script: called once for each process that starts. */
export type SimulatedScript = (server: SimulatedServer) => unknown;

/** What a session, or a player, can do: kept apart, so that a handle holds one reference. */
export type SessionCalls = {
  command(body: HostCommandBody): Promise<CommandResult>;
  accept(playerSessionId: string): Promise<void>;
  startBackfill(sessionId: string, request: SimulatedBackfillRequest): Promise<Backfill>;
  cancelBackfill(sessionId: string): Promise<Backfill>;
};

/** The handle behind `SimulatedSession`. */
export class SessionHandle implements SimulatedSession {
  readonly #calls: SessionCalls;
  /** As last folded. */
  value: BattleSession;
  /** Callbacks of the session that have not returned: the next waits for them. */
  callbacks: Promise<unknown> | undefined;

  constructor(value: BattleSession, calls: SessionCalls) {
    this.value = value;
    this.#calls = calls;
  }

  get battleSessionId() {
    return this.value.battleSessionId;
  }
  get state() {
    return this.value.state;
  }
  get revision() {
    return this.value.revision;
  }
  get teams() {
    return this.value.teams;
  }
  get capacity() {
    return this.value.capacity;
  }
  get properties() {
    return this.value.properties;
  }
  get data() {
    return this.value.data;
  }
  get creationPolicy() {
    return this.value.creationPolicy;
  }
  get backfill() {
    return this.value.backfill;
  }
  get matchId() {
    return this.value.matchId;
  }
  get configuration() {
    return this.value.configuration;
  }
  get endCause() {
    return this.value.endCause;
  }
  get players() {
    return this.value.playerSessions.map((seat) => this.playerOf(seat));
  }

  async activate() {
    await this.#calls.command({ $case: "activateSession", value: { battleSessionId: this.battleSessionId } });
  }
  async terminate() {
    await this.#calls.command({ $case: "endSession", value: { battleSessionId: this.battleSessionId } });
  }
  startBackfill(request: SimulatedBackfillRequest = {}) {
    return this.#calls.startBackfill(this.battleSessionId, request);
  }
  cancelBackfill() {
    return this.#calls.cancelBackfill(this.battleSessionId);
  }
  async setCreationPolicy(policy: CreationPolicy) {
    const { battleSessionId } = this;
    const value = { battleSessionId, creationPolicy: writeEnum(WirePolicy, policy) };
    await this.#calls.command({ $case: "changeCreationPolicy", value });
  }

  playerOf(seat: PlayerSession): SimulatedPlayer {
    const { playerSessionId } = seat;
    const calls = this.#calls;
    const tell = async ($case: "disconnectSeat" | "removeSeat") => {
      await calls.command({ $case, value: { playerSessionId } });
    };
    return {
      ...seat,
      accept: () => calls.accept(playerSessionId),
      disconnect: () => tell("disconnectSeat"),
      remove: () => tell("removeSeat"),
    };
  }
}

/** The result of a command. @throws {MusterError} what the fleet refused it with. */
export function unwrap(result: CommandResult): CommandResult {
  if (!result.error) return result;
  const { reason, message, metadata } = result.error;
  throw new MusterError(readReason(reason, "UNKNOWN"), message, { metadata });
}
