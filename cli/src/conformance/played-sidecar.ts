// A sidecar that is only played: it says what the judge has it say, line by line, and keeps what the game calls.
import { type Channel, createChannel, systemClock } from "@muster/kit";
import {
  applySessionChange,
  type BattleSession,
  MusterError,
  type PlayerSession,
  type SessionChange,
  writeBattleSession,
  writePlayerSession,
  writeSessionChange,
} from "@muster/proto";
import { type CallContext, type Handlers, implement } from "@muster/proto/rpc";
import { GameServerServiceDefinition, type WatchRequest, type WatchResponse } from "@muster/proto/sdk";
import { watchPlaces } from "@muster/sidecar";
import { waitFor } from "./stage.ts";

export type Call = {
  readonly method: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly atMs: number;
};
type Watch = { readonly request: WatchRequest; readonly events: Channel<WatchResponse>; readonly left: () => boolean };

export const ID = "bs_conformance";

export type Played = ReturnType<typeof playSidecar>;

/** The sidecar's side, said line by line by the judge. */
export function playSidecar(token: string) {
  const calls: Call[] = [];
  const faults: string[] = [];
  const history: SessionChange[] = [];
  const watches: Watch[] = [];
  const refusals = new Map<string, MusterError>();
  const readTo = new Map<string, number>();
  let watchesRead = 0;
  let beforeWatch: string | undefined;
  let session = newSession();

  const judgeCall = (method: string, request: object, context: CallContext) => {
    if (context.token !== token) {
      faults.push(`${method} came without the token`);
      throw new MusterError("CREDENTIALS_INVALID", "Cannot serve the call as its token is not MUSTER_SIDECAR_TOKEN");
    }
    const named = request as Call["request"];
    if ("battleSessionId" in named && named.battleSessionId !== ID && named.battleSessionId !== "") {
      faults.push(`${method} names session ${String(named.battleSessionId)}, which was never given`);
    }
  };
  const answer = <Response>(method: string, response: (request: never) => Response) => {
    return async (request: object, context: CallContext): Promise<Response> => {
      judgeCall(method, request, context);
      calls.push({ method, request: request as Call["request"], atMs: systemClock.nowMs() });
      const refusal = refusals.get(method);
      refusals.delete(method);
      if (refusal) throw refusal;
      return response(request as never);
    };
  };
  const backfill = () => {
    throw new MusterError("BATTLE_SESSION_NOT_FOUND", "Cannot backfill the session as no matcher made it");
  };
  const handlers: Handlers<typeof GameServerServiceDefinition> = {
    async *watch(request, context) {
      judgeCall("watch", request, context);
      const events = createChannel<WatchResponse>();
      context.signal.addEventListener("abort", () => events.close(), { once: true });
      watches.at(-1)?.events.close(new MusterError("PHASE_CONFLICT", "Cannot go on as another watch was opened"));
      if (watches.length === 0) beforeWatch = calls[0]?.method;
      watches.push({ request, events, left: () => context.signal.aborted });
      const opened = {
        sidecarVersion: "0.1.0",
        features: ["CUSTOM_DATA", "PLAYER_SESSIONS"],
        processId: "proc_conformance",
      };
      events.push({
        event: { $case: "opened", value: { ...opened, healthSuspended: false, endedBattleSessionIds: [] } },
      });
      yield* events;
    },
    processReady: answer("processReady", () => ({})),
    processEnding: answer("processEnding", () => ({})),
    activateBattleSession: answer("activateBattleSession", () => ({})),
    terminateBattleSession: answer("terminateBattleSession", () => ({})),
    acceptPlayerSession: answer("acceptPlayerSession", ({ playerSessionId }: { playerSessionId: string }) => {
      const seat = session.playerSessions.find((one) => one.playerSessionId === playerSessionId);
      if (!seat) {
        faults.push("a player session was accepted that was never given, or has ended");
        throw new MusterError("PLAYER_SESSION_NOT_FOUND", "Cannot find the player session: it was never given");
      }
      const playerSession = writePlayerSession({ ...seat, state: "ACTIVE", expiresAtMs: undefined });
      return { battleSessionId: ID, playerSession, reconnectSecret: `rc_${seat.playerId}` };
    }),
    disconnectPlayerSession: answer("disconnectPlayerSession", () => ({
      expiresAt: new Date(systemClock.wallMs() + 60_000),
    })),
    removePlayerSession: answer("removePlayerSession", () => ({})),
    describePlayerSessions: answer("describePlayerSessions", () => ({
      playerSessions: session.playerSessions.map((seat) => ({
        battleSessionId: ID,
        playerSession: writePlayerSession(seat),
      })),
    })),
    reportCustomData: answer("reportCustomData", () => ({})),
    updatePlayerSessionCreationPolicy: answer("updatePlayerSessionCreationPolicy", () => ({})),
    startBackfill: answer("startBackfill", backfill),
    cancelBackfill: answer("cancelBackfill", backfill),
    describeBackfill: answer("describeBackfill", backfill),
    answerFill: answer("answerFill", () => ({})),
    reportHealth: answer("reportHealth", () => ({})),
  };
  const service = implement(GameServerServiceDefinition, handlers, { watch: watchPlaces });

  const send = (response: WatchResponse) => void watches.at(-1)?.events.push(response);
  const next = (parts: Partial<SessionChange>): SessionChange => {
    const numbers = { revision: session.revision + 1, rosterVersion: session.rosterVersion + 1 };
    const base = { battleSessionId: session.battleSessionId, ...numbers, added: [], updated: [], removed: [] };
    return { ...base, reason: "BACKFILL_UPDATED", ...parts };
  };
  const note = (parts: Partial<SessionChange>): SessionChange => {
    const change = next(parts);
    session = applySessionChange(session, change);
    history.push(change);
    return change;
  };
  const change = (parts: Partial<SessionChange>) => {
    send({ event: { $case: "battleSessionUpdated", value: writeSessionChange(note(parts)) } });
  };

  return {
    service,
    calls,
    faults,
    send,
    change,
    /** The first call, if it came before the first watch. */
    get beforeWatch() {
      return beforeWatch;
    },
    get session() {
      return session;
    },
    get watch() {
      return watches.at(-1);
    },
    callsOf: (method: string) => calls.filter((call) => call.method === method),
    /** Refuses the next call of the method. */
    refuse: (method: string, error: MusterError) => void refusals.set(method, error),
    /** The first call of the method that was not read yet and fits. */
    nextCall: (method: string, withinMs: number, fits: (request: Call["request"]) => boolean = () => true) =>
      waitFor(method, withinMs, async () => {
        const from = readTo.get(method) ?? 0;
        const at = calls.findIndex((call, index) => index >= from && call.method === method && fits(call.request));
        if (at >= 0) readTo.set(method, at + 1);
        return calls[at];
      }),
    nextWatch: (withinMs: number) =>
      waitFor("a watch", withinMs, async () => {
        if (watches.length <= watchesRead) return undefined;
        watchesRead = watches.length;
        return watches.at(-1);
      }),
    start() {
      const activateBy = new Date(systemClock.wallMs() + 30_000);
      send({ event: { $case: "startBattleSession", value: { session: writeBattleSession(session), activateBy } } });
    },
    activate(added: readonly PlayerSession[]) {
      const address = { host: "127.0.0.1", ports: { game: 7500 } };
      change({ reason: "SESSION_ACTIVATED", state: "ACTIVE", address, added });
    },
    accepted(playerId: string) {
      const seat = session.playerSessions.find((one) => one.playerId === playerId);
      if (seat) change({ reason: "PLAYER_ACCEPTED", updated: [{ ...seat, state: "ACTIVE", expiresAtMs: undefined }] });
    },
    /** The seats of one player, or of all, as they are told when they end. */
    removals: (playerId?: string) =>
      session.playerSessions
        .filter((seat) => playerId === undefined || seat.playerId === playerId)
        .map(({ state: _, attributes: __, expiresAtMs: ___, ...seat }) => ({ ...seat, cause: "REMOVED" as const })),
    hangUp: () => watches.at(-1)?.events.close(new MusterError("PEER_UNREACHABLE", "Cannot go on: conformance")),
    repeatAll() {
      for (const old of history) send({ event: { $case: "battleSessionUpdated", value: writeSessionChange(old) } });
    },
    /** Leaves one change out and sends the one after it. */
    skipOne() {
      note({});
      change({});
    },
    snapshot: () => send({ event: { $case: "sessionSnapshot", value: { session: writeBattleSession(session) } } }),
  };
}

function newSession(): BattleSession {
  return {
    ...{ battleSessionId: ID, revision: 1, rosterVersion: 1, state: "ACTIVATING", teams: [], capacity: 8 },
    ...{ playerSessions: [], properties: { map: "dust" }, data: "conformance", creationPolicy: "ACCEPT_ALL" },
    ...{ backfill: undefined, matchId: undefined, configuration: undefined, address: undefined },
    ...{ processId: "proc_conformance", incarnation: 1, fleet: "conformance", region: "local" },
    ...{ createdAtMs: systemClock.wallMs(), unreachable: false, endCause: undefined },
  } as unknown as BattleSession;
}

export function seatOf(playerId: string, attributes: PlayerSession["attributes"] = {}): PlayerSession {
  const seat = { playerSessionId: `ps_${playerId}`, playerId, team: undefined, ticketId: undefined, attributes };
  return { ...seat, state: "RESERVED", expiresAtMs: systemClock.wallMs() + 60_000 } as unknown as PlayerSession;
}
