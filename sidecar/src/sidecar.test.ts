import { createSeededRandom } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import {
  type BattleSession,
  MusterError,
  type PlayerSession,
  writeBattleSession,
  writeSessionChange,
} from "@muster/proto";
import { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import { createMemoryNetwork, implement } from "@muster/proto/rpc";
import { GameServerServiceDefinition, type WatchResponse } from "@muster/proto/sdk";
import { afterEach, expect, test } from "vitest";
import { createScriptedFleet, type Script, type ScriptedFleet } from "./scripted-fleet.fixture.ts";
import { createSidecar, type EndRequest } from "./sidecar.ts";

const seat: PlayerSession = {
  playerSessionId: "ps_1",
  playerId: "ann",
  team: "red",
  ticketId: "tick_1",
  state: "RESERVED",
  attributes: { skill: 5 },
  expiresAtMs: 60_000,
} as unknown as PlayerSession;
const battle = {
  battleSessionId: "bs_1",
  revision: 1,
  rosterVersion: 1,
  state: "ACTIVE",
  teams: [{ name: "red", template: "red", capacity: 3 }],
  capacity: 3,
  playerSessions: [seat],
  properties: { map: "dust" },
  data: "",
  creationPolicy: "ACCEPT_ALL",
  processId: "proc_1",
  incarnation: 1,
  fleet: "arena",
  region: "local",
  createdAtMs: 0,
  unreachable: false,
} as unknown as BattleSession;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A sidecar between a scripted fleet and a game that calls it, on virtual time. */
async function start(script: Script = {}, options: { token?: string; matchers?: readonly string[] } = {}) {
  const clock = createVirtualClock(1_000);
  const random = createSeededRandom(7);
  const memory = createMemoryNetwork({ clock, random });
  const fleet = createScriptedFleet(script);
  memory.serve("fleet", fleet.services);
  let generation = 0;
  const sidecar = createSidecar({
    clock,
    random,
    network: memory.from("sidecar"),
    log: () => undefined,
    fleetAddress: "fleet",
    fleet: "arena",
    processId: "proc_1",
    incarnation: 1,
    secret: "s3cret",
    token: options.token ?? "t0ken",
    matchers: options.matchers ?? [],
    ready: undefined,
    nextAttachGeneration: () => {
      generation += 1;
      return generation;
    },
    onReady: () => undefined,
  });
  const ends: EndRequest[] = [];
  sidecar.onEndRequested((end) => ends.push(end));
  memory.serve("sidecar", sidecar.services);
  const stop = new AbortController();
  const running = sidecar.run(stop.signal);
  const outcome = running.then(
    () => "stopped",
    (error: MusterError) => error.reason,
  );
  stops.push(async () => {
    stop.abort();
    await sidecar[Symbol.asyncDispose]();
    await clock.advance(10_000);
    await outcome;
  });
  const game = memory
    .from("game")
    .connect("sidecar", { token: options.token ?? "t0ken" })
    .client(GameServerServiceDefinition);
  await clock.advance(10);
  /** The answer of a call, with time going on until it is there. */
  const settle = async <Value>(call: Promise<Value>): Promise<Value> => {
    let settled = false;
    call.then(
      () => {
        settled = true;
      },
      () => {
        settled = true;
      },
    );
    for (let i = 0; i < 1_000 && !settled; i += 1) await clock.advance(10);
    return await call;
  };
  return { clock, memory, fleet, sidecar, game, ends, outcome, settle };
}

/** Reads a watch into an array while it lives. */
function listen(stream: AsyncIterable<WatchResponse>) {
  const events: NonNullable<WatchResponse["event"]>[] = [];
  const ended = (async () => {
    try {
      for await (const { event } of stream) if (event) events.push(event);
      return "ended";
    } catch (error) {
      return (error as MusterError).reason;
    }
  })();
  return { events, ended };
}

const watchRequest = { sdkName: "test", sdkVersion: "1", sdkLanguage: "typescript", resumeAfter: {} };
const startSession = (session: BattleSession, more: { matcherEndpoint?: string; capability?: string } = {}) => ({
  $case: "startSession" as const,
  value: {
    session: writeBattleSession(session),
    activateBy: new Date(30_000),
    matcherEndpoint: "",
    capability: "",
    traceparents: [],
    ...more,
  },
});
const change = (revision: number, more: object = {}) => ({
  $case: "sessionChange" as const,
  value: writeSessionChange({
    battleSessionId: battle.battleSessionId,
    revision,
    rosterVersion: 1,
    reason: "PLAYER_ACCEPTED",
    added: [],
    updated: [],
    removed: [],
    ...more,
  }),
});
const acceptRequest = { playerSessionId: "ps_1", requestId: "r1", reconnectSecret: "" };
const kinds = (fleet: ScriptedFleet) => fleet.commands.map(({ command }) => command?.$case);

test("attaches with who it is, and again with what it knows", async () => {
  const { fleet, clock } = await start();
  expect(fleet.hellos[0]).toMatchObject({
    processId: "proc_1",
    attachGeneration: 1,
    secret: "s3cret",
    knownSessions: [],
  });
  fleet.send(startSession(battle));
  await clock.advance(10);
  fleet.send(change(2));
  await clock.advance(10);
  fleet.hangUp();
  await clock.advance(5_000);
  expect(fleet.hellos[1]).toMatchObject({
    attachGeneration: 2,
    knownSessions: [{ battleSessionId: "bs_1", revision: 2, matcherEndpoint: expect.any(String) }],
  });
});

for (const reason of ["PROCESS_FENCED", "CREDENTIALS_INVALID", "PROCESS_NOT_FOUND"] as const) {
  test(`takes ${reason} as the fleet's final word`, async () => {
    const { outcome, clock } = await start({ refuse: () => new MusterError(reason, "Cannot attach") });
    await clock.advance(1_000);
    expect(await outcome).toBe(reason);
  });
}

test("beats as often as the first Welcome says, from then on", async () => {
  const { fleet, clock } = await start({ welcome: { heartbeatIntervalMs: 100 } });
  await clock.advance(1_000);
  expect(fleet.heartbeats).toBeGreaterThanOrEqual(10);
});

test("notices a fleet that has fallen silent and attaches anew", async () => {
  const { fleet, clock, memory } = await start();
  memory.cut({ a: "sidecar", b: "fleet" });
  await clock.advance(3_000);
  memory.heal();
  await clock.advance(10_000);
  expect(fleet.hellos.length).toBeGreaterThan(1);
});

test("refuses a game with another token", async () => {
  const { memory, settle } = await start();
  const stranger = memory.from("game").connect("sidecar", { token: "guess" }).client(GameServerServiceDefinition);
  await expect(settle(stranger.processEnding({}))).rejects.toMatchObject({ reason: "CREDENTIALS_INVALID" });
  await expect(settle(stranger.acceptPlayerSession(acceptRequest))).rejects.toMatchObject({
    reason: "CREDENTIALS_INVALID",
  });
});

test("relays ready once and tells a new attachment of it", async () => {
  const { fleet, game, settle, clock } = await start();
  await settle(game.processReady({ ports: { game: 7500 }, concurrentSessions: 0 }));
  await settle(game.processReady({ ports: { game: 7500 }, concurrentSessions: 1 }));
  const other = game.processReady({ ports: { game: 7501 }, concurrentSessions: 1 });
  await expect(settle(other)).rejects.toMatchObject({ reason: "PHASE_CONFLICT" });
  fleet.hangUp();
  await clock.advance(5_000);
  expect(fleet.hellos.at(-1)?.ready).toEqual({ ports: { game: 7500 }, concurrentSessions: 1 });
});

test("tells the fleet of a game that became ready while its Hello was under way", async () => {
  const welcome = Promise.withResolvers<void>();
  const { fleet, game, settle, clock } = await start({ welcomeAfter: welcome.promise });
  expect(fleet.hellos).toMatchObject([{ ready: undefined }]);
  for (let times = 0; times < 2; times += 1) {
    await settle(game.processReady({ ports: { game: 7500 }, concurrentSessions: 1 }));
  }
  expect(kinds(fleet)).toEqual([]);
  welcome.resolve();
  await clock.advance(100);
  expect(kinds(fleet)).toEqual(["processReady"]);
});

const badReady = [
  { name: "a port above 65535", request: { ports: { game: 65_536 }, concurrentSessions: 1 } },
  { name: "a negative number of sessions", request: { ports: {}, concurrentSessions: -1 } },
];
for (const { name, request } of badReady) {
  test(`refuses ${name} and stays as it was`, async () => {
    const { game, settle, fleet } = await start();
    await expect(settle(game.processReady(request))).rejects.toMatchObject({ reason: "FIELD_INVALID" });
    expect(kinds(fleet)).not.toContain("processReady");
  });
}

test("hands the game sessions and changes in order, and acknowledges what the game took", async () => {
  const { fleet, game, clock } = await start();
  const { events } = listen(game.watch(watchRequest));
  await clock.advance(10);
  fleet.send(startSession({ ...battle, state: "ACTIVATING" }));
  fleet.send(change(2));
  fleet.send(change(3));
  await clock.advance(10);
  expect(events.map((event) => event.$case)).toEqual([
    "opened",
    "startBattleSession",
    "battleSessionUpdated",
    "battleSessionUpdated",
  ]);
  expect(fleet.acknowledged.at(-1)).toEqual({ battleSessionId: "bs_1", revision: 3 });
});

test("gives a game that watches again the differences that it missed", async () => {
  const { fleet, game, clock } = await start();
  fleet.send(startSession(battle));
  for (const revision of [2, 3, 4]) fleet.send(change(revision));
  await clock.advance(10);
  const { events } = listen(game.watch({ ...watchRequest, resumeAfter: { bs_1: 2, bs_gone: 9 } }));
  await clock.advance(10);
  expect(events[0]).toMatchObject({ $case: "opened", value: { endedBattleSessionIds: ["bs_gone"] } });
  expect(events.slice(1)).toMatchObject([{ value: { revision: 3 } }, { value: { revision: 4 } }]);
});

test("ends a watch when the process opens another", async () => {
  const { game, clock } = await start();
  const first = listen(game.watch(watchRequest));
  await clock.advance(10);
  listen(game.watch(watchRequest));
  await clock.advance(10);
  expect(await first.ended).toBe("PHASE_CONFLICT");
});

test("relays the fleet's refusal with its reason", async () => {
  const error = { reason: "PLAYER_SESSION_EXPIRED", message: "Cannot accept", metadata: { a: "b" } };
  const { game, settle } = await start({ answer: () => ({ error }) });
  const call = settle(game.acceptPlayerSession(acceptRequest));
  await expect(call).rejects.toMatchObject({ reason: "PLAYER_SESSION_EXPIRED", metadata: { a: "b" } });
});

test("sends a command again, with the same id, when the fleet went away before its answer", async () => {
  let silent = true;
  const { fleet, game, clock, settle } = await start({ answer: () => (silent ? undefined : {}) });
  const call = game.removePlayerSession({ playerSessionId: "ps_1" });
  await clock.advance(100);
  silent = false;
  fleet.hangUp();
  await settle(call);
  const removes = fleet.commands.filter(({ command }) => command?.$case === "removeSeat");
  expect(removes).toHaveLength(2);
  expect(removes[0]?.commandId).toBe(removes[1]?.commandId);
});

test("accepts, and lets go, on its own while the fleet is away, and announces it in order", async () => {
  const { fleet, game, clock, settle, memory } = await start();
  fleet.send(startSession(battle));
  await clock.advance(10);
  memory.cut({ a: "sidecar", b: "fleet" });
  await clock.advance(10);
  const accepted = await settle(game.acceptPlayerSession(acceptRequest));
  expect(accepted).toMatchObject({ battleSessionId: "bs_1", playerSession: { playerId: "ann", state: 2 } });
  expect(await settle(game.acceptPlayerSession(acceptRequest))).toEqual(accepted);
  const second = settle(game.acceptPlayerSession({ ...acceptRequest, requestId: "r2" }));
  await expect(second).rejects.toMatchObject({ reason: "PLAYER_SESSION_ALREADY_ACCEPTED" });
  await settle(game.disconnectPlayerSession({ playerSessionId: "ps_1" }));
  const activate = settle(game.activateBattleSession({ battleSessionId: "bs_1" }));
  await expect(activate).resolves.toEqual({});
  memory.heal();
  await clock.advance(10_000);
  expect(fleet.hellos.at(-1)?.carriedOut.map(({ command }) => command?.$case)).toEqual([
    "acceptSeat",
    "disconnectSeat",
  ]);
  expect(fleet.hellos.at(-1)?.carriedOut[0]?.command?.value).toMatchObject({
    givenReconnectSecret: accepted.reconnectSecret,
  });
});

const absences = [
  { name: "while its fleet cannot have given it up", afterMs: 17_000, accepts: true },
  { name: "no more when its fleet may have given it up", afterMs: 19_000, accepts: false },
];
for (const { name, afterMs, accepts } of absences) {
  test(`answers for its fleet ${name}, counted from the fleet's last word`, async () => {
    // Silence is noticed after three heartbeats: far into the time that is left.
    const { fleet, game, clock, settle, memory } = await start({
      welcome: { hostLostAfterMs: 20_000, heartbeatIntervalMs: 1_000 },
    });
    fleet.send(startSession({ ...battle, playerSessions: [{ ...seat, expiresAtMs: 9e9 }] }));
    await clock.advance(10);
    memory.cut({ a: "sidecar", b: "fleet" });
    await clock.advance(afterMs);
    const call = settle(game.acceptPlayerSession(acceptRequest));
    if (accepts) await expect(call).resolves.toMatchObject({ battleSessionId: "bs_1" });
    else {
      const refusal = { reason: "FLEET_UNREACHABLE", metadata: { retryAfterMs: "1000" } };
      await expect(call).rejects.toMatchObject(refusal);
    }
  });
}

test("gives up a game that misses three health checks, and says so to the fleet and the game", async () => {
  const { fleet, game, clock, settle, ends } = await start({ welcome: { healthIntervalMs: 5_000 } });
  const { events } = listen(game.watch(watchRequest));
  await settle(game.processReady({ ports: {}, concurrentSessions: 1 }));
  await clock.advance(12_600);
  expect(events.filter((event) => event.$case === "healthCheck")).toHaveLength(3);
  expect(kinds(fleet)).toContain("processUnhealthy");
  expect(events.at(-1)).toMatchObject({ $case: "processTerminate", value: { reason: "UNHEALTHY" } });
  expect(ends).toHaveLength(1);
});

test("asks the game whether newcomers may come, and tells the fleet its word", async () => {
  const { fleet, game, settle, clock } = await start();
  const { events } = listen(game.watch(watchRequest));
  await clock.advance(1);
  const fill = { fillId: "fill_1", battleSessionId: "bs_1", newcomers: [], timeoutMs: 500 };
  fleet.send({ $case: "approveFill", value: { fill } });
  await clock.advance(1);
  expect(events.at(-1)).toEqual({ $case: "fillProposed", value: fill });
  await settle(game.answerFill({ fillId: "fill_1", approved: true }));
  expect(fleet.answers).toEqual([{ fillId: "fill_1", approved: true }]);
});

/** A game that answers each check so long after it was asked; the last delay holds for all that follow. */
async function startSlowGame(delaysMs: readonly number[]) {
  const started = await start({ welcome: { healthIntervalMs: 5_000 } });
  const { game, clock, settle } = started;
  let checks = 0;
  const answer = async (checkId: string) => {
    const delayMs = delaysMs[Math.min(checks, delaysMs.length - 1)] ?? 0;
    checks += 1;
    if (delayMs > 0) await clock.sleep(delayMs);
    await game.reportHealth({ checkId, healthy: true });
  };
  const watching = (async () => {
    for await (const { event } of game.watch(watchRequest)) {
      if (event?.$case === "healthCheck") void answer(event.value.checkId);
    }
  })().catch((error: MusterError) => error.reason);
  await settle(game.processReady({ ports: {}, concurrentSessions: 1 }));
  return { ...started, watching };
}

const busyGames = [
  { name: "is content with a game that answers", delaysMs: [0], isEnded: false },
  { name: "forgives one late answer", delaysMs: [4_000, 0], isEnded: false },
  { name: "forgives two late answers in a row", delaysMs: [4_000, 4_000, 0], isEnded: false },
  {
    name: "forgives late answers between good ones, however many",
    delaysMs: [4_000, 0, 4_000, 0, 4_000, 0],
    isEnded: false,
  },
  { name: "gives up a game that answers late three times in a row", delaysMs: [4_000], isEnded: true },
];
for (const { name, delaysMs, isEnded } of busyGames) {
  test(name, async () => {
    const { clock, fleet, ends } = await startSlowGame(delaysMs);
    await clock.advance(120_000);
    expect(kinds(fleet).filter((kind) => kind === "processUnhealthy")).toHaveLength(isEnded ? 1 : 0);
    expect(ends.map(({ reason }) => reason)).toEqual(isEnded ? ["UNHEALTHY"] : []);
  });
}

test("tells a game that watches later that it still has to end", async () => {
  const { fleet, game, clock, ends } = await start();
  fleet.send({ $case: "terminateProcess", value: { deadline: new Date(50_000), reason: "SCALE_IN" } });
  await clock.advance(10);
  expect(ends).toEqual([{ reason: "SCALE_IN", deadlineWallMs: 50_000 }]);
  const { events } = listen(game.watch(watchRequest));
  await clock.advance(10);
  expect(events.at(-1)).toMatchObject({ $case: "processTerminate", value: { reason: "SCALE_IN" } });
});

test("presents the session's capability to its matcher, with what the game has seen", async () => {
  const { fleet, game, clock, settle, memory } = await start({}, { matchers: ["matcher"] });
  const seen: object[] = [];
  const answer = async (request: object) => {
    seen.push(request);
    return { backfill: undefined };
  };
  const matcher = implement(BackfillServiceDefinition, {
    startBackfill: answer,
    cancelBackfill: answer,
    describeBackfill: answer,
  });
  memory.serve("matcher", [matcher]);
  fleet.send(startSession(battle, { matcherEndpoint: "matcher", capability: "cap" }));
  await clock.advance(10);
  const request = { battleSessionId: "bs_1", strategy: 1, addPlayers: {}, replace: true, requestId: "r1" } as const;
  await settle(game.startBackfill(request));
  await settle(game.cancelBackfill({ battleSessionId: "bs_1", requestId: "r2" }));
  await settle(game.describeBackfill({ battleSessionId: "bs_1" }));
  expect(seen).toMatchObject([
    { ...request, capability: "cap", seenRevision: 1 },
    { battleSessionId: "bs_1", requestId: "r2", capability: "cap", seenRevision: 1 },
    { battleSessionId: "bs_1", capability: "cap", seenRevision: 1 },
  ]);
});

const backfillRefusals = [
  { name: "an endpoint that is not allowed", matcherEndpoint: "10.0.0.1:7410", reason: "MATCHER_NOT_ALLOWED" },
  { name: "a session that no matcher made", matcherEndpoint: "", reason: "BATTLE_SESSION_NOT_FOUND" },
];
for (const { name, matcherEndpoint, reason } of backfillRefusals) {
  test(`refuses to backfill ${name}`, async () => {
    const { fleet, game, clock, settle } = await start();
    fleet.send(startSession(battle, { matcherEndpoint }));
    await clock.advance(10);
    await expect(settle(game.describeBackfill({ battleSessionId: "bs_1" }))).rejects.toMatchObject({ reason });
  });
}

const unknown = [
  { name: "activate", call: (game: Game) => game.activateBattleSession({ battleSessionId: "bs_9" }) },
  {
    name: "set the policy of",
    call: (game: Game) => game.updatePlayerSessionCreationPolicy({ battleSessionId: "bs_9", creationPolicy: 1 }),
  },
];
type Game = Awaited<ReturnType<typeof start>>["game"];
for (const { name, call } of unknown) {
  test(`refuses to ${name} a session that the process does not have`, async () => {
    const { game, settle } = await start();
    await expect(settle(call(game))).rejects.toMatchObject({ reason: "SERVER_SESSION_NOT_FOUND" });
  });
}

const unknownBattles = [
  {
    name: "start the backfill of",
    call: (game: Game) =>
      game.startBackfill({ battleSessionId: "bs_9", strategy: 1, addPlayers: {}, replace: false, requestId: "r" }),
  },
  {
    name: "cancel the backfill of",
    call: (game: Game) => game.cancelBackfill({ battleSessionId: "bs_9", requestId: "r" }),
  },
  { name: "describe the backfill of", call: (game: Game) => game.describeBackfill({ battleSessionId: "bs_9" }) },
];
for (const { name, call } of unknownBattles) {
  test(`refuses to ${name} a session that the process does not have`, async () => {
    const { game, settle } = await start();
    await expect(settle(call(game))).rejects.toMatchObject({ reason: "BATTLE_SESSION_NOT_FOUND" });
  });
}

test("calls no seat unknown that the fleet may have made before it went away", async () => {
  const { fleet, game, clock, settle, memory } = await start();
  fleet.send(startSession({ ...battle, playerSessions: [] }));
  await clock.advance(10);
  memory.cut({ a: "sidecar", b: "fleet" });
  await clock.advance(10);
  await expect(settle(game.acceptPlayerSession(acceptRequest))).rejects.toMatchObject({ reason: "FLEET_UNREACHABLE" });
});

test("tells a watching game of a session that ended while the fleet was away", async () => {
  const script: { welcome: { endedSessionIds?: string[] } } = { welcome: {} };
  const { fleet, game, clock } = await start(script);
  fleet.send(startSession(battle));
  const { events } = listen(game.watch(watchRequest));
  await clock.advance(10);
  script.welcome.endedSessionIds = ["bs_1"];
  fleet.hangUp();
  await clock.advance(5_000);
  expect(events.at(-1)).toMatchObject({
    $case: "sessionSnapshot",
    value: { session: { state: 4, playerSessions: [] } },
  });
});

test("says nothing of the sessions of an adopted game before the fleet has told of all that follow", async () => {
  const { fleet, game, clock } = await start({ welcome: { followingSessionIds: ["bs_1", "bs_2"] } });
  const { events } = listen(game.watch({ ...watchRequest, resumeAfter: { bs_1: 1, bs_2: 1, bs_gone: 4 } }));
  fleet.send(startSession(battle));
  await clock.advance(10);
  expect(events).toEqual([]);
  fleet.send(startSession({ ...battle, battleSessionId: "bs_2" } as unknown as BattleSession));
  await clock.advance(10);
  expect(events).toMatchObject([{ $case: "opened", value: { endedBattleSessionIds: ["bs_gone"] } }]);
});

test("calls no session unknown before the fleet has told of all that follow", async () => {
  const { fleet, game, settle, memory, clock } = await start({ welcome: { followingSessionIds: ["bs_1"] } });
  await expect(settle(game.activateBattleSession({ battleSessionId: "bs_1" }))).rejects.toMatchObject({
    reason: "FLEET_UNREACHABLE",
  });
  memory.cut({ a: "sidecar", b: "fleet" });
  await clock.advance(10);
  await expect(settle(game.acceptPlayerSession(acceptRequest))).rejects.toMatchObject({ reason: "FLEET_UNREACHABLE" });
  memory.heal();
  await clock.advance(5_000);
  fleet.send(startSession(battle));
  await clock.advance(10);
  await settle(game.activateBattleSession({ battleSessionId: "bs_1" }));
});

test("sends the same secret with a repeat that the fleet may have heard before", async () => {
  let silent = true;
  const { fleet, game, clock, settle, memory } = await start({ answer: () => (silent ? undefined : {}) });
  fleet.send(startSession(battle));
  const lost = game.acceptPlayerSession(acceptRequest).catch((error: MusterError) => error.reason);
  await clock.advance(100);
  memory.cut({ a: "sidecar", b: "fleet" });
  const repeated = await settle(game.acceptPlayerSession(acceptRequest));
  const first = fleet.commands.find(({ command }) => command?.$case === "acceptSeat")?.command?.value;
  expect(first).toMatchObject({ givenReconnectSecret: repeated.reconnectSecret });
  silent = false;
  memory.heal();
  await settle(lost);
});

test("lets a game say again that it is ready after the fleet refused its words", async () => {
  const error = { reason: "FIELD_INVALID", message: "Cannot", metadata: {} };
  let refuse = true;
  const { game, settle } = await start({ answer: () => (refuse ? { error } : {}) });
  const first = settle(game.processReady({ ports: { game: 1 }, concurrentSessions: 1 }));
  await expect(first).rejects.toMatchObject({ reason: "FIELD_INVALID" });
  refuse = false;
  await settle(game.processReady({ ports: { game: 2 }, concurrentSessions: 1 }));
});

test("tells the fleet what the game counts, the last numbers ahead of the session's end", async () => {
  const { fleet, game, clock, settle } = await start();
  fleet.send(startSession(battle));
  await clock.advance(10);
  const report = (currentCount: number) =>
    settle(game.reportCustomData({ battleSessionId: "bs_1", currentCount, maxCount: 30 }));
  for (const count of [1, 2, 3]) await report(count);
  await settle(game.terminateBattleSession({ battleSessionId: "bs_1" }));
  const counts = fleet.commands.map(({ command }) =>
    command?.$case === "reportCustomData" ? command.value.customData?.currentCount : command?.$case,
  );
  expect(counts).toEqual([1, 3, "endSession"]);
});

test("describes the seats of the process, what it answered for its fleet included", async () => {
  const { fleet, game, clock, settle, memory } = await start();
  const ben = { ...seat, playerSessionId: "ps_2", playerId: "ben" } as unknown as PlayerSession;
  fleet.send(startSession({ ...battle, playerSessions: [seat, ben] }));
  await clock.advance(10);
  const describe = async (more: object) => {
    const request = { battleSessionId: "", playerId: "", playerSessionId: "", state: 0, ...more } as const;
    const { playerSessions } = await settle(game.describePlayerSessions(request));
    return playerSessions.map(({ playerSession }) => playerSession?.playerId);
  };
  expect(await describe({ battleSessionId: "bs_1" })).toEqual(["ann", "ben"]);
  memory.cut({ a: "sidecar", b: "fleet" });
  await clock.advance(10);
  await settle(game.acceptPlayerSession(acceptRequest));
  expect(await describe({ battleSessionId: "bs_1", state: 2 })).toEqual(["ann"]);
  expect(await describe({ playerSessionId: "ps_2" })).toEqual(["ben"]);
});
