// Puts the sidecar's parts together: the picture in the middle, the fleet on one side of it, the game on the other.
import { type Clock, isAbortError, type Random, type Secret } from "@muster/kit";
import type { Tracer } from "@muster/kit/trace";
import {
  MusterError,
  type PlayerSession,
  readBattleSession,
  readSessionChange,
  readTimeMs,
  type SessionChange,
} from "@muster/proto";
import type { StartSession } from "@muster/proto/fleet";
import { createMatcherPeers } from "@muster/proto/grpc";
import { type Implementation, implement, type Network } from "@muster/proto/rpc";
import { GameServerServiceDefinition, type WatchResponse } from "@muster/proto/sdk";
import { becomeReady, beginTerminating, type Ready } from "./core/phase.ts";
import { type BookedSession, bookChange, bookSession } from "./core/session-book.ts";
import { createCustomDataReports } from "./custom-data-reports.ts";
import { createFleetLink, type FleetLink, type FleetMessage } from "./fleet-link.ts";
import { createGameWatch, type GameWatch } from "./game-watch.ts";
import { gameServerHandlers } from "./grpc/game-server-handlers.ts";
import { watchPlaces } from "./grpc/watch-places.ts";
import { createHealthLoop, type HealthLoop } from "./health-loop.ts";
import type { Log } from "./log.ts";
import type { SidecarState } from "./sidecar-state.ts";
import { createSidecarTrace } from "./trace-sidecar.ts";

export const SIDECAR_VERSION = "0.1.0";
/** What it can do beyond the first version of the contract. */
const FEATURES = ["CUSTOM_DATA", "PLAYER_SESSIONS"];

export type SidecarOptions = {
  readonly clock: Clock;
  readonly random: Random;
  /** Where its fleet and matchers are. */
  readonly network: Network;
  /** What its calls to them carry, beside what proves which process and session it speaks for. Default: nothing. */
  readonly key?: Secret | undefined;
  readonly log: Log;
  readonly fleetAddress: string;
  readonly fleet: string;
  readonly processId: string;
  /** From 1; rises with each run of the process. */
  readonly incarnation: number;
  /** What proves to the fleet which process this is. */
  readonly secret: string;
  /** What every call of the game must carry. Empty: nothing. */
  readonly token: string;
  /** Matchers that backfill commands may go to. Empty: any on loopback. */
  readonly matchers: readonly string[];
  /** Ready in an earlier life of this sidecar. */
  readonly ready: Ready | undefined;
  /** The number for the next attachment, never one that was used before in this incarnation. */
  readonly nextAttachGeneration: () => number;
  readonly onReady: (ready: Ready) => void;
  /** What whoever serves it adds to what it can do: "HTTP". */
  readonly features?: readonly string[];
  /** Where it tells of the starts of battles and of players' ways into them. Default: nowhere. */
  readonly tracer?: Tracer | undefined;
};

/** How the process is to end, as the sidecar tells whoever runs the game. */
export type EndRequest = { readonly reason: string; readonly deadlineWallMs: number };

export interface Sidecar extends AsyncDisposable {
  /** What the game calls. */
  readonly services: readonly Implementation[];
  /** Serves the fleet's side until `signal` aborts. Rejects with the fleet's final word, such as PROCESS_FENCED. */
  run(signal: AbortSignal): Promise<void>;
  /** Asks the game to end, by its SDK. False if no SDK listens. The earliest deadline stands. */
  requestEnd(end: EndRequest): boolean;
  /** Called whenever the process was asked to end, by whomever. */
  onEndRequested(listener: (end: EndRequest) => void): void;
  /** Called when the game says that it is about to exit. */
  onEnding(listener: () => void): void;
  /** Tells the fleet, if it can be reached within `withinMs`, how the game ended. */
  reportExit(how: string, withinMs: number): Promise<void>;
  reportStarted(pid: number): void;
  /** By the clock: when the fleet that is away was last heard. Undefined while it is there. */
  readonly awaySinceMs: number | undefined;
  /** Whether an SDK listens. */
  readonly watched: boolean;
  /** Battles of the game that it knows, and what it has carried out that the fleet has not answered yet. */
  readonly counts: { readonly battles: number; readonly backlog: number };
}

/** How long an unhealthy game gets to end, in ms. */
const UNHEALTHY_END_MS = 10_000;

/** A sidecar that has not been run yet. */
export function createSidecar(options: SidecarOptions): Sidecar {
  const { clock, random, network, log, processId } = options;
  const token = options.key?.reveal() ?? "";
  const state: SidecarState = {
    phase: options.ready ? { phase: "ready", ready: options.ready } : { phase: "starting" },
    book: new Map(),
    isBookComplete: false,
    standIns: new Map(),
    pid: 0,
    ending: false,
  };
  const endListeners = new Set<(end: EndRequest) => void>();
  const endingListeners = new Set<() => void>();
  const bookComplete = Promise.withResolvers<void>();
  /** Sessions that the last Welcome announced and that have not come yet. */
  let following = new Set<string>();
  const closing = new AbortController();
  const matcherPeers = createMatcherPeers(network, token);
  const about = { processId, fleet: options.fleet };
  const trace = options.tracer && createSidecarTrace({ tracer: options.tracer, clock, about });
  let health: HealthLoop | undefined;

  const standing = (): readonly NonNullable<WatchResponse["event"]>[] =>
    state.phase.phase === "terminating"
      ? [
          {
            $case: "processTerminate",
            value: { deadline: new Date(state.phase.deadlineMs), reason: state.phase.reason },
          },
        ]
      : [];
  const healthSettings = () => ({
    intervalMs: link.welcome?.healthIntervalMs ?? 0,
    timeoutMs: link.welcome?.healthTimeoutMs || 2_500,
    missesMax: link.welcome?.healthMissesMax || 3,
  });

  const watch: GameWatch = createGameWatch({
    processId,
    version: SIDECAR_VERSION,
    features: [...FEATURES, ...(options.features ?? [])],
    onOpened: (sdk) => log("info", "The game listens", sdk),
    book: async () => {
      await bookComplete.promise;
      return state.book;
    },
    healthSuspended: () => healthSettings().intervalMs === 0,
    standing,
    onTaken(battleSessionId, revision) {
      trace?.taken(battleSessionId, revision);
      link.acknowledge(battleSessionId, revision);
    },
  });

  const requestEnd = (end: EndRequest): boolean => {
    const next = beginTerminating(state.phase, { deadlineMs: end.deadlineWallMs, reason: end.reason });
    if (next !== state.phase) {
      state.phase = next;
      for (const event of standing()) watch.send(event);
      for (const listener of endListeners) listener(end);
    }
    return watch.open;
  };

  const onSession = (message: StartSession) => {
    if (!message.session) return;
    const session = readBattleSession(message.session);
    const known = state.book.get(session.battleSessionId);
    // Who takes the session on changes nothing that the game is told.
    const isSame = known?.session.revision === session.revision;
    const booked: BookedSession = {
      session,
      changes: isSame ? known.changes : [],
      activateByMs: readTimeMs("start_session.activate_by", message.activateBy) ?? 0,
      matcherEndpoint: message.matcherEndpoint,
      capability: message.capability,
    };
    state.book = bookSession(state.book, booked);
    trace?.starting(session.battleSessionId, message.traceparents);
    forgetStandIns(session.playerSessions);
    if (session.state === "TERMINATED") forgetSession(session.battleSessionId);
    if (!isSame) watch.sendSession(booked, known !== undefined);
    following.delete(session.battleSessionId);
    noteComplete();
  };
  const noteComplete = () => {
    if (following.size > 0) return;
    state.isBookComplete = true;
    bookComplete.resolve();
  };
  const onChange = (change: SessionChange) => {
    const before = state.book;
    state.book = bookChange(before, change);
    if (state.book === before) return;
    trace?.changed(change);
    forgetStandIns([...change.updated, ...change.removed]);
    watch.sendChange(change);
    if (change.state === "TERMINATED") forgetSession(change.battleSessionId);
  };
  /** The fleet's word on a seat replaces the sidecar's own. */
  const forgetStandIns = (seats: readonly Pick<PlayerSession, "playerSessionId">[]) => {
    if (state.standIns.size === 0) return;
    for (const { playerSessionId } of seats) {
      if (link.attached) state.standIns.delete(playerSessionId);
    }
  };
  /** The fleet ended the session while it was away from us, and has forgotten how: the game hears the end as a snapshot. */
  const endSession = (battleSessionId: string) => {
    const booked = state.book.get(battleSessionId);
    if (!booked) return;
    const { session } = booked;
    const ended = { ...session, revision: session.revision + 1, state: "TERMINATED" as const, playerSessions: [] };
    watch.sendSession({ ...booked, session: ended }, true);
    forgetSession(battleSessionId);
  };
  const forgetSession = (battleSessionId: string) => {
    trace?.forget(battleSessionId);
    const rest = new Map(state.book);
    rest.delete(battleSessionId);
    state.book = rest;
  };

  const onMessage = (message: FleetMessage) => {
    switch (message.$case) {
      case "welcome":
        for (const id of message.value.endedSessionIds) endSession(id);
        if (state.pid > 0) link.announce({ $case: "processStarted", value: { pid: state.pid } });
        following = new Set(message.value.followingSessionIds);
        noteComplete();
        return;
      case "startSession":
        return onSession(message.value);
      case "sessionChange":
        return onChange(readSessionChange(message.value));
      case "terminateProcess": {
        const deadlineWallMs = readTimeMs("terminate_process.deadline", message.value.deadline) ?? clock.wallMs();
        return void requestEnd({ reason: message.value.reason, deadlineWallMs });
      }
      case "approveFill":
        // Nobody listens: the fleet's time for an answer passes.
        if (message.value.fill) watch.send({ $case: "fillProposed", value: message.value.fill });
        return;
      case "terminateSession":
        return; // The game hears of it as a change to TERMINATING.
      default:
        return log("warn", "The fleet sent a message that this sidecar does not know", { message: message.$case });
    }
  };

  const link: FleetLink = createFleetLink({
    peer: network.connect(options.fleetAddress, { token }),
    clock,
    random,
    log,
    hello: () => ({
      processId,
      incarnation: options.incarnation,
      attachGeneration: options.nextAttachGeneration(),
      secret: options.secret,
      fleet: options.fleet,
      sidecarVersion: SIDECAR_VERSION,
      pid: state.pid,
      knownSessions: [...state.book.values()].map(({ session, matcherEndpoint }) => ({
        battleSessionId: session.battleSessionId,
        revision: session.revision,
        matcherEndpoint,
      })),
      ready:
        state.phase.phase === "ready"
          ? { ports: { ...state.phase.ready.ports }, concurrentSessions: state.phase.ready.concurrentSessions }
          : undefined,
    }),
    onMessage,
    onAttachedChange: (attached) => {
      log("info", attached ? "Attached to the fleet" : "Lost the fleet");
      if (!attached) return;
      if (healthSettings().intervalMs === 0) log("info", "Nobody judges the health of the game: the fleet says so");
      startHealth();
      reports.resume();
    },
  });
  const reports = createCustomDataReports({ clock, link, signal: closing.signal });

  const startHealth = () => {
    const settings = healthSettings();
    if (health || settings.intervalMs === 0 || state.phase.phase !== "ready") return;
    const loop = createHealthLoop({
      clock,
      random,
      settings,
      ask: (check) => watch.send({ $case: "healthCheck", value: check }),
    });
    health = loop;
    loop.run(closing.signal).then(onUnhealthy, (error: unknown) => {
      if (!isAbortError(error)) throw error;
    });
  };
  const onUnhealthy = (why: string) => {
    log("error", "The game is unhealthy", { why });
    link.announce({ $case: "processUnhealthy", value: { why } });
    requestEnd({ reason: "UNHEALTHY", deadlineWallMs: clock.wallMs() + UNHEALTHY_END_MS });
  };

  const handlers = gameServerHandlers({
    state,
    link,
    clock,
    random,
    matcherPeers,
    matchers: options.matchers,
    token: options.token,
    watch,
    trace,
    reports,
    becomeReady: (ready) => {
      state.phase = becomeReady(state.phase, ready);
    },
    onReady: (ready) => {
      options.onReady(ready);
      startHealth();
    },
    reportHealth: (checkId, healthy) => health?.report(checkId, healthy),
    onEnding: () => {
      for (const listener of endingListeners) listener();
    },
  });

  return {
    services: [implement(GameServerServiceDefinition, handlers, { watch: watchPlaces })],
    run: (signal) => link.run(AbortSignal.any([signal, closing.signal])),
    requestEnd,
    onEndRequested: (listener) => void endListeners.add(listener),
    onEnding: (listener) => void endingListeners.add(listener),
    get awaySinceMs() {
      return link.awaySinceMs;
    },
    get counts() {
      return { battles: state.book.size, backlog: link.backlog };
    },
    get watched() {
      return watch.open;
    },
    reportStarted(pid) {
      state.pid = pid;
      link.announce({ $case: "processStarted", value: { pid } });
    },
    async reportExit(how, withinMs) {
      state.phase = { phase: "ended" };
      const timeout = new AbortController();
      const late = clock.sleep(withinMs, timeout.signal).then(
        () => timeout.abort(),
        () => undefined, // Called off as the fleet has answered.
      );
      try {
        await link.command({ $case: "processExited", value: { how } }, timeout.signal);
      } catch (error) {
        log("warn", "The fleet did not hear of the game's exit", { how, why: String(error) });
      } finally {
        timeout.abort();
        await late;
      }
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new MusterError("SERVICE_NOT_READY", "Cannot go on as the sidecar is stopping"));
      watch.close();
      await matcherPeers[Symbol.asyncDispose]();
    },
  };
}
