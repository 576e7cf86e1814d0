// The life of a sidecar process: serve the game, attach to the fleet, start or adopt the game, and end with it.
import { constants } from "node:os";
import {
  type Clock,
  createMetrics,
  drawId,
  type Environment,
  type Random,
  systemClock,
  systemRandom,
} from "@muster/kit";
import { readProcessStart } from "@muster/kit/processes";
import { openTracer } from "@muster/kit/trace";
import { isLocalAddress } from "@muster/proto";
import { createGrpcNetwork, parseAddress, serveGrpc, tlsPathsOf, watchTlsFiles } from "@muster/proto/grpc";
import { serveHttp } from "@muster/proto/http";
import type { Ready } from "./core/phase.ts";
import type { sidecarEnvironment } from "./environment.ts";
import { endGame, ignoreAbort } from "./game-end.ts";
import {
  adoptGame,
  type GameProcess,
  type GameRecord,
  gameEnvironment,
  readGameRecord,
  startGame,
  writeGameRecord,
} from "./game-process.ts";
import { createLog } from "./log.ts";
import { metricsPage } from "./metrics-page.ts";
import { createSidecar, SIDECAR_VERSION, type Sidecar } from "./sidecar.ts";

/** For no HTTP. */
const NO_HTTP = "off";
const OF_STARTED_GAME = { bind: "127.0.0.1:0", httpBind: "127.0.0.1:0" };
const OF_JOINED_GAME = { bind: "127.0.0.1:7430", httpBind: "127.0.0.1:7431" };
/** How long a game may take to end after SIGTERM reached its sidecar, or after it lost its fleet for good, in ms. */
const END_MS = 10_000;
/** How often a game is asked whether it is there, in ms: it is of this machine, and may stand at a breakpoint for a while. */
const GAME_ASKED_MS = 60_000;
/** How long a game that announced its end may take to exit, in ms. */
const EXIT_AFTER_ENDING_MS = 10_000;
/** How long the fleet has to take the news of an exit, in ms. */
const REPORT_EXIT_MS = 2_000;
/** How often a sidecar that lost its supervisor looks whether the fleet is back, in ms. */
const ORPHAN_LOOK_MS = 100;

type Variables = Environment<typeof sidecarEnvironment>;

export type SidecarRun = {
  /** Starts the game; empty: it runs already. */
  readonly command: readonly string[];
  /** Listen where other machines reach it too. */
  readonly unsafeListen: boolean;
  /** What the game inherits, without what is not its business. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when whoever started this process is gone. */
  readonly lifeline: AbortSignal;
};

/**
 * Runs until the game has ended. Resolves with the exit code for this process: the game's own, 1 if it died of a signal.
 *
 * @throws {Error} if MUSTER_PROCESS_ID or MUSTER_PROCESS_SECRET is missing, or an address is taken, or other machines reach it.
 */
export async function runSidecar(run: SidecarRun, variables: Variables): Promise<number> {
  const { command, unsafeListen } = run;
  const clock: Clock = systemClock;
  const random: Random = systemRandom;
  const processId = required(variables.MUSTER_PROCESS_ID, "MUSTER_PROCESS_ID");
  const secret = required(variables.MUSTER_PROCESS_SECRET, "MUSTER_PROCESS_SECRET");
  const incarnation = variables.MUSTER_INCARNATION;
  const log = createLog(variables.MUSTER_LOG_LEVEL, clock, { processId });

  const book = openRecordBook(variables.MUSTER_PROCESS_LOG, { processId, incarnation });
  const earlier = book.earlier;
  const ownToken = command.length > 0 ? drawId("sct", random) : "";
  const token = earlier?.token ?? variables.MUSTER_SIDECAR_TOKEN ?? ownToken;
  const own = command.length > 0 ? OF_STARTED_GAME : OF_JOINED_GAME;
  const mayBind = (variable: string, address: string) =>
    checkBind(variable, parseAddress(variable, address), unsafeListen);
  const bind = mayBind("MUSTER_SIDECAR_BIND", earlier?.bind ?? variables.MUSTER_SIDECAR_BIND ?? own.bind);
  const http = earlier ? (earlier.httpBind ?? NO_HTTP) : (variables.MUSTER_SIDECAR_HTTP ?? own.httpBind);
  const httpBind = http === NO_HTTP ? undefined : mayBind("MUSTER_SIDECAR_HTTP", http);
  let ready: Ready | undefined = earlier?.ready;
  let attachGeneration = earlier?.attachGeneration ?? 0;

  await using tls = watchTlsFiles(tlsPathsOf(variables), {
    clock,
    onLook: (outcome) => {
      if ("problem" in outcome) log("error", "Keeping the certificates as they were", { why: String(outcome.problem) });
    },
  });
  const metrics = createMetrics();
  await using tracer = openTracer({
    ...{ env: run.env, service: "sidecar", version: SIDECAR_VERSION, clock, metrics },
    onTrouble: (trouble) => log("warn", "Spans are dropped as the collector does not take them", trouble),
  });
  await using sidecar = createSidecar({
    clock,
    random,
    network: createGrpcNetwork(tls),
    key: variables.MUSTER_KEY,
    log,
    fleetAddress: variables.MUSTER_FLEET_ADDRESS,
    fleet: variables.MUSTER_FLEET,
    processId,
    incarnation,
    secret,
    token,
    matchers: variables.MUSTER_MATCHERS,
    features: httpBind === undefined ? [] : ["HTTP"],
    tracer,
    ready,
    nextAttachGeneration: () => {
      attachGeneration += 1;
      keep();
      return attachGeneration;
    },
    onReady: (value) => {
      ready = value;
      keep();
    },
  });
  const onFault = (error: unknown, path: string) =>
    log("error", "A call failed by a mistake of ours", { path, error: String(error) });
  const { services } = sidecar;
  await using server = await serveGrpc({ bind, services, onFault, askedMs: GAME_ASKED_MS });
  const pages = metricsPage({ metrics, sidecar, clock, fleet: variables.MUSTER_FLEET });
  await using httpServer =
    httpBind === undefined ? undefined : await serveHttp({ bind: httpBind, services, pages, onFault });
  const stop = new AbortController();
  const game = startOrAdopt();
  function startOrAdopt(): GameProcess | undefined {
    const orphanGraceMs = variables.MUSTER_ORPHAN_GRACE_MS;
    if (earlier) {
      const adopted = adoptGame(earlier, orphanGraceMs, clock);
      log("info", adopted ? "Adopted the living game" : "The game has gone while its sidecar was away", {
        pid: earlier.pid,
      });
      return adopted ?? goneGame(earlier);
    }
    if (command.length === 0) return undefined;
    const env = gameEnvironment(run.env, { address: server.address, httpAddress: httpServer?.address, token });
    return startGame({ command, env, logFile: variables.MUSTER_PROCESS_LOG, orphanGraceMs });
  }
  function keep(): void {
    if (!game) return;
    const { pid, start, guard } = game;
    const { address: bind } = server;
    const httpBind = httpServer?.address;
    const self = { pid: process.pid, start: readProcessStart(process.pid) };
    book.write({
      processId,
      incarnation,
      sidecar: self,
      pid,
      start,
      guard,
      bind,
      httpBind,
      token,
      attachGeneration,
      ready,
    });
  }
  keep();
  if (game) sidecar.reportStarted(game.pid);

  const exited = game ? game.exited : joinedGameGone(sidecar, clock, stop.signal);
  const gameOver = new AbortController();
  let ending: Promise<void> = Promise.resolve();
  let endAsked = false;
  sidecar.onEndRequested(({ reason, deadlineWallMs }) => {
    log("info", "Ending the game", { reason });
    endAsked = true;
    if (!game) return;
    const asked = sidecar.watched;
    ending = endGame({ game, clock, deadlineWallMs, asked }, gameOver.signal).catch(ignoreAbort);
  });
  sidecar.onEnding(() => {
    endAsked = true;
    if (!game) return;
    const deadlineWallMs = clock.wallMs() + EXIT_AFTER_ENDING_MS;
    ending = endGame({ game, clock, deadlineWallMs, asked: true }, gameOver.signal).catch(ignoreAbort);
  });
  const end = (reason: string) => sidecar.requestEnd({ reason, deadlineWallMs: clock.wallMs() + END_MS });
  process.on("SIGTERM", () => end("SHUTDOWN"));
  process.on("SIGINT", () => end("SHUTDOWN"));
  const { lifeline } = run;
  const orphaned = watchOrphanage({ sidecar, clock, lifeline, graceMs: variables.MUSTER_ORPHAN_GRACE_MS }, stop.signal)
    .then(() => void end("ORPHANED"))
    .catch(ignoreAbort);
  let replaced = false;
  const running = sidecar.run(stop.signal).catch((error: unknown) => {
    log("error", "The fleet turned this process away", { error: String(error) });
    replaced = (book.read()?.attachGeneration ?? 0) > attachGeneration;
    if (!replaced) end("FENCED");
  });

  const exit = await Promise.race([exited, running.then(() => (replaced ? undefined : exited))]);
  if (!exit) {
    log("warn", "Another sidecar attends the game now: leaving it alone");
    stop.abort();
    await orphaned;
    return 1;
  }
  log("info", "The game has ended", { how: exit.how });
  gameOver.abort();
  await ending;
  game?.releaseGuard();
  // What the game left behind in its group ends with it.
  game?.signal("SIGKILL");
  await sidecar.reportExit(exit.how, REPORT_EXIT_MS);
  stop.abort();
  await Promise.all([running, orphaned]);
  return exit.code ?? exitCodeOf(exit.how, endAsked);
}

/** As a shell would tell it: 128 and the signal's number. An adopted game that was asked to end, and did, ended well. */
function exitCodeOf(how: string, endAsked: boolean): number {
  const signal = (constants.signals as Readonly<Record<string, number>>)[how];
  if (signal !== undefined) return 128 + signal;
  return endAsked ? 0 : 1;
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined) return value;
  throw new Error(`Cannot start the sidecar as ${name} is not set: a fleet sets it when it starts the process`);
}

/** Whoever reaches a sidecar may speak for the game, and nothing on the way is secret. */
function checkBind(variable: string, address: string, unsafeListen: boolean): string {
  if (unsafeListen || isLocalAddress(address)) return address;
  const rule = "a sidecar serves its own machine only, on a loopback address or a Unix socket";
  throw new Error(`Cannot listen on ${variable}=${address} as ${rule}: --unsafe-listen allows it all the same`);
}

/** The record of the game beside its log. Without a log file nothing is kept, and no successor can adopt the game. */
function openRecordBook(logFile: string | undefined, run: { processId: string; incarnation: number }) {
  if (logFile === undefined) {
    return { earlier: undefined, read: () => undefined, write: (_record: GameRecord) => undefined };
  }
  const path = `${logFile}.json`;
  const read = () => readGameRecord(path, run);
  return { earlier: read(), read, write: (record: GameRecord) => writeGameRecord(path, record) };
}

function goneGame({ pid, start }: GameRecord): GameProcess {
  const exited = Promise.resolve({ how: "gone while its sidecar was away", code: undefined });
  return { pid, start, guard: undefined, exited, signal: () => undefined, releaseGuard: () => undefined };
}

/** A game that the sidecar did not start is gone when it announced its end and its SDK has left. */
async function joinedGameGone(sidecar: Sidecar, clock: Clock, signal: AbortSignal) {
  let over = false;
  let deadlineWallMs = Number.POSITIVE_INFINITY;
  sidecar.onEnding(() => {
    over = true;
  });
  sidecar.onEndRequested((end) => {
    deadlineWallMs = end.deadlineWallMs;
  });
  while (!(over && !sidecar.watched) && clock.wallMs() < deadlineWallMs) await clock.sleep(ORPHAN_LOOK_MS, signal);
  return { how: over ? "ended" : "did not end in time", code: over ? 0 : 1 };
}

type Orphanage = {
  readonly sidecar: Sidecar;
  readonly clock: Clock;
  readonly lifeline: AbortSignal;
  readonly graceMs: number;
};

/** Resolves when the supervisor is gone and the fleet has been away for the grace; never while either is there. */
async function watchOrphanage({ sidecar, clock, lifeline, graceMs }: Orphanage, signal: AbortSignal): Promise<void> {
  let brokenMs = Number.POSITIVE_INFINITY;
  lifeline.addEventListener("abort", () => {
    brokenMs = clock.nowMs();
  });
  for (;;) {
    await clock.sleep(ORPHAN_LOOK_MS, signal);
    const { awaySinceMs } = sidecar;
    if (!lifeline.aborted || awaySinceMs === undefined) continue;
    if (clock.nowMs() - Math.max(brokenMs, awaySinceMs) >= graceMs) return;
  }
}
