// Every unary call of muster.sdk.v1.GameServerService in plain values: the SDK's one door to its requests and responses.
import { type Clock, drawId, type Random } from "@muster/kit";
import {
  type Backfill,
  type CreationPolicy,
  type CustomData,
  fieldInvalid,
  MusterError,
  type PlayerSession,
  type PlayerSessionState,
  readBackfill,
  readPlayerSession,
  readTimeMs,
  writeEnum,
} from "@muster/proto";
import type { CallOptions, Peer } from "@muster/proto/rpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import * as session from "@muster/proto/session";
import { isPeerAway, retryCall } from "./retry-call.ts";

/** What every call takes. */
export type Waiting = {
  /** Stops waiting for the answer: the call rejects with CALL_CANCELLED, and may have been carried out. */
  readonly signal?: AbortSignal;
};

export type BackfillRequest = {
  /** MAX_POSSIBLE (default): every team to its maximum, for as long as the session lives. CUSTOM: what `addPlayers` says. */
  readonly strategy?: "MAX_POSSIBLE" | "CUSTOM";
  /** CUSTOM only: players to add, each at least 1, by team ("red_001") or by team of the rule set ("red"). */
  readonly addPlayers?: Readonly<Record<string, number>>;
  /** Ends a live backfill in the same step instead of being refused. Default false. */
  readonly replace?: boolean;
};

export type ReadyOptions = Waiting & {
  /** Ports that clients connect to, 1..65535, by name. Default: those that the fleet assigned. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Battle sessions that the process takes at once, 1..1,000. Default 1. */
  readonly concurrentSessions?: number;
};

/** Whose seats: of a session, of a player, or the one of the id. */
export type SeatSelection = (
  | { readonly battleSessionId: string }
  | { readonly playerId: string }
  | { readonly playerSessionId: string }
) & {
  /** Default: RESERVED, ACTIVE and DISCONNECTED ones. */
  readonly state?: Extract<PlayerSessionState, "RESERVED" | "ACTIVE" | "DISCONNECTED">;
};

export type DescribedSeat = { readonly battleSessionId: string; readonly seat: PlayerSession };

/** One connection attempt of one client: said again, it is answered as before. */
export type AcceptAttempt = {
  readonly playerSessionId: string;
  readonly reconnectSecret: string;
  readonly requestId: string;
};

export type Accepted = {
  readonly attempt: AcceptAttempt;
  readonly battleSessionId: string;
  readonly seat: PlayerSession;
  readonly reconnectSecret: string;
};

export interface SidecarCalls {
  processReady(options: ReadyOptions): Promise<void>;
  processEnding(options: Waiting): Promise<void>;
  activateBattleSession(battleSessionId: string, options: Waiting): Promise<void>;
  terminateBattleSession(battleSessionId: string, options: Waiting): Promise<void>;
  acceptPlayerSession(
    playerSessionId: string,
    options: Waiting & { readonly reconnectSecret?: string | undefined },
  ): Promise<Accepted>;
  /** Says again to a sidecar that may have forgotten it that the client was let in. */
  acceptAgain(attempt: AcceptAttempt): Promise<void>;
  disconnectPlayerSession(
    playerSessionId: string,
    options: Waiting,
  ): Promise<{ readonly expiresAtMs: number | undefined }>;
  removePlayerSession(playerSessionId: string, options: Waiting): Promise<void>;
  describePlayerSessions(selection: SeatSelection, options: Waiting): Promise<readonly DescribedSeat[]>;
  /** Each try tells what is `latest` then: a late one must not bring older numbers back. */
  reportCustomData(battleSessionId: string, options: Waiting & { readonly latest: () => CustomData }): Promise<void>;
  updatePlayerSessionCreationPolicy(
    battleSessionId: string,
    options: Waiting & { readonly policy: CreationPolicy },
  ): Promise<void>;
  startBackfill(battleSessionId: string, options: Waiting & BackfillRequest): Promise<Backfill>;
  cancelBackfill(battleSessionId: string, options: Waiting): Promise<Backfill>;
  describeBackfill(battleSessionId: string, options: Waiting): Promise<Backfill>;
  answerFill(answer: { readonly fillId: string; readonly approved: boolean }): Promise<void>;
  reportHealth(answer: { readonly checkId: string; readonly healthy: boolean }): Promise<void>;
}

export type SidecarCallsOptions = {
  readonly peer: Peer;
  readonly clock: Clock;
  readonly random: Random;
  readonly callTimeoutMs: number;
  /** Aborts every call in flight. */
  readonly closing: AbortSignal;
};

const UNANSWERED: ReadonlySet<string> = new Set(["DEADLINE_PASSED", "CALL_CANCELLED"]);
/** What a game counts: the largest that the wire has. */
const COUNT_MAX = 2 ** 31 - 1;
/** Accepts without an answer that are remembered: far more than clients come while a sidecar is away. */
const UNANSWERED_MAX = 10_000;

export function createSidecarCalls(options: SidecarCallsOptions): SidecarCalls {
  const { peer, clock, random, callTimeoutMs: timeoutMs, closing } = options;
  const client = peer.client(GameServerServiceDefinition);

  const call = <Response>(
    { signal }: Waiting,
    work: (options: CallOptions) => Promise<Response>,
  ): Promise<Response> => {
    const either = signal ? AbortSignal.any([closing, signal]) : closing;
    return retryCall({ clock, random, timeoutMs, signal: either }, work);
  };
  const drawRequestId = () => drawId("req", random);
  /** Request ids of accepts that may have been carried out, though nobody heard so: who asks again is answered as then. */
  const unanswered = new Map<string, string>();
  const acceptOnce = async (request: { playerSessionId: string; reconnectSecret: string }, options: Waiting) => {
    const key = `${request.playerSessionId} ${request.reconnectSecret}`;
    // Drawn once: every try of this call is the same connection attempt of the same client.
    const requestId = unanswered.get(key) ?? drawRequestId();
    unanswered.delete(key);
    const attempt: AcceptAttempt = { ...request, requestId };
    try {
      return { attempt, response: await call(options, (how) => client.acceptPlayerSession(attempt, how)) };
    } catch (error) {
      if (isUnanswered(error)) unanswered.set(key, requestId);
      if (unanswered.size > UNANSWERED_MAX) unanswered.delete(unanswered.keys().next().value ?? "");
      throw error;
    }
  };

  return {
    async processReady(options) {
      const request = writeReady(options);
      await call(options, (how) => client.processReady(request, how));
    },
    async processEnding(options) {
      await call(options, (how) => client.processEnding({}, how));
    },
    async activateBattleSession(battleSessionId, options) {
      await call(options, (how) => client.activateBattleSession({ battleSessionId }, how));
    },
    async terminateBattleSession(battleSessionId, options) {
      await call(options, (how) => client.terminateBattleSession({ battleSessionId }, how));
    },
    async acceptPlayerSession(playerSessionId, options) {
      const request = {
        playerSessionId: readText("playerSessionId", playerSessionId),
        reconnectSecret: readText("reconnectSecret", options.reconnectSecret ?? ""),
      };
      const { attempt, response } = await acceptOnce(request, options);
      if (!response.playerSession) throw fieldInvalid("player_session", "present in the answer", "absent");
      return {
        attempt,
        battleSessionId: response.battleSessionId,
        seat: readPlayerSession(response.playerSession),
        reconnectSecret: response.reconnectSecret,
      };
    },
    async acceptAgain(attempt) {
      await call({}, (how) => client.acceptPlayerSession(attempt, how));
    },
    async disconnectPlayerSession(playerSessionId, options) {
      const { expiresAt } = await call(options, (how) => client.disconnectPlayerSession({ playerSessionId }, how));
      return { expiresAtMs: readTimeMs("expires_at", expiresAt) };
    },
    async removePlayerSession(playerSessionId, options) {
      await call(options, (how) => client.removePlayerSession({ playerSessionId }, how));
    },
    async describePlayerSessions(selection, options) {
      const request = writeSelection(selection);
      const { playerSessions } = await call(options, (how) => client.describePlayerSessions(request, how));
      return playerSessions.flatMap(({ battleSessionId, playerSession }) =>
        playerSession ? [{ battleSessionId, seat: readPlayerSession(playerSession) }] : [],
      );
    },
    async reportCustomData(battleSessionId, options) {
      await call(options, (how) => client.reportCustomData({ battleSessionId, ...options.latest() }, how));
    },
    async updatePlayerSessionCreationPolicy(battleSessionId, options) {
      const { policy } = options;
      if (policy !== "ACCEPT_ALL" && policy !== "DENY_ALL") {
        throw fieldInvalid("policy", "one of ACCEPT_ALL, DENY_ALL", policy);
      }
      const creationPolicy = writeEnum(session.CreationPolicy, policy);
      await call(options, (how) => client.updatePlayerSessionCreationPolicy({ battleSessionId, creationPolicy }, how));
    },
    async startBackfill(battleSessionId, options) {
      const request = { battleSessionId, requestId: drawRequestId(), ...writeBackfillRequest(options) };
      const { backfill } = await call(options, (how) => client.startBackfill(request, how));
      return readPresentBackfill(backfill);
    },
    async cancelBackfill(battleSessionId, options) {
      const request = { battleSessionId, requestId: drawRequestId() };
      const { backfill } = await call(options, (how) => client.cancelBackfill(request, how));
      return readPresentBackfill(backfill);
    },
    async describeBackfill(battleSessionId, options) {
      const { backfill } = await call(options, (how) => client.describeBackfill({ battleSessionId }, how));
      return readPresentBackfill(backfill);
    },
    async answerFill(answer) {
      await call({}, (how) => client.answerFill(answer, how));
    },
    async reportHealth(answer) {
      await call({}, (how) => client.reportHealth(answer, how));
    },
  };
}

/** Whether the call may have been carried out. */
function isUnanswered(error: unknown): boolean {
  return isPeerAway(error) || (error instanceof MusterError && UNANSWERED.has(error.reason));
}

function writeReady({ ports = {}, concurrentSessions = 1 }: ReadyOptions) {
  for (const [name, port] of Object.entries(ports)) {
    if (!isWhole(port, { min: 1, max: 65_535 })) {
      throw fieldInvalid(`ports.${name}`, "a whole number from 1 to 65535", port);
    }
  }
  if (!isWhole(concurrentSessions, { min: 1, max: 1_000 })) {
    throw fieldInvalid("concurrentSessions", "a whole number from 1 to 1000", concurrentSessions);
  }
  return { ports: { ...ports }, concurrentSessions };
}

function writeSelection(selection: SeatSelection) {
  const ids = { battleSessionId: "", playerId: "", playerSessionId: "", ...selection };
  const state = writeEnum(session.PlayerSessionState, selection.state);
  if (state === undefined) throw fieldInvalid("state", "one of RESERVED, ACTIVE, DISCONNECTED", selection.state);
  return { ...ids, state };
}

/** @throws {MusterError} FIELD_INVALID. */
export function readCustomData({ currentCount, maxCount }: CustomData): CustomData {
  for (const [field, count] of Object.entries({ currentCount, maxCount })) {
    if (isWhole(count, { min: 0, max: COUNT_MAX })) continue;
    throw fieldInvalid(field, `a whole number from 0 to ${COUNT_MAX}`, count);
  }
  return { currentCount, maxCount };
}

function writeBackfillRequest({ strategy = "MAX_POSSIBLE", addPlayers = {}, replace = false }: BackfillRequest) {
  if (strategy !== "MAX_POSSIBLE" && strategy !== "CUSTOM") {
    throw fieldInvalid("strategy", "one of MAX_POSSIBLE, CUSTOM", strategy);
  }
  const teams = Object.entries(addPlayers);
  if (strategy === "CUSTOM" && teams.length === 0) {
    throw fieldInvalid("addPlayers", "at least one team for strategy CUSTOM", "{}");
  }
  if (strategy === "MAX_POSSIBLE" && teams.length > 0) {
    throw fieldInvalid("addPlayers", "absent for strategy MAX_POSSIBLE", teams.map(([team]) => team).join(", "));
  }
  for (const [team, count] of teams) {
    if (!isWhole(count, { min: 1, max: 10_000 })) {
      throw fieldInvalid(`addPlayers.${team}`, "a whole number from 1 to 10000", count);
    }
  }
  return { strategy: writeEnum(session.BackfillStrategy, strategy), addPlayers: { ...addPlayers }, replace };
}

/** What a client sent may be anything, whatever the types say. */
function readText(field: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw fieldInvalid(field, "a text", typeof value);
}

function isWhole(value: number, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function readPresentBackfill(backfill: session.Backfill | undefined): Backfill {
  if (backfill) return readBackfill(backfill);
  throw fieldInvalid("backfill", "present in the answer", "absent");
}
