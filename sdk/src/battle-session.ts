// One battle as the game holds it: a handle that stays the same object while its roster, teams and backfill move on.
import type {
  Address,
  Backfill,
  CreationPolicy,
  CustomData,
  PlayerSession,
  SessionEndCause,
  SessionState,
  BattleSession as SessionValue,
  Team,
} from "@muster/proto";
import { type Player, PlayerHandle } from "./player.ts";
import { type BackfillRequest, readCustomData, type SidecarCalls, type Waiting } from "./sidecar-calls.ts";
import type { AnyGame, GameReader, GameTypes } from "./validators.ts";

/** A battle session. The object stays the same for the session's life, its fields show the latest that the sidecar said. */
export interface BattleSession<Types extends GameTypes = AnyGame> {
  readonly battleSessionId: string;
  /** ACTIVATING until it takes players, ACTIVE, TERMINATING when it was asked to end, TERMINATED. */
  readonly state: SessionState;
  /** +1 on every change. */
  readonly revision: number;
  /** Who holds a seat: expected, playing, or within the grace after a broken connection. In the order in which they came. */
  readonly players: readonly Player<Types>[];
  /** In the order of the rule set. Empty for a session that no matcher made. */
  readonly teams: readonly Team[];
  /** For people, chosen by whoever asked for the session, or an operator. Undefined: it has none. */
  readonly name: string | undefined;
  /** Players that the session takes, over all teams. An operator may change it. */
  readonly capacity: number;
  /** From the matchmaking configuration; unchanged for the session's life. */
  readonly properties: Types["properties"];
  /** From the matchmaking configuration; unchanged for the session's life. Not interpreted. */
  readonly data: string;
  /** Whether the session takes new players. */
  readonly creationPolicy: CreationPolicy;
  /** The last backfill, live or ended; undefined if there never was one. */
  readonly backfill: Backfill | undefined;
  readonly matchId: string | undefined;
  /** Name of the matchmaking configuration; undefined for a session that no matcher made. */
  readonly configuration: string | undefined;
  /** Where clients connect. Undefined until the session is ACTIVE. */
  readonly address: Address | undefined;
  readonly region: string;
  readonly createdAt: Date;
  /** Why it ended. Undefined while it lives. */
  readonly endCause: SessionEndCause | undefined;
  /** What this process last reported, as the fleet has it. Undefined until then. */
  readonly customData: CustomData | undefined;

  /** The player who holds the seat, or undefined. */
  findPlayer(playerSessionId: string): Player<Types> | undefined;
  /**
   * The battle is loaded and takes players from now on. A repeat changes nothing.
   *
   * @throws {MusterError} SERVER_SESSION_NOT_FOUND, PHASE_CONFLICT if the session is ending or was not activated in time.
   */
  activate(options?: Waiting): Promise<void>;
  /**
   * The battle is over: its seats are free, the process can take another. A repeat changes nothing.
   *
   * @throws {MusterError} SERVER_SESSION_NOT_FOUND.
   */
  terminate(options?: Waiting): Promise<void>;
  /**
   * Asks the matcher for more players. `{}` fills every team to its maximum for as long as the session lives; CUSTOM adds
   * so many to each team and is then done. Answers with the backfill as it began; its progress comes with
   * `onBattleSessionUpdated`.
   *
   * @example
   * await session.startBackfill({ strategy: "CUSTOM", addPlayers: { red: 1, blue: 1 } });
   *
   * @throws {MusterError} BACKFILL_ALREADY_RUNNING unless `replace` is set, BATTLE_SESSION_NOT_FOUND, SESSION_NOT_ACTIVE,
   *   TEAM_UNKNOWN, TEAM_SIZE_EXCEEDED, MATCHER_NOT_ALLOWED, FIELD_INVALID.
   */
  startBackfill(request?: BackfillRequest, options?: Waiting): Promise<Backfill>;
  /**
   * Ends the live backfill; who was already seated stays. Answers with the ended backfill.
   *
   * @throws {MusterError} BACKFILL_NOT_RUNNING, BATTLE_SESSION_NOT_FOUND.
   */
  cancelBackfill(options?: Waiting): Promise<Backfill>;
  /**
   * The last backfill as the matcher knows it now. `session.backfill` is the same, as last heard, without a call.
   *
   * @throws {MusterError} BACKFILL_NOT_RUNNING if there never was one, BATTLE_SESSION_NOT_FOUND.
   */
  describeBackfill(options?: Waiting): Promise<Backfill>;
  /**
   * DENY_ALL: nobody new is sent here, a backfill pauses. ACCEPT_ALL: it resumes. A repeat changes nothing.
   *
   * @throws {MusterError} SERVER_SESSION_NOT_FOUND, SESSION_NOT_ACTIVE.
   */
  setCreationPolicy(policy: CreationPolicy, options?: Waiting): Promise<void>;
  /**
   * Two whole numbers of the game's own meaning, 0 to 2,147,483,647, shown with the session and usable for search: waves
   * survived of all, say. Report as often as they change: the fleet hears the last ones about once a second, the very last
   * before the session ends.
   *
   * @example
   * await session.reportCustomData({ currentCount: wave, maxCount: 30 });
   *
   * @throws {MusterError} FIELD_INVALID, SERVER_SESSION_NOT_FOUND.
   */
  reportCustomData(data: CustomData, options?: Waiting): Promise<void>;
}

/** The handle behind `BattleSession`; `value`, `seatOf`, `unconfirmedIn` and `forget` are the registry's. */
export class SessionHandle implements BattleSession {
  readonly #calls: SidecarCalls;
  readonly #reader: GameReader;
  readonly #properties: AnyGame["properties"];
  readonly #players = new Map<string, PlayerHandle>();
  #value: SessionValue;
  #terminated = false;
  #reported: CustomData | undefined;

  constructor(value: SessionValue, { calls, reader }: { readonly calls: SidecarCalls; readonly reader: GameReader }) {
    this.#value = value;
    this.#calls = calls;
    this.#reader = reader;
    this.#properties = reader.properties(value.properties, value.battleSessionId);
    for (const seat of value.playerSessions) this.seatOf(seat);
  }

  get battleSessionId(): string {
    return this.#value.battleSessionId;
  }
  get state(): SessionState {
    return this.#value.state;
  }
  get revision(): number {
    return this.#value.revision;
  }
  get players(): readonly Player[] {
    // What the game itself has just removed is gone here before the sidecar's word of it comes back.
    return this.#value.playerSessions.flatMap((seat) => {
      const player = this.#players.get(seat.playerSessionId);
      return player && !player.ended ? [player] : [];
    });
  }
  get teams(): readonly Team[] {
    return this.#value.teams;
  }
  get name(): string | undefined {
    return this.#value.name;
  }
  get capacity(): number {
    return this.#value.capacity;
  }
  get properties(): AnyGame["properties"] {
    return this.#properties;
  }
  get data(): string {
    return this.#value.data;
  }
  get creationPolicy(): CreationPolicy {
    return this.#value.creationPolicy;
  }
  get backfill(): Backfill | undefined {
    return this.#value.backfill;
  }
  get matchId(): string | undefined {
    return this.#value.matchId;
  }
  get configuration(): string | undefined {
    return this.#value.configuration;
  }
  get address(): Address | undefined {
    return this.#value.address;
  }
  get region(): string {
    return this.#value.region;
  }
  get createdAt(): Date {
    return new Date(this.#value.createdAtMs);
  }
  get endCause(): SessionEndCause | undefined {
    return this.#value.endCause;
  }
  get customData(): CustomData | undefined {
    return this.#value.customData;
  }

  findPlayer(playerSessionId: string): Player | undefined {
    const player = this.#players.get(playerSessionId);
    return player?.ended ? undefined : player;
  }

  activate(options: Waiting = {}): Promise<void> {
    return this.#calls.activateBattleSession(this.battleSessionId, options);
  }
  async terminate(options: Waiting = {}): Promise<void> {
    await this.#calls.terminateBattleSession(this.battleSessionId, options);
    this.#terminated = true;
  }
  startBackfill(request: BackfillRequest = {}, options: Waiting = {}): Promise<Backfill> {
    return this.#calls.startBackfill(this.battleSessionId, { ...request, ...options });
  }
  cancelBackfill(options: Waiting = {}): Promise<Backfill> {
    return this.#calls.cancelBackfill(this.battleSessionId, options);
  }
  describeBackfill(options: Waiting = {}): Promise<Backfill> {
    return this.#calls.describeBackfill(this.battleSessionId, options);
  }
  setCreationPolicy(policy: CreationPolicy, options: Waiting = {}): Promise<void> {
    return this.#calls.updatePlayerSessionCreationPolicy(this.battleSessionId, { policy, ...options });
  }
  async reportCustomData(data: CustomData, options: Waiting = {}): Promise<void> {
    this.#reported = readCustomData(data);
    await this.#calls.reportCustomData(this.battleSessionId, { latest: () => this.#reported ?? data, ...options });
  }

  /** The session as last folded. */
  get value(): SessionValue {
    return this.#value;
  }
  set value(value: SessionValue) {
    this.#value = value;
  }

  /** The player of the seat, made at the first mention, showing `seat`. */
  seatOf(seat: PlayerSession): PlayerHandle {
    const known = this.#players.get(seat.playerSessionId);
    if (known) {
      known.show(seat);
      return known;
    }
    const player = new PlayerHandle(this, { seat, calls: this.#calls, reader: this.#reader });
    this.#players.set(seat.playerSessionId, player);
    return player;
  }

  /** What the game did here and `shown` does not: said again to a sidecar that may have forgotten it. */
  unconfirmedIn(shown: SessionValue): readonly (() => Promise<unknown>)[] {
    if (shown.state === "TERMINATED") return [];
    const report = this.#unconfirmedReport(shown);
    if (this.#terminated) return [...report, () => this.#calls.terminateBattleSession(this.battleSessionId, {})];
    return [...report, ...this.#unconfirmedSeats(shown)];
  }

  #unconfirmedReport({ customData }: SessionValue): readonly (() => Promise<unknown>)[] {
    const reported = this.#reported;
    const { currentCount, maxCount } = customData ?? {};
    if (!reported || (reported.currentCount === currentCount && reported.maxCount === maxCount)) return [];
    return [() => this.#calls.reportCustomData(this.battleSessionId, { latest: () => this.#reported ?? reported })];
  }

  #unconfirmedSeats({ playerSessions }: SessionValue): readonly (() => Promise<unknown>)[] {
    return playerSessions.flatMap(({ playerSessionId, state: shown }): (() => Promise<unknown>)[] => {
      const player = this.#players.get(playerSessionId);
      if (player?.endCause === "REMOVED") return [() => this.#calls.removePlayerSession(playerSessionId, {})];
      const attempt = player?.admittedBy;
      if (attempt && shown === "RESERVED") return [() => this.#calls.acceptAgain(attempt)];
      if (!player?.brokenOff || shown !== "ACTIVE") return [];
      return [() => this.#calls.disconnectPlayerSession(playerSessionId, {})];
    });
  }

  /** The seat has ended: its handle lives on only with those who hold it. */
  forget(playerSessionId: string): void {
    this.#players.delete(playerSessionId);
  }

  /** For logs. */
  toJSON(): object {
    const { battleSessionId, state, revision, players } = this;
    return { battleSessionId, state, revision, players };
  }
}
