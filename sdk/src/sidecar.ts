// The connection to the sidecar as the game holds it: calls, callbacks, and an end that everybody hears of.
import type { MusterError } from "@muster/proto";
import type { BattleSession } from "./battle-session.ts";
import type { ErrorHandler } from "./callbacks.ts";
import type { ApproveFillHandler } from "./fill-approval.ts";
import type { HealthHandler } from "./health.ts";
import type { Player } from "./player.ts";
import type { StartHandler, UpdateHandler } from "./sessions.ts";
import type { ReadyOptions, SeatSelection, Waiting } from "./sidecar-calls.ts";
import type { TerminateHandler } from "./termination.ts";
import type { AnyGame, GameTypes } from "./validators.ts";

/** What became of the connection. */
export type ConnectionChange =
  | { readonly state: "CONNECTED" }
  /** The sidecar went away; it is looked for until it is back. Calls wait for it within their deadline. */
  | { readonly state: "RECONNECTING"; readonly error: MusterError }
  /** Nothing more will be heard; `error` if the sidecar refused us. */
  | { readonly state: "CLOSED"; readonly error: MusterError | undefined };

export type AcceptOptions = Waiting & {
  /** Of the first accept, as the client presents it. Needed only to return after a broken connection. */
  readonly reconnectSecret?: string | undefined;
};

export type AcceptedPlayer<Types extends GameTypes = AnyGame> = {
  readonly session: BattleSession<Types>;
  readonly player: Player<Types>;
  /** Give it to the client: it proves, after a broken connection, that the same client returns. A secret. */
  readonly reconnectSecret: string;
};

/** A seat as it was when the sidecar was asked. */
export type PlayerSeat<Types extends GameTypes = AnyGame> = Pick<
  Player<Types>,
  "playerSessionId" | "playerId" | "team" | "ticketId" | "state" | "attributes" | "data" | "expiresAt"
> & { readonly battleSessionId: string };

/**
 * The sidecar of this process. There is one handler of each kind: a second one takes the first one's place, and one that
 * is registered late still hears what it missed.
 */
export interface Sidecar<Types extends GameTypes = AnyGame> extends AsyncDisposable {
  /** The id of this process in its fleet. */
  readonly processId: string;
  /** The sidecar's version, such as "0.1.0". */
  readonly sidecarVersion: string;
  /** What the sidecar can do beyond its first version: "CUSTOM_DATA", "PLAYER_SESSIONS", …. */
  readonly sidecarFeatures: readonly string[];
  readonly connection: ConnectionChange["state"];
  /** The battle sessions of this process that are not over, in the order in which they came. */
  readonly sessions: readonly BattleSession<Types>[];
  /** Resolves when the process has announced its end or `close` was called; rejects when the sidecar refuses us for good. */
  readonly finished: Promise<void>;

  /**
   * A battle is to be loaded: load, then call `session.activate()`. If the handler throws, the session is terminated.
   *
   * @example
   * sidecar.onStartBattleSession(async (session) => {
   *   await loadMap(session.properties.map);
   *   await session.activate();
   * });
   */
  onStartBattleSession(handler: StartHandler<Types>): void;
  /**
   * A session changed: players came or went, its backfill moved on, it is to end. Called once for each change, in order,
   * one after another per session, each after the start handler of its session has returned.
   *
   * When the reason is SESSION_TERMINATING the game is to end the battle with `session.terminate()`; without a handler the
   * SDK does.
   *
   * @example
   * sidecar.onBattleSessionUpdated(({ session, added, removed }) => {
   *   for (const player of added) lobby.expect(player);
   *   for (const player of removed) lobby.drop(player);
   * });
   */
  onBattleSessionUpdated(handler: UpdateHandler<Types>): void;
  /**
   * Asked before newcomers get seats, where the configuration leaves that to the game (`backfill.approvalTimeoutMs`). Only `true`
   * lets them in: whatever else, throwing, and not answering in time turn them away, and they do not come to this battle
   * again. All newcomers of a fill come or none of them. Without a handler nobody comes, and `onError` hears of it.
   *
   * @example
   * sidecar.approveFill(({ session, newcomers }) => newcomers.every(({ playerId }) => !banned.has(playerId)));
   */
  approveFill(handler: ApproveFillHandler<Types>): void;
  /**
   * Asked every few seconds whether the process is well. Whatever is not `true`, throwing, or not answering within the
   * check's time (2.5 s unless configured) counts as ill. Without a handler the process is well for as long as its event loop answers.
   */
  onHealthCheck(handler: HealthHandler): void;
  /**
   * The process is to end before the deadline: finish, call `processEnding()`, exit. Without a handler the SDK does that
   * at once: 1 s is left for a handler to be registered, then it announces the end and exits with code 0.
   */
  onProcessTerminate(handler: TerminateHandler): void;
  /** The connection was lost, is back, or has ended. The SDK reconnects by itself: this is for logs and displays. */
  onConnectionChange(handler: (change: ConnectionChange) => void): void;
  /** Takes the place of console.error for what no call of the game's could throw. */
  onError(handler: ErrorHandler): void;

  /**
   * The process is loaded and takes battle sessions from now on. A repeat changes nothing.
   *
   * @throws {MusterError} FIELD_INVALID for a port or count out of its range.
   */
  processReady(options?: ReadyOptions): Promise<void>;
  /**
   * The process is about to exit by its own will: its sessions end, and the connection is closed. Exit afterwards. A
   * repeat changes nothing.
   */
  processEnding(options?: Waiting): Promise<void>;
  /**
   * A client presented its player session id: it is let in once. A player who lost the connection comes back only with
   * the reconnect secret of the first accept.
   *
   * A call that had no answer (PEER_UNREACHABLE, DEADLINE_PASSED …) may have let the player in: call again with the same id
   * when the client tries again, and it goes on where that one was.
   *
   * @example
   * const { player, reconnectSecret } = await sidecar.acceptPlayerSession(message.playerSessionId);
   * socket.on("close", () => player.disconnect().catch(report));
   *
   * @throws {MusterError} PLAYER_SESSION_NOT_FOUND, PLAYER_SESSION_ALREADY_ACCEPTED, PLAYER_SESSION_EXPIRED,
   *   PLAYER_SESSION_ENDED, RECONNECT_SECRET_WRONG, SESSION_NOT_ACTIVE.
   */
  acceptPlayerSession(playerSessionId: string, options?: AcceptOptions): Promise<AcceptedPlayer<Types>>;
  /**
   * Seats in use as the sidecar knows them now, in the order in which they were given: by session, by player or the one of
   * an id. `session.players` is the same, as last heard, without a call.
   *
   * @example
   * const seats = await sidecar.describePlayerSessions({ playerId: "anna", state: "ACTIVE" });
   *
   * @throws {MusterError} FIELD_INVALID, SERVER_SESSION_NOT_FOUND.
   */
  describePlayerSessions(selection: SeatSelection, options?: Waiting): Promise<readonly PlayerSeat<Types>[]>;
  /** Lets go of the sidecar without a word: calls in flight reject with CALL_CANCELLED. A repeat changes nothing. */
  close(): Promise<void>;
}
