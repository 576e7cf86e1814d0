// A fleet small enough to know what it does: one process a session, seats by the contract, and everything else as the test
// says. It keeps what the contract promises: repeats by id, revisions without a gap, a feed that resumes.
import type { Clock } from "@muster/kit";
import {
  applySessionChange,
  type Backfill,
  type BattleSession,
  type MatchId,
  MusterError,
  type PlayerId,
  type PlayerSession,
  type PlayerSessionId,
  type PlayerSessionState,
  type ProcessId,
  parseAttributes,
  readBackfill,
  type ServerSessionId,
  type SessionChange,
  type SessionEndCause,
  type TicketId,
  writeBattleSession,
  writeSessionChange,
} from "@muster/proto";
import {
  type AdoptSessionRequest,
  type ApplyFillRequest,
  FleetServiceDefinition,
  type Placement,
  PlacementState,
  type PlayerToSeat,
  type StartPlacementRequest,
  type WatchSessionsResponse,
} from "@muster/proto/fleet";
import { type Implementation, implement } from "@muster/proto/rpc";
import { createNotifier } from "./notifier.ts";

type Event = NonNullable<WatchSessionsResponse["event"]>;

export type Outcome = "FULFILLED" | "PENDING" | "FAILED" | "TIMED_OUT" | "CANCELLED";

export type ScriptedFleet = {
  readonly service: Implementation;
  /** What becomes of the next placements; when it is empty they are FULFILLED. */
  readonly outcomes: Outcome[];
  /** Placement ids in the order of their first request. */
  readonly placements: string[];
  /** Requests as they came, by placement id: the last one. */
  readonly requests: Map<string, StartPlacementRequest>;
  /** Fill ids in the order of their requests, repeats included. */
  readonly fills: string[];
  /** Backfill documents that UpdateServerSession brought, in order. */
  readonly updates: Backfill[];
  /** Fills wait here before they are looked at, if it is set. */
  holdFills: Promise<void> | undefined;
  /** Answers to fills that were applied wait here, if it is set. */
  holdFillAnswers: Promise<void> | undefined;
  /** Players whom the game turns away, where it is asked. */
  readonly turnsAway: Set<string>;
  /** Answers to fills and updates are lost after the work is done, so many times. */
  loseAnswers: number;
  sessions(): readonly BattleSession[];
  session(id?: string): BattleSession;
  /** A session of these players, by team, that no matcher asked for, or that another's `owner` did. */
  foreign(
    seated: Readonly<Record<string, readonly string[]>>,
    more?: { capacity?: number; owner?: string },
  ): BattleSession;
  /** Answers to adoptions are lost after the work is done, so many times. */
  loseAdoptions: number;
  /** Sessions end as they are adopted, and the feed says so before the answer comes. */
  endAtAdoption: boolean;
  /** Adoptions, in order. */
  readonly adoptions: AdoptSessionRequest[];
  /** What becomes of a PENDING placement. */
  settle(placementId: string, outcome: Outcome): void;
  accept(...playerIds: readonly string[]): void;
  leave(playerId: string): void;
  change(change: Partial<SessionChange>, id?: string): void;
  end(cause: SessionEndCause, id?: string): void;
  /** The session is gone and nobody tells: as if it ended while the feed was down. */
  forget(id?: string): void;
  /** Breaks every open feed. */
  breakFeeds(): void;
};

/** How long an adoption's answer lags behind the session's end, in tens of ms. */
const ADOPTION_ANSWER_STEPS = 20;

export function createScriptedFleet(clock: Clock): ScriptedFleet {
  const sessions = new Map<string, BattleSession>();
  const ended = new Map<string, BattleSession>();
  const placements = new Map<string, Placement>();
  const bodies = new Map<string, string>();
  const fillAnswers = new Map<string, BattleSession>();
  const updateIds = new Set<string>();
  const log: Event[] = [];
  const news = createNotifier();
  let feeds = new AbortController();
  let counter = 0;

  /** Sessions that the feed does not tell of, with who has them; undefined: nobody. */
  const foreigners = new Map<string, string | undefined>();

  const emit = (event: Event) => {
    log.push(event);
    news.ring();
  };
  const get = (id?: string): BattleSession => {
    const found = id === undefined ? [...sessions.values()].at(-1) : sessions.get(id);
    if (found) return found;
    throw new MusterError("SERVER_SESSION_NOT_FOUND", "Cannot find the session as there is none");
  };
  const change = (partial: Partial<SessionChange>, id?: string) => {
    const session = get(id);
    const roster = (partial.added?.length ?? 0) + (partial.removed?.length ?? 0) > 0 || partial.creationPolicy;
    const full: SessionChange = {
      reason: "BACKFILL_UPDATED",
      added: [],
      updated: [],
      removed: [],
      ...partial,
      battleSessionId: session.battleSessionId,
      revision: session.revision + 1,
      rosterVersion: session.rosterVersion + (roster ? 1 : 0),
    };
    sessions.set(session.battleSessionId, applySessionChange(session, full));
    if (!foreigners.has(session.battleSessionId)) emit({ $case: "sessionChange", value: writeSessionChange(full) });
  };
  const seat = (player: PlayerToSeat, state: PlayerSessionState): PlayerSession => ({
    playerSessionId: `ps_${player.playerId}_${++counter}` as PlayerSessionId,
    playerId: player.playerId as PlayerId,
    team: player.team || undefined,
    ticketId: (player.ticketId || undefined) as TicketId | undefined,
    state,
    attributes: parseAttributes("attributes", player.attributes),
    expiresAtMs: undefined,
  });
  const place = (request: StartPlacementRequest): BattleSession => {
    const id = `bs_${sessions.size + ended.size + 1}` as ServerSessionId;
    const session: BattleSession = {
      battleSessionId: id,
      revision: 1,
      rosterVersion: 1,
      state: "ACTIVE",
      teams: request.teams,
      capacity: request.capacity,
      playerSessions: request.players.map((player) => seat(player, "RESERVED")),
      properties: request.properties,
      data: request.data,
      creationPolicy: "ACCEPT_ALL",
      backfill: request.backfill && readBackfill(request.backfill),
      matchId: request.matchId as MatchId,
      configuration: request.configuration,
      address: { host: "127.0.0.1", ports: { game: 7500 } },
      processId: `proc_${id}` as ProcessId,
      incarnation: 1,
      fleet: "fleet",
      region: "eu",
      createdAtMs: clock.wallMs(),
      unreachable: false,
      endCause: undefined,
    };
    sessions.set(id, session);
    emit({ $case: "session", value: writeBattleSession(session) });
    return session;
  };
  const settle = (placementId: string, outcome: Outcome) => {
    const request = fleet.requests.get(placementId);
    const before = placements.get(placementId);
    if (!request || !before) throw new Error(`no placement ${placementId}`);
    const session = outcome === "FULFILLED" ? writeBattleSession(place(request)) : undefined;
    const failure = outcome === "FAILED" ? "No destination can take these players" : "";
    const placement: Placement = { ...before, state: PlacementState[outcome], session, failure };
    placements.set(placementId, placement);
    emit({ $case: "placement", value: placement });
  };
  /** The session of a placement that is asked about later is the session as it is by then. */
  const asItStands = (placement: Placement): Placement => {
    const id = placement.session?.battleSessionId ?? "";
    const session = sessions.get(id) ?? ended.get(id);
    return session ? { ...placement, session: writeBattleSession(session) } : placement;
  };
  const answer = <Value>(value: Value): Value => {
    if (fleet.loseAnswers === 0) return value;
    fleet.loseAnswers -= 1;
    throw new MusterError("PEER_UNREACHABLE", "Cannot answer as the connection broke");
  };
  const applyFill = (request: ApplyFillRequest): BattleSession => {
    const session = get(request.battleSessionId);
    const known = fillAnswers.get(request.fillId);
    if (known) return known;
    if (session.rosterVersion !== request.expectedRosterVersion) {
      throw new MusterError("ROSTER_VERSION_STALE", "Cannot fill as the roster changed", {
        metadata: { rosterVersion: String(session.rosterVersion) },
      });
    }
    if (request.approvalTimeoutMs > 0 && request.newcomers.some(({ playerId }) => fleet.turnsAway.has(playerId))) {
      throw new MusterError("FILL_REFUSED_BY_GAME", "Cannot fill as the game said no");
    }
    if (session.playerSessions.length + request.newcomers.length > session.capacity) {
      throw new MusterError("SESSION_FULL", "Cannot fill as the session is full");
    }
    const added = request.newcomers.map((player) => seat(player, "RESERVED"));
    const backfill = request.backfill && readBackfill(request.backfill);
    change({ reason: "PLAYERS_ADDED", added, backfill }, session.battleSessionId);
    const filled = get(request.battleSessionId);
    fillAnswers.set(request.fillId, filled);
    return filled;
  };

  const unused = async (): Promise<never> => {
    throw new MusterError("METHOD_UNKNOWN", "Cannot answer as the matcher does not ask");
  };
  const service = implement(FleetServiceDefinition, {
    async startPlacement(request) {
      const { placementId } = request;
      const body = JSON.stringify({ ...request, capabilityKey: Buffer.from(request.capabilityKey).toString("hex") });
      const known = placements.get(placementId);
      if (known && bodies.get(placementId) !== body)
        throw new MusterError("ID_REUSED", "Cannot repeat with another body");
      if (known) return { placement: asItStands(known) };
      bodies.set(placementId, body);
      fleet.requests.set(placementId, request);
      fleet.placements.push(placementId);
      const placement: Placement = {
        placementId,
        state: PlacementState.PENDING,
        queue: request.queue,
        session: undefined,
        failure: "",
        createdAt: undefined,
        endedAt: undefined,
        owner: request.owner,
        attempts: 0,
        battleSessionId: "",
      };
      placements.set(placementId, placement);
      emit({ $case: "placement", value: placement });
      const outcome = fleet.outcomes.shift() ?? "FULFILLED";
      if (outcome !== "PENDING") settle(placementId, outcome);
      return answer({ placement });
    },
    // biome-ignore lint/correctness/useYield: a fleet without the stream: it is asked one by one.
    async *startPlacements() {
      throw new MusterError("METHOD_UNKNOWN", "Cannot answer as there is no stream");
    },
    stopPlacement: unused,
    async describePlacement({ placementId }) {
      const placement = placements.get(placementId);
      if (placement) return { placement: asItStands(placement) };
      throw new MusterError("PLACEMENT_NOT_FOUND", "Cannot find the placement as there is none");
    },
    async applyFill(request) {
      fleet.fills.push(request.fillId);
      await fleet.holdFills;
      const known = fillAnswers.has(request.fillId) ? 0 : request.knownRevision;
      const session = applyFill(request);
      const last = log.at(-1);
      await fleet.holdFillAnswers;
      const isNext = known > 0 && session.revision === known + 1 && last?.$case === "sessionChange";
      return answer(
        isNext
          ? { session: undefined, change: last.value }
          : { session: writeBattleSession(session), change: undefined },
      );
    },
    async updateServerSession({ updateId, battleSessionId, backfill }) {
      const session = get(battleSessionId);
      if (!updateIds.has(updateId) && backfill) {
        updateIds.add(updateId);
        fleet.updates.push(readBackfill(backfill));
        change({ backfill: readBackfill(backfill) }, session.battleSessionId);
      }
      return answer({ revision: get(battleSessionId).revision });
    },
    async adoptSession(request) {
      const { battleSessionId } = request;
      const session = get(battleSessionId);
      if (foreigners.get(battleSessionId) !== undefined) {
        throw new MusterError("NOT_PERMITTED", "Cannot adopt the session as another matcher has it");
      }
      fleet.adoptions.push(request);
      foreigners.delete(battleSessionId);
      emit({ $case: "session", value: writeBattleSession(session) });
      if (fleet.loseAdoptions > 0) {
        fleet.loseAdoptions -= 1;
        throw new MusterError("PEER_UNREACHABLE", "Cannot answer as the connection broke");
      }
      if (fleet.endAtAdoption) {
        fleet.end("GAME_ENDED", battleSessionId);
        // Step by step, so that the feed has its turns meanwhile.
        for (let step = 0; step < ADOPTION_ANSWER_STEPS; step += 1) await clock.sleep(10);
      }
      const first = fleet.adoptions.find((one) => one.battleSessionId === battleSessionId) ?? request;
      return { session: writeBattleSession(session), capabilityKey: first.capabilityKey };
    },
    createPlayerSessions: unused,
    terminateServerSession: unused,
    erasePlayer: unused,
    describeFleets: unused,
    scaleFleet: unused,
    drainFleet: unused,
    drainProcess: unused,
    rollOutBuild: unused,
    putAlias: unused,
    listPlacements: unused,
    watchPlacements: () => {
      throw new MusterError("METHOD_UNKNOWN", "Cannot answer as the matcher does not ask");
    },
    deleteAlias: unused,
    describeAliases: unused,
    describeRegions: unused,
    async describeServerSessions({ battleSessionIds, includeEnded }) {
      const found = battleSessionIds.flatMap((id) => sessions.get(id) ?? (includeEnded ? (ended.get(id) ?? []) : []));
      return answer({ sessions: found.map(writeBattleSession) });
    },
    searchServerSessions: unused,
    describePlayerSessions: unused,
    createServerSession: unused,
    describeProcesses: unused,
    async *watchSessions({ resumeToken }, { signal }) {
      const either = AbortSignal.any([signal, feeds.signal]);
      let position = resumeToken === "" ? log.length : Number(resumeToken);
      const token = () => String(position);
      if (resumeToken === "") {
        yield { resumeToken: token(), event: { $case: "snapshotBegin", value: {} } };
        for (const session of sessions.values()) {
          if (foreigners.has(session.battleSessionId)) continue;
          yield { resumeToken: token(), event: { $case: "session", value: writeBattleSession(session) } };
        }
        for (const placement of placements.values()) {
          if (placement.state !== PlacementState.PENDING) continue;
          yield { resumeToken: token(), event: { $case: "placement", value: placement } };
        }
        yield { resumeToken: token(), event: { $case: "snapshotEnd", value: {} } };
      }
      for (;;) {
        either.throwIfAborted();
        const event = log[position];
        if (event) {
          position += 1;
          yield { resumeToken: token(), event };
        } else {
          await news.next(either);
        }
      }
    },
  });

  const fleet: ScriptedFleet = {
    service,
    outcomes: [],
    placements: [],
    requests: new Map(),
    fills: [],
    updates: [],
    holdFills: undefined,
    holdFillAnswers: undefined,
    turnsAway: new Set(),
    loseAnswers: 0,
    adoptions: [],
    loseAdoptions: 0,
    endAtAdoption: false,
    foreign(seated, { capacity = 3, owner } = {}) {
      const id = `foreign_${foreigners.size + 1}` as ServerSessionId;
      const players = Object.entries(seated).flatMap(([team, ids]) =>
        ids.map((playerId) => ({ playerId, team, ticketId: "", attributes: {}, latenciesMs: {} })),
      );
      const session: BattleSession = {
        ...{ battleSessionId: id, revision: 1, rosterVersion: 1, state: "ACTIVE", matchId: undefined },
        teams: Object.keys(seated).map((name) => ({ name, template: name, capacity })),
        capacity: capacity * Object.keys(seated).length,
        playerSessions: players.map((one) => seat(one, "ACTIVE")),
        ...{ properties: {}, data: "", creationPolicy: "ACCEPT_ALL", backfill: undefined, configuration: undefined },
        ...{ address: { host: "127.0.0.1", ports: { game: 7600 } }, processId: `proc_${id}` as ProcessId },
        ...{ incarnation: 1, fleet: "fleet", region: "eu", createdAtMs: clock.wallMs(), unreachable: false },
        endCause: undefined,
      };
      foreigners.set(id, owner);
      sessions.set(id, session);
      return session;
    },
    sessions: () => [...sessions.values()],
    session: get,
    settle,
    accept(...playerIds) {
      for (const { battleSessionId, playerSessions } of [...sessions.values()]) {
        const updated = playerSessions
          .filter(({ playerId, state }) => playerIds.includes(playerId) && state === "RESERVED")
          .map((one) => ({ ...one, state: "ACTIVE" as const }));
        if (updated.length > 0) change({ reason: "PLAYER_ACCEPTED", updated }, battleSessionId);
      }
    },
    leave(playerId) {
      for (const { battleSessionId, playerSessions } of [...sessions.values()]) {
        const gone = playerSessions.find((one) => one.playerId === playerId);
        if (!gone) continue;
        change({ reason: "PLAYER_REMOVED", removed: [{ ...gone, cause: "REMOVED" }] }, battleSessionId);
      }
    },
    change,
    end(cause, id) {
      const session = get(id);
      const removed = session.playerSessions.map((one) => ({ ...one, cause: "SESSION_ENDED" as const }));
      change({ reason: "SESSION_ENDED", state: "TERMINATED", endCause: cause, removed }, session.battleSessionId);
      ended.set(session.battleSessionId, get(session.battleSessionId));
      sessions.delete(session.battleSessionId);
    },
    forget(id) {
      const session = get(id);
      sessions.delete(session.battleSessionId);
    },
    breakFeeds() {
      feeds.abort(new MusterError("PEER_UNREACHABLE", "Cannot go on as the fleet restarts"));
      feeds = new AbortController();
    },
  };
  return fleet;
}
