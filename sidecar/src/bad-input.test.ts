// What a game, a stranger on the machine, or a confused SDK can do to a sidecar, over real sockets: each is refused with its
// reason, the fleet hears nothing of it, and no error or log shows a secret.
import { createSeededRandom, systemClock } from "@muster/kit";
import { type BattleSession, type MusterError, writeBattleSession, writeSessionChange } from "@muster/proto";
import { grpcNetwork, serveGrpc } from "@muster/proto/grpc";
import type { Client } from "@muster/proto/rpc";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { expect, test } from "vitest";
import { createScriptedFleet, type Script } from "./scripted-fleet.fixture.ts";
import { createSidecar } from "./sidecar.ts";

const TOKEN = "sct_canary";
const SEAT_ID = "ps_canary";
const LONG = "x".repeat(900_000);
const seat = (playerSessionId: string, state = "RESERVED") => ({
  playerSessionId,
  playerId: `of ${playerSessionId}`,
  state,
  attributes: {},
  expiresAtMs: state === "RESERVED" ? systemClock.wallMs() + 600_000 : undefined,
});
const battleOf = (playerSessions: readonly object[]) =>
  ({
    battleSessionId: "bs_1",
    revision: 1,
    rosterVersion: 1,
    state: "ACTIVE",
    teams: [],
    capacity: 300,
    playerSessions,
    properties: {},
    data: "",
    creationPolicy: "ACCEPT_ALL",
    processId: "proc_1",
    incarnation: 1,
    fleet: "arena",
    region: "local",
    createdAtMs: 0,
    unreachable: false,
  }) as unknown as BattleSession;
type Game = Client<typeof GameServerServiceDefinition>;

/** A sidecar between a scripted fleet and a game, all of them behind sockets, with the battle running. */
async function start(script: Script = {}, seats = [seat(SEAT_ID), seat("ps_other")]) {
  const stack = new AsyncDisposableStack();
  const fleet = createScriptedFleet({ ...script, welcome: { followingSessionIds: ["bs_1"] } });
  const fleetServer = await serveGrpc({ bind: "127.0.0.1:0", services: fleet.services, drainMs: 20 });
  let servedFleet: AsyncDisposable | undefined = fleetServer;
  const log: string[] = [];
  let generation = 0;
  const sidecar = stack.use(
    createSidecar({
      clock: systemClock,
      random: createSeededRandom(7),
      network: grpcNetwork,
      log: (level, message, fields) => void log.push(JSON.stringify({ level, message, ...fields })),
      fleetAddress: fleetServer.address,
      fleet: "arena",
      processId: "proc_1",
      incarnation: 1,
      secret: "key_canary",
      token: TOKEN,
      matchers: [],
      ready: undefined,
      nextAttachGeneration: () => {
        generation += 1;
        return generation;
      },
      onReady: () => undefined,
    }),
  );
  const sidecarServer = stack.use(await serveGrpc({ bind: "127.0.0.1:0", services: sidecar.services, drainMs: 20 }));
  const stop = new AbortController();
  const running = sidecar.run(stop.signal).catch((error: MusterError) => log.push(error.message));
  const gameOf = (token: string): Game =>
    stack.use(grpcNetwork.connect(sidecarServer.address, { token })).client(GameServerServiceDefinition);
  const game = gameOf(TOKEN);
  const until = async (fits: () => boolean) => {
    while (!fits()) await systemClock.sleep(5, AbortSignal.timeout(10_000));
  };
  await until(() => sidecar.awaySinceMs === undefined);
  fleet.send({
    $case: "startSession",
    value: {
      session: writeBattleSession(battleOf(seats)),
      activateBy: new Date(),
      matcherEndpoint: "",
      capability: "",
      traceparents: [],
    },
  });
  // Held back until the session has come.
  const watch = game.watch({ sdkName: "", sdkVersion: "", sdkLanguage: "", resumeAfter: {} })[Symbol.asyncIterator]();
  await watch.next();
  await watch.return?.();
  return {
    fleet,
    sidecar,
    game,
    gameOf,
    until,
    log,
    /** The fleet is gone; what it heard so far stays known. */
    async loseFleet() {
      await servedFleet?.[Symbol.asyncDispose]();
      servedFleet = undefined;
      await until(() => sidecar.awaySinceMs !== undefined);
    },
    async returnFleet() {
      servedFleet = await serveGrpc({ bind: fleetServer.address, services: fleet.services, drainMs: 20 });
      await until(() => sidecar.awaySinceMs === undefined);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await stack.disposeAsync();
      await servedFleet?.[Symbol.asyncDispose]();
    },
  };
}

const refusalOf = (call: Promise<unknown>): Promise<MusterError> =>
  call.then(
    () => {
      throw new Error("the call was answered");
    },
    (error: MusterError) => error,
  );
const accept = (more: object = {}) => ({ playerSessionId: SEAT_ID, requestId: "r1", reconnectSecret: "", ...more });
const ready = (more: object = {}) => ({ ports: {}, concurrentSessions: 1, ...more });

const SELECT_NONE = { battleSessionId: "", playerId: "", playerSessionId: "", state: 0 } as const;

const refused: readonly {
  readonly name: string;
  readonly call: (game: Game) => Promise<unknown>;
  readonly reason: string;
  readonly field?: string;
}[] = [
  {
    name: "a seat id with a line break",
    call: (game) => game.acceptPlayerSession(accept({ playerSessionId: `${SEAT_ID}\n` })),
    reason: "FIELD_INVALID",
    field: "player_session_id",
  },
  {
    name: "no seat id",
    call: (game) => game.removePlayerSession({ playerSessionId: "" }),
    reason: "FIELD_INVALID",
    field: "player_session_id",
  },
  {
    name: "a seat id of 900,000",
    call: (game) => game.disconnectPlayerSession({ playerSessionId: LONG }),
    reason: "FIELD_INVALID",
    field: "player_session_id",
  },
  {
    name: "no request id",
    call: (game) => game.acceptPlayerSession(accept({ requestId: "" })),
    reason: "ID_MALFORMED",
    field: "request_id",
  },
  {
    name: "a reconnect secret of 900,000",
    call: (game) => game.acceptPlayerSession(accept({ reconnectSecret: LONG })),
    reason: "FIELD_INVALID",
    field: "reconnect_secret",
  },
  {
    name: "port 0",
    call: (game) => game.processReady(ready({ ports: { game: 0 } })),
    reason: "FIELD_INVALID",
    field: "ports.game",
  },
  {
    name: "seventeen ports",
    call: (game) =>
      game.processReady(ready({ ports: Object.fromEntries([...Array(17).keys()].map((i) => [i, 7_500])) })),
    reason: "FIELD_INVALID",
    field: "ports",
  },
  {
    name: "a port's name of 900,000",
    call: (game) => game.processReady(ready({ ports: { [LONG]: 7_500 } })),
    reason: "FIELD_INVALID",
    field: "ports",
  },
  {
    name: "1,001 sessions at once",
    call: (game) => game.processReady(ready({ concurrentSessions: 1_001 })),
    reason: "FIELD_INVALID",
    field: "concurrent_sessions",
  },
  {
    name: "a session of another process",
    call: (game) => game.activateBattleSession({ battleSessionId: "bs_2" }),
    reason: "SERVER_SESSION_NOT_FOUND",
  },
  {
    name: "no policy",
    call: (game) => game.updatePlayerSessionCreationPolicy({ battleSessionId: "bs_1", creationPolicy: 0 }),
    reason: "FIELD_INVALID",
    field: "creation_policy",
  },
  {
    name: "seats of nobody in particular",
    call: (game) => game.describePlayerSessions(SELECT_NONE),
    reason: "FIELD_INVALID",
    field: "the selection",
  },
  {
    name: "seats by two ids",
    call: (game) => game.describePlayerSessions({ ...SELECT_NONE, battleSessionId: "bs_1", playerSessionId: SEAT_ID }),
    reason: "FIELD_INVALID",
    field: "the selection",
  },
  {
    name: "seats that have ended",
    call: (game) => game.describePlayerSessions({ ...SELECT_NONE, battleSessionId: "bs_1", state: 4 }),
    reason: "FIELD_INVALID",
    field: "state",
  },
  {
    name: "seats of a session of another process",
    call: (game) => game.describePlayerSessions({ ...SELECT_NONE, battleSessionId: "bs_2" }),
    reason: "SERVER_SESSION_NOT_FOUND",
  },
  {
    name: "the seat of a malformed id",
    call: (game) => game.describePlayerSessions({ ...SELECT_NONE, playerSessionId: `${SEAT_ID}\n` }),
    reason: "FIELD_INVALID",
    field: "player_session_id",
  },
  {
    name: "a count below 0",
    call: (game) => game.reportCustomData({ battleSessionId: "bs_1", currentCount: -1, maxCount: 0 }),
    reason: "FIELD_INVALID",
    field: "current_count",
  },
  {
    name: "numbers of a session of another process",
    call: (game) => game.reportCustomData({ battleSessionId: "bs_2", currentCount: 1, maxCount: 2 }),
    reason: "SERVER_SESSION_NOT_FOUND",
  },
  {
    name: "a malformed session id",
    call: (game) => game.terminateBattleSession({ battleSessionId: "a b" }),
    reason: "ID_MALFORMED",
    field: "battle_session_id",
  },
];

test("what a game may not say is refused by name, and never reaches the fleet", async () => {
  await using world = await start();
  for (const { name, call, reason, field } of refused) {
    const error = await refusalOf(call(world.game));
    expect(error, name).toMatchObject({ reason, metadata: field === undefined ? {} : { field } });
    expect(error.message.length, name).toBeLessThan(512);
    expect(error.message, name).not.toContain("canary");
  }
  expect(world.fleet.commands).toEqual([]);
  expect((await world.game.processReady(ready())) satisfies object).toEqual({});
});

test("every call asks for the whole token", async () => {
  await using world = await start();
  for (const token of ["", "sct_", "sct_canarx", `${TOKEN}x`, "x".repeat(8_000)]) {
    const game = world.gameOf(token);
    const calls: readonly Promise<unknown>[] = [
      game.processReady(ready()),
      game.processEnding({}),
      game.activateBattleSession({ battleSessionId: "bs_1" }),
      game.terminateBattleSession({ battleSessionId: "bs_1" }),
      game.acceptPlayerSession(accept()),
      game.disconnectPlayerSession({ playerSessionId: SEAT_ID }),
      game.removePlayerSession({ playerSessionId: SEAT_ID }),
      game.updatePlayerSessionCreationPolicy({ battleSessionId: "bs_1", creationPolicy: 1 }),
      game.startBackfill({ battleSessionId: "bs_1", strategy: 1, addPlayers: {}, replace: false, requestId: "r1" }),
      game.cancelBackfill({ battleSessionId: "bs_1", requestId: "r1" }),
      game.describeBackfill({ battleSessionId: "bs_1" }),
      game.describePlayerSessions({ ...SELECT_NONE, battleSessionId: "bs_1" }),
      game.reportCustomData({ battleSessionId: "bs_1", currentCount: 1, maxCount: 2 }),
      game.answerFill({ fillId: "fill_1", approved: true }),
      game.reportHealth({ checkId: "c", healthy: true }),
      game.watch({ sdkName: "", sdkVersion: "", sdkLanguage: "", resumeAfter: {} })[Symbol.asyncIterator]().next(),
    ];
    for (const call of calls) expect((await refusalOf(call)).reason).toBe("CREDENTIALS_INVALID");
  }
  expect(world.fleet.commands).toEqual([]);
});

test("two players under one request id get secrets of their own", async () => {
  await using world = await start({
    answer: ({ command }) => ({
      acceptedSeat: {
        battleSessionId: "bs_1",
        playerSession: undefined,
        reconnectSecret: command?.$case === "acceptSeat" ? command.value.givenReconnectSecret : "",
      },
    }),
  });
  const anna = await world.game.acceptPlayerSession(accept());
  const ben = await world.game.acceptPlayerSession(accept({ playerSessionId: "ps_other" }));
  expect(anna.reconnectSecret).not.toBe(ben.reconnectSecret);
  expect((await world.game.acceptPlayerSession(accept())).reconnectSecret).toBe(anna.reconnectSecret);
  await world.loseFleet();
  const again = await world.game.acceptPlayerSession(accept({ playerSessionId: "ps_other" }));
  expect(again.reconnectSecret).toBe(ben.reconnectSecret);
});

test("players who come and go 10,000 times while the fleet is away are announced in order, once, and no more", async () => {
  const ids = Array.from({ length: 100 }, (_, index) => `ps_${index}`.padEnd(128, "x"));
  await using world = await start(
    {},
    ids.map((id) => seat(id)),
  );
  await world.loseFleet();
  const comeAndGo = async (playerSessionId: string): Promise<never> => {
    const first = await world.game.acceptPlayerSession(accept({ playerSessionId, requestId: "r".repeat(128) }));
    for (let round = 0; ; round += 1) {
      await world.game.disconnectPlayerSession({ playerSessionId });
      const requestId = `${round}`.padStart(128, "r");
      const { reconnectSecret } = first;
      await world.game.acceptPlayerSession(accept({ playerSessionId, requestId, reconnectSecret }));
    }
  };
  const ends = await Promise.all(ids.map((id) => refusalOf(comeAndGo(id))));
  expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["FLEET_UNREACHABLE"]));
  await world.returnFleet();
  const { commands, hellos } = world.fleet;
  await world.until(() => commands.length >= 10_000);
  const ofFirst = commands.flatMap(({ command }) =>
    (command?.$case === "acceptSeat" || command?.$case === "disconnectSeat") && command.value.playerSessionId === ids[0]
      ? [command.$case]
      : [],
  );
  expect(ofFirst).toEqual(ofFirst.map((_, index) => (index % 2 === 0 ? "acceptSeat" : "disconnectSeat")));
  expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(commands.length);
  expect(hellos.at(-1)?.carriedOut.length).toBe(1_000);
}, 120_000);

test("only the fleet judges a secret that it gave out itself", async () => {
  await using world = await start({}, [seat(SEAT_ID, "ACTIVE")]);
  await world.loseFleet();
  await world.game.disconnectPlayerSession({ playerSessionId: SEAT_ID });
  const back = world.game.acceptPlayerSession(accept({ requestId: "r2", reconnectSecret: "rs_of_the_fleet" }));
  expect((await refusalOf(back)).reason).toBe("FLEET_UNREACHABLE");
});

test("two SDKs that claim one process: the younger watches, the older hears why not", async () => {
  await using world = await start();
  const request = {
    sdkName: "a",
    sdkVersion: "1",
    sdkLanguage: "x",
    resumeAfter: { [`bs_${"x".repeat(500_000)}`]: 3 },
  };
  const first = world.game.watch(request)[Symbol.asyncIterator]();
  expect((await first.next()).value).toMatchObject({ event: { $case: "opened" } });
  const second = world.game.watch({ ...request, resumeAfter: {} })[Symbol.asyncIterator]();
  expect((await second.next()).value).toMatchObject({ event: { $case: "opened" } });
  const end = async () => {
    for (let next = await first.next(); !next.done; next = await first.next());
  };
  expect(await refusalOf(end())).toMatchObject({ reason: "PHASE_CONFLICT" });
  expect(world.sidecar.watched).toBe(true);
  await second.return?.();
});

test("a game that says its last word twice, and then more, is answered and not heard", async () => {
  await using world = await start();
  await world.game.processReady(ready());
  expect((await refusalOf(world.game.processReady(ready({ concurrentSessions: 2 })))).reason).toBe("PHASE_CONFLICT");
  await world.game.processEnding({});
  await world.game.processEnding({});
  expect((await refusalOf(world.game.processReady(ready()))).reason).toBe("PHASE_CONFLICT");
});

test("an SDK that never reads is cut off, and the others are answered meanwhile", async () => {
  await using world = await start();
  const stalled = world.game.watch({ sdkName: "", sdkVersion: "", sdkLanguage: "", resumeAfter: {} });
  const iterator = stalled[Symbol.asyncIterator]();
  await iterator.next();
  for (let revision = 2; world.sidecar.watched && revision < 20_000; revision += 1) {
    const backfill = {
      backfillId: "x".repeat(4_000),
      state: "SEARCHING",
      strategy: "MAX_POSSIBLE",
      addPlayers: {},
      progress: [],
    };
    const change = { battleSessionId: "bs_1", revision, rosterVersion: 1, reason: "BACKFILL_UPDATED", backfill };
    const value = writeSessionChange({ added: [], updated: [], removed: [], ...change } as never);
    world.fleet.send({ $case: "sessionChange", value });
    if (revision % 100 === 0) await world.game.reportHealth({ checkId: "none", healthy: true });
  }
  await world.until(() => !world.sidecar.watched);
  expect((await refusalOf(world.game.acceptPlayerSession(accept()))).reason).toBe("INTERNAL_FAULT");
  await iterator.return?.();
});

test("no log line shows the token, the process's secret, or a seat", async () => {
  await using world = await start({
    answer: () => ({ error: { reason: "PLAYER_SESSION_EXPIRED", message: "Cannot accept", metadata: {} } }),
  });
  await refusalOf(world.game.acceptPlayerSession(accept()));
  await world.loseFleet();
  await world.game.acceptPlayerSession(accept({ requestId: "r2" }));
  await world.returnFleet();
  await world.until(() => world.log.some((line) => line.includes("PLAYER_SESSION_EXPIRED")));
  expect(world.log.join("\n")).not.toContain("canary");
});
