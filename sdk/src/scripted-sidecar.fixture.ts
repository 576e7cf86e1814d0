// A sidecar in the hands of a test: it keeps what the game calls and says what it is told to. Used by the SDK's own tests.
import { type Channel, createChannel } from "@muster/kit";
import {
  type BattleSession,
  type MusterError,
  type PlayerSession,
  type SessionChange,
  writeBattleSession,
  writePlayerSession,
  writeSessionChange,
} from "@muster/proto";
import { type CallContext, type Implementation, implement } from "@muster/proto/rpc";
import { GameServerServiceDefinition, type Opened, type WatchRequest, type WatchResponse } from "@muster/proto/sdk";

export type Recorded = { readonly method: string; readonly request: unknown; readonly token: string };

export type SidecarScript = {
  readonly opened?: Partial<Opened>;
  /** What a call answers in place of the default, by method; what it throws is the answer too. */
  readonly answers?: Readonly<Record<string, (request: unknown) => unknown>>;
  /** Refuses watches. */
  readonly refuse?: () => MusterError | undefined;
};

export type ScriptedSidecar = {
  readonly services: readonly Implementation[];
  /** Every watch request, oldest first. */
  readonly watches: WatchRequest[];
  /** Every unary call, oldest first, tries included. */
  readonly calls: Recorded[];
  callsOf(method: string): readonly Recorded[];
  send(event: NonNullable<WatchResponse["event"]>): void;
  start(session: BattleSession, activateByMs?: number): void;
  snapshot(session: BattleSession): void;
  change(change: SessionChange): void;
  /** Ends the watch as a sidecar that stops does; with `error` as one that refuses. */
  hangUp(error?: MusterError): void;
};

export function createScriptedSidecar(script: SidecarScript = {}): ScriptedSidecar {
  const watches: WatchRequest[] = [];
  const calls: Recorded[] = [];
  let current: Channel<WatchResponse> | undefined;

  const answer = <Response>(method: string, fallback: Response) => {
    return async (request: unknown, { token }: CallContext): Promise<Response> => {
      calls.push({ method, request, token });
      const scripted = script.answers?.[method];
      return scripted ? ((await scripted(request)) as Response) : fallback;
    };
  };
  const send: ScriptedSidecar["send"] = (event) => void current?.push({ event });

  const service = implement(GameServerServiceDefinition, {
    async *watch(request, { signal, token }) {
      calls.push({ method: "watch", request, token });
      const refusal = script.refuse?.();
      if (refusal) throw refusal;
      watches.push(request);
      const events = createChannel<WatchResponse>();
      current = events;
      signal.addEventListener("abort", () => events.close(), { once: true });
      send({ $case: "opened", value: { ...OPENED, ...script.opened } });
      yield* events;
    },
    processReady: answer("processReady", {}),
    processEnding: answer("processEnding", {}),
    activateBattleSession: answer("activateBattleSession", {}),
    terminateBattleSession: answer("terminateBattleSession", {}),
    acceptPlayerSession: answer("acceptPlayerSession", {
      battleSessionId: "bs_1",
      playerSession: writePlayerSession({ ...seatOf("ann"), state: "ACTIVE", expiresAtMs: undefined }),
      reconnectSecret: "rc_1",
    }),
    disconnectPlayerSession: answer("disconnectPlayerSession", { expiresAt: new Date(61_000) }),
    removePlayerSession: answer("removePlayerSession", {}),
    describePlayerSessions: answer("describePlayerSessions", { playerSessions: [] }),
    reportCustomData: answer("reportCustomData", {}),
    updatePlayerSessionCreationPolicy: answer("updatePlayerSessionCreationPolicy", {}),
    startBackfill: answer("startBackfill", { backfill: BACKFILL }),
    cancelBackfill: answer("cancelBackfill", { backfill: { ...BACKFILL, state: 3, cause: 5 } }),
    describeBackfill: answer("describeBackfill", { backfill: BACKFILL }),
    answerFill: answer("answerFill", {}),
    reportHealth: answer("reportHealth", {}),
  });

  return {
    services: [service],
    watches,
    calls,
    callsOf: (method) => calls.filter((call) => call.method === method),
    send,
    start: (session, activateByMs = 30_000) => {
      const activateBy = new Date(activateByMs);
      send({ $case: "startBattleSession", value: { session: writeBattleSession(session), activateBy } });
    },
    snapshot: (session) => send({ $case: "sessionSnapshot", value: { session: writeBattleSession(session) } }),
    change: (change) => send({ $case: "battleSessionUpdated", value: writeSessionChange(change) }),
    hangUp: (error) => current?.close(error),
  };
}

const OPENED: Opened = {
  sidecarVersion: "9.9.9",
  features: [],
  processId: "proc_1",
  healthSuspended: false,
  endedBattleSessionIds: [],
};

export const BACKFILL = {
  backfillId: "bf_1",
  state: 1 as const,
  strategy: 1 as const,
  addPlayers: {},
  progress: [{ team: "red", have: 1, reserved: 0, goal: 3 }],
  cause: 0 as const,
  noLegalFill: false,
};

/** A seat, RESERVED in team red: `ps_ann` for "ann". */
export function seatOf(playerId: string, state: PlayerSession["state"] = "RESERVED"): PlayerSession {
  return {
    playerSessionId: `ps_${playerId}`,
    playerId,
    team: "red",
    ticketId: `tick_${playerId}`,
    state,
    attributes: { skill: 5 },
    expiresAtMs: state === "RESERVED" ? 60_000 : undefined,
  } as unknown as PlayerSession;
}

/** A session at revision 1, ACTIVATING, with the players' seats reserved. */
export function sessionOf(battleSessionId: string, playerIds: readonly string[] = ["ann"]): BattleSession {
  return {
    battleSessionId,
    revision: 1,
    rosterVersion: 1,
    state: "ACTIVATING",
    teams: [{ name: "red", template: "red", capacity: 3 }],
    capacity: 3,
    playerSessions: playerIds.map((playerId) => seatOf(playerId)),
    properties: { map: "dust" },
    data: "",
    creationPolicy: "ACCEPT_ALL",
    backfill: undefined,
    matchId: undefined,
    configuration: "arena",
    address: undefined,
    processId: "proc_1",
    incarnation: 1,
    fleet: "arena",
    region: "local",
    createdAtMs: 1_000,
    unreachable: false,
    endCause: undefined,
  } as unknown as BattleSession;
}

/** A change of `bs_1` to `revision`. */
export function changeOf(revision: number, change: Partial<SessionChange> = {}): SessionChange {
  return {
    battleSessionId: "bs_1",
    revision,
    rosterVersion: revision,
    reason: "BACKFILL_UPDATED",
    added: [],
    updated: [],
    removed: [],
    ...change,
  } as SessionChange;
}

/** The removal of a player's seat. */
export function removalOf(playerId: string, cause: SessionChange["removed"][number]["cause"] = "REMOVED") {
  const { playerSessionId, team, ticketId } = seatOf(playerId);
  return { playerSessionId, playerId: seatOf(playerId).playerId, team, ticketId, cause };
}
