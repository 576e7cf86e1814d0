// Plays a sidecar for a game under test and judges what the game does: what it should do stands in game-checks.ts.
import { systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { serveGrpc } from "@muster/proto/grpc";
import { serveHttp } from "@muster/proto/http";
import type { AcceptPlayerSessionRequest, ProcessReadyRequest } from "@muster/proto/sdk";
import { type CheckBook, type CheckResult, createCheckBook, demand } from "./check-book.ts";
import { GAME_CHECKS } from "./game-checks.ts";
import { type Call, ID, type Played, playSidecar, seatOf } from "./played-sidecar.ts";
import { waitFor } from "./stage.ts";

export type GameUnderTest = {
  /** Where the game reaches its sidecar: gRPC, and JSON over HTTP if it is to have it. */
  readonly bind: string;
  readonly httpBind?: string;
  readonly token: string;
  /**
   * The game is one for conformance: it accepts whoever has a seat, at the start and later, and removes a player whose
   * attribute `leaves` is 1. Without, checks of players are skipped.
   */
  readonly acceptsPlayers: boolean;
  /** How long it may take over one thing that is asked of it, in ms. Default 10,000. */
  readonly patienceMs?: number;
  /** Called once the game can come. */
  readonly onServing?: (addresses: { readonly address: string; readonly httpAddress: string | undefined }) => void;
  readonly onResult?: (result: CheckResult) => void;
};

/** How long a game may take to come, and to do one thing, in ms. */
const COME_MS = 60_000;
const READY_MS = 30_000;
const ACT_MS_DEFAULT = 10_000;
/** How long to look on before something that must not come has not come, in ms. */
const QUIET_MS = 1_500;
const HEALTH_TIMEOUT_MS = 2_000;
/** Calls of a game that is well, all in all, are far fewer. */
const CALLS_MAX = 500;

/** Every check with what came of it. Takes about a quarter of a minute after the game has come. */
export async function judgeGame(under: GameUnderTest): Promise<readonly CheckResult[]> {
  const book = createCheckBook(GAME_CHECKS, under.onResult);
  const played = playSidecar(under.token);
  const services = [played.service];
  await using server = await serveGrpc({ bind: under.bind, services, drainMs: 50 });
  await using httpServer =
    under.httpBind === undefined ? undefined : await serveHttp({ bind: under.httpBind, services, drainMs: 50 });
  under.onServing?.({ address: server.address, httpAddress: httpServer?.address });
  await judge({ book, played, actMs: under.patienceMs ?? ACT_MS_DEFAULT }, under.acceptsPlayers);
  await book.run("MANNERS", () => {
    demand(played.faults.length === 0, played.faults[0] ?? "");
    demand(played.calls.length <= CALLS_MAX, `${played.calls.length} calls came`);
  });
  return book.results();
}

type Trial = {
  readonly book: CheckBook<typeof GAME_CHECKS>;
  readonly played: Played;
  readonly actMs: number;
};

async function judge(trial: Trial, acceptsPlayers: boolean): Promise<void> {
  const { book, played, actMs } = trial;
  played.refuse("processReady", new MusterError("FLEET_UNREACHABLE", "Cannot say as the fleet is away: conformance"));
  const isHere = await book.run("WATCH", async () => {
    const { sdkName, sdkVersion, sdkLanguage, resumeAfter } = (await played.nextWatch(COME_MS)).request;
    demand(
      [sdkName, sdkVersion, sdkLanguage].every((text) => text !== ""),
      "it does not name its SDK, version or language",
    );
    demand(Object.keys(resumeAfter).length === 0, "it resumes what it cannot know");
    demand(played.beforeWatch === undefined, `${played.beforeWatch} came before`);
  });
  if (!isHere) return;
  const isReady = await book.run("READY", async () => {
    const request = (await played.nextCall("processReady", READY_MS)).request as unknown as ProcessReadyRequest;
    const ports = Object.values(request.ports);
    demand(
      ports.every((port) => port >= 1 && port <= 65_535),
      `its ports are ${ports.join()}`,
    );
    demand(request.concurrentSessions >= 0 && request.concurrentSessions <= 1_000, "its sessions are out of range");
  });
  if (!isReady) return;
  await book.run("RETRY", async () => {
    const [first] = played.callsOf("processReady");
    const again = await played.nextCall("processReady", actMs);
    demand(JSON.stringify(again.request) === JSON.stringify(first?.request), "it says something else the second time");
  });
  const isStarted = await book.run("START", async () => {
    played.start();
    const { request } = await played.nextCall("activateBattleSession", actMs);
    demand(request.battleSessionId === ID, `${String(request.battleSessionId)} was activated`);
  });
  if (!isStarted) return;
  await health(trial);
  await book.run("UNKNOWN_EVENT", async () => {
    played.send({ event: undefined });
    await checkHealth(played, "check_after_unknown");
  });
  if (acceptsPlayers) await players(trial);
  else {
    book.skip("ACCEPT", "ACCEPT_RETRY", "REFUSED", "SEATED", "REMOVE", "REPEATED");
    played.activate([]);
  }
  await breaks(trial, acceptsPlayers);
  await book.run("START", () => {
    const times = played.callsOf("activateBattleSession").length;
    demand(times === 1, `it was activated ${times} times`);
  });
  await book.run("SESSION_END", async () => {
    played.change({ reason: "SESSION_TERMINATING", state: "TERMINATING" });
    await played.nextCall("terminateBattleSession", actMs);
    played.change({ reason: "SESSION_ENDED", state: "TERMINATED", endCause: "TERMINATED", removed: played.removals() });
  });
  await book.run("TERMINATE", async () => {
    const deadline = new Date(systemClock.wallMs() + actMs);
    played.send({ event: { $case: "processTerminate", value: { deadline, reason: "SCALE_IN" } } });
    await played.nextCall("processEnding", actMs);
    await waitFor("the end of the watch", actMs, async () => (played.watch?.left() ? true : undefined));
  });
}

async function checkHealth(played: Played, checkId: string): Promise<void> {
  played.send({ event: { $case: "healthCheck", value: { checkId, timeoutMs: HEALTH_TIMEOUT_MS } } });
  const { request } = await played.nextCall("reportHealth", HEALTH_TIMEOUT_MS);
  demand(request.checkId === checkId, `check ${String(request.checkId)} is answered in place of ${checkId}`);
  demand(request.healthy === true, "it says that it is ill");
}

async function health({ book, played }: Trial): Promise<void> {
  await book.run("HEALTH", async () => {
    for (const checkId of ["check_1", "check_2", "check_3"]) await checkHealth(played, checkId);
    demand(played.callsOf("reportHealth").length === 3, "a check was answered twice");
  });
}

async function players({ book, played, actMs }: Trial): Promise<void> {
  await book.run("ACCEPT_RETRY", async () => {
    played.refuse(
      "acceptPlayerSession",
      new MusterError("FLEET_UNREACHABLE", "Cannot say as the fleet is away: conformance"),
    );
    played.activate([seatOf("ann")]);
    const first = await played.nextCall("acceptPlayerSession", actMs);
    const again = await played.nextCall("acceptPlayerSession", actMs);
    demand(first.request.requestId === again.request.requestId, "it is another request the second time");
    demand(again.request.playerSessionId === "ps_ann", `${String(again.request.playerSessionId)} was accepted`);
    played.accepted("ann");
  });
  await book.run("SEATED", async () => {
    played.change({ reason: "PLAYERS_ADDED", added: [seatOf("ben"), seatOf("cleo", { leaves: 1 })] });
    for (const name of ["ben", "cleo"]) {
      await played.nextCall("acceptPlayerSession", actMs, ({ playerSessionId }) => playerSessionId === `ps_${name}`);
      played.accepted(name);
    }
  });
  await book.run("REMOVE", async () => {
    const { request } = await played.nextCall("removePlayerSession", actMs);
    demand(request.playerSessionId === "ps_cleo", `${String(request.playerSessionId)} was removed`);
    played.change({ reason: "PLAYER_REMOVED", removed: played.removals("cleo") });
  });
  await book.run("REFUSED", async () => {
    played.refuse(
      "acceptPlayerSession",
      new MusterError("PLAYER_SESSION_EXPIRED", "Cannot accept the player as it is late"),
    );
    played.change({ reason: "PLAYERS_ADDED", added: [seatOf("dan")] });
    const isDans = ({ playerSessionId }: Call["request"]) => playerSessionId === "ps_dan";
    await played.nextCall("acceptPlayerSession", actMs, isDans);
    played.change({ reason: "RESERVATION_EXPIRED", removed: played.removals("dan") });
    await systemClock.sleep(QUIET_MS);
    demand(
      played.callsOf("acceptPlayerSession").filter(({ request }) => isDans(request)).length === 1,
      "it was asked for again",
    );
  });
  await book.run("ACCEPT", () => {
    const requests = played
      .callsOf("acceptPlayerSession")
      .map(({ request }) => request as unknown as AcceptPlayerSessionRequest);
    demand(
      requests.every(({ requestId }) => requestId !== ""),
      "an accept has no request id",
    );
    const ids = new Map(requests.map(({ playerSessionId, requestId }) => [requestId, playerSessionId]));
    const byPlayer = new Set(requests.map(({ playerSessionId }) => playerSessionId));
    demand(ids.size === byPlayer.size, "two players were accepted under one request id");
  });
}

async function breaks({ book, played, actMs }: Trial, acceptsPlayers: boolean): Promise<void> {
  const calls = () => played.calls.filter(({ method }) => method !== "reportHealth").length;
  await book.run("RESUME", async () => {
    await checkHealth(played, "check_before_break");
    await systemClock.sleep(QUIET_MS); // What was sent is handled by now.
    played.hangUp();
    const { request } = await played.nextWatch(actMs);
    const revision = request.resumeAfter[ID];
    demand(
      revision === played.session.revision,
      `it resumes after ${revision}: ${played.session.revision} was the last`,
    );
    await checkHealth(played, "check_after_break");
  });
  if (acceptsPlayers) {
    await book.run("REPEATED", async () => {
      const before = calls();
      played.repeatAll();
      await checkHealth(played, "check_after_repeats");
      await systemClock.sleep(QUIET_MS);
      const after = played.calls.slice(before).map(({ method }) => method);
      demand(calls() === before, `it was acted upon again: ${after.join()}`);
    });
  }
  await book.run("GAP", async () => {
    played.skipOne();
    const { request } = await played.nextWatch(actMs);
    const revision = request.resumeAfter[ID] ?? 0;
    demand(revision < played.session.revision - 1, `it resumes after ${revision}, which it cannot have handled`);
    played.snapshot();
    await checkHealth(played, "check_after_gap");
  });
}
