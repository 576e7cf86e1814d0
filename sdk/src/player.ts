// One player as the game holds them: a handle that stays the same object while what it shows moves on.
import { fingerprint, type PlayerSession, type PlayerSessionState, type SeatEndCause } from "@muster/proto";
import type { BattleSession } from "./battle-session.ts";
import type { AcceptAttempt, SidecarCalls, Waiting } from "./sidecar-calls.ts";
import type { AnyGame, GameReader, GameTypes } from "./validators.ts";

/**
 * A player's seat in a battle session. The object stays the same for as long as the seat exists, its fields show the
 * latest that the sidecar said.
 */
export interface Player<Types extends GameTypes = AnyGame> {
  /** A secret between game and client: whoever presents it takes the seat. Never log it. */
  readonly playerSessionId: string;
  readonly playerId: string;
  /** The team, such as "red"; undefined in a session without teams. */
  readonly team: string | undefined;
  /** The ticket that brought the player; undefined if none did. */
  readonly ticketId: string | undefined;
  /** RESERVED until accepted, ACTIVE, DISCONNECTED within the grace; COMPLETED or TIMED_OUT once the seat has ended. */
  readonly state: PlayerSessionState;
  /** The player's attributes as the ticket gave them, the rule set's defaults filled in. */
  readonly attributes: Types["attributes"];
  /** What the backend gave this server of the player, untouched, at most 2,048 characters. Undefined: nothing. */
  readonly data: string | undefined;
  /** When the reservation (RESERVED) or the grace (DISCONNECTED) runs out, by the fleet's clock. */
  readonly expiresAt: Date | undefined;
  /**
   * Where the seat stands in its ticket's trace, as a W3C `traceparent`: give it to OpenTelemetry as the parent of what your server
   * tells of the player. Undefined: the fleet tells of no traces, or not of this one.
   */
  readonly traceparent: string | undefined;
  /** Why the seat ended. Undefined while it exists, and where the end came to light only later. */
  readonly endCause: SeatEndCause | undefined;
  readonly session: BattleSession<Types>;

  /**
   * The client's connection broke: the seat is held for the grace, and the client may come back with the reconnect
   * secret. A repeat changes nothing.
   *
   * @throws {MusterError} PLAYER_SESSION_NOT_FOUND, PLAYER_SESSION_ENDED, PHASE_CONFLICT if never accepted.
   */
  disconnect(options?: Waiting): Promise<void>;
  /**
   * The player has left for good: the seat is free at once, and a running backfill looks for somebody else. A repeat
   * changes nothing.
   *
   * @example
   * socket.on("close", () => player.remove().catch(report));
   *
   * @throws {MusterError} PLAYER_SESSION_NOT_FOUND.
   */
  remove(options?: Waiting): Promise<void>;
}

const ENDED: ReadonlySet<PlayerSessionState> = new Set(["COMPLETED", "TIMED_OUT"]);

/** The handle behind `Player`; what `Player` does not have is the registry's. */
export class PlayerHandle implements Player {
  readonly session: BattleSession;
  readonly #calls: SidecarCalls;
  readonly #attributes: AnyGame["attributes"];
  #seat: PlayerSession;
  #endCause: SeatEndCause | undefined;
  #brokenOff = false;
  #admittedBy: AcceptAttempt | undefined;

  constructor(
    session: BattleSession,
    options: { readonly seat: PlayerSession; readonly calls: SidecarCalls; readonly reader: GameReader },
  ) {
    this.session = session;
    this.#seat = options.seat;
    this.#calls = options.calls;
    // They are the ticket's, and stay as they are for as long as the seat exists.
    this.#attributes = options.reader.attributes(options.seat.attributes, session.battleSessionId);
  }

  get playerSessionId(): string {
    return this.#seat.playerSessionId;
  }
  get playerId(): string {
    return this.#seat.playerId;
  }
  get team(): string | undefined {
    return this.#seat.team;
  }
  get ticketId(): string | undefined {
    return this.#seat.ticketId;
  }
  get state(): PlayerSessionState {
    return this.#seat.state;
  }
  get attributes(): AnyGame["attributes"] {
    return this.#attributes;
  }
  get data(): string | undefined {
    return this.#seat.data;
  }
  get expiresAt(): Date | undefined {
    return this.#seat.expiresAtMs === undefined ? undefined : new Date(this.#seat.expiresAtMs);
  }
  get traceparent(): string | undefined {
    return this.#seat.traceparent;
  }
  get endCause(): SeatEndCause | undefined {
    return this.#endCause;
  }
  get ended(): boolean {
    return ENDED.has(this.#seat.state);
  }
  /** The game has said that the connection broke, and the player has not come back: whatever older news show. */
  get brokenOff(): boolean {
    return this.#brokenOff;
  }

  async disconnect(options: Waiting = {}): Promise<void> {
    const { expiresAtMs } = await this.#calls.disconnectPlayerSession(this.playerSessionId, options);
    this.#brokenOff = true;
    if (!this.ended) this.show({ ...this.#seat, state: "DISCONNECTED", expiresAtMs });
  }

  /** The attempt by which the client was let in; undefined while nobody is there. */
  get admittedBy(): AcceptAttempt | undefined {
    return this.#brokenOff || this.ended ? undefined : this.#admittedBy;
  }

  /** The client was let in, for the first time or again. */
  admit(attempt: AcceptAttempt): void {
    this.#brokenOff = false;
    this.#admittedBy = attempt;
  }

  async remove(options: Waiting = {}): Promise<void> {
    await this.#calls.removePlayerSession(this.playerSessionId, options);
    this.end("REMOVED");
  }

  /** The seat as it now is. An ended seat stays ended. */
  show(seat: PlayerSession): void {
    if (!this.ended) this.#seat = seat;
  }

  end(cause: SeatEndCause | undefined): void {
    if (this.ended) return;
    this.#endCause = cause;
    const state = cause === "RESERVATION_EXPIRED" ? "TIMED_OUT" : "COMPLETED";
    this.#seat = { ...this.#seat, state, expiresAtMs: undefined };
  }

  /** For logs: the secret id is shown as its fingerprint. */
  toJSON(): object {
    const { playerId, team, state } = this;
    return { playerSessionId: fingerprint(this.playerSessionId), playerId, team, state };
  }
}
