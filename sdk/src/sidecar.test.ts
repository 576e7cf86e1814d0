// The connection: how it begins, how the process's health and end pass over it, how it ends.
import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import { connectWith } from "./connect.ts";
import { reasonOf, type ScriptedGame, startGame } from "./scripted-game.fixture.ts";
import { sessionOf } from "./scripted-sidecar.fixture.ts";

test("the game knows its process and the sidecar's version", async () => {
  await using game = await startGame();
  expect(game.sidecar).toMatchObject({ processId: "proc_1", sidecarVersion: "9.9.9", connection: "CONNECTED" });
});

const healthRows = [
  { name: "well without a handler", handler: undefined, healthy: true, reported: 0 },
  { name: "well by its handler", handler: () => true, healthy: true, reported: 0 },
  { name: "ill by its handler", handler: async () => false, healthy: false, reported: 0 },
  {
    name: "ill when its handler throws",
    handler: () => {
      throw new Error("slip");
    },
    healthy: false,
    reported: 1,
  },
  {
    name: "ill when its handler answers nothing",
    handler: (() => undefined) as unknown as () => boolean,
    healthy: false,
    reported: 1,
  },
  {
    name: "ill when its handler hangs",
    handler: () => new Promise<boolean>(() => undefined),
    healthy: false,
    reported: 1,
  },
];
for (const { name, handler, healthy, reported } of healthRows) {
  test(`a game is ${name}`, async () => {
    await using game = await startGame();
    if (handler) game.sidecar.onHealthCheck(handler);
    game.script.send({ $case: "healthCheck", value: { checkId: "check_1", timeoutMs: 2_500 } });
    await game.clock.advance(2_510);
    expect(game.script.callsOf("reportHealth").map(({ request }) => request)).toEqual([
      { checkId: "check_1", healthy },
    ]);
    expect(game.errors).toHaveLength(reported);
  });
}

test("health is answered while a callback of a session runs", async () => {
  await using game = await startGame();
  game.sidecar.onStartBattleSession(() => new Promise(() => undefined));
  game.script.start(sessionOf("bs_1"));
  game.script.send({ $case: "healthCheck", value: { checkId: "check_1", timeoutMs: 2_500 } });
  await game.settle();
  expect(game.script.callsOf("reportHealth")).toHaveLength(1);
});

const terminate = { $case: "processTerminate", value: { deadline: new Date(61_000), reason: "SCALE_IN" } } as const;

test("without a handler the SDK ends the process politely", async () => {
  await using game = await startGame();
  game.script.send(terminate);
  await game.clock.advance(900);
  expect(game.exits).toEqual([]);
  await game.clock.advance(200);
  expect(game.script.callsOf("processEnding")).toHaveLength(1);
  expect(game.exits).toEqual([0]);
  await game.sidecar.finished;
});

test("a sidecar that cannot be told does not keep the process from ending", async () => {
  await using game = await startGame({}, { callTimeoutMs: 2_000 });
  game.script.send(terminate);
  await game.settle();
  game.memory.breakNode("sidecar");
  await game.clock.advance(4_000);
  expect(game.exits).toEqual([0]);
});

test("a handler for the end, early or late, is told once and left to end the process", async () => {
  await using game = await startGame();
  game.script.send(terminate);
  await game.settle();
  const told: unknown[] = [];
  game.sidecar.onProcessTerminate(({ deadline, reason }) => void told.push({ deadline, reason }));
  await game.clock.advance(5_000);
  game.script.send(terminate); // As it comes again after a reconnect.
  await game.settle();
  expect(told).toEqual([{ deadline: new Date(61_000), reason: "SCALE_IN" }]);
  expect({ exits: game.exits, ending: game.script.callsOf("processEnding") }).toEqual({ exits: [], ending: [] });
});

test("processEnding() tells the sidecar once, closes the connection and resolves `finished`", async () => {
  await using game = await startGame();
  await game.outcome(Promise.all([game.sidecar.processEnding(), game.sidecar.processEnding()]));
  await game.sidecar.finished;
  expect(game.script.callsOf("processEnding")).toHaveLength(1);
  expect(game.sidecar.connection).toBe("CLOSED");
});

test("another watch of the same process ends this one: no war over it, and `finished` says why", async () => {
  await using game = await startGame();
  const changes: unknown[] = [];
  game.sidecar.onConnectionChange((change) => void changes.push(change));
  const why = new MusterError("PHASE_CONFLICT", "Cannot go on with this watch as the process opened another one");
  game.script.hangUp(why);
  await game.clock.advance(20_000);
  expect(await reasonOf(game.sidecar.finished)).toBe("PHASE_CONFLICT");
  expect(game.script.watches).toHaveLength(1);
  expect(changes).toMatchObject([{ state: "CLOSED", error: { reason: "PHASE_CONFLICT" } }]);
  expect(game.errors).toHaveLength(1);
});

test("connect() waits for a sidecar that comes up late", async () => {
  await using game = await startGame();
  game.memory.breakNode("sidecar");
  const { clock, memory } = game;
  const connecting = connectWith({ ...parts(game), connectTimeoutMs: 30_000 });
  await clock.advance(10_000);
  memory.serve("sidecar", game.script.services);
  const late = await game.outcome(connecting);
  expect(late.connection).toBe("CONNECTED");
  await late.close();
});

test("connect() gives up after its time, naming the address", async () => {
  await using game = await startGame();
  game.memory.breakNode("sidecar");
  const connecting = connectWith({ ...parts(game), connectTimeoutMs: 3_000 });
  await expect(game.outcome(connecting)).rejects.toMatchObject({
    reason: "PEER_UNREACHABLE",
    message: expect.stringMatching(/^Cannot connect to the sidecar at sidecar within 3000 ms: /),
  });
});

test("connect() does not repeat what a sidecar refuses", async () => {
  const refuse = () => new MusterError("CREDENTIALS_INVALID", "Cannot serve the call as its token is wrong");
  expect(await reasonOf(startGame({ refuse }))).toBe("CREDENTIALS_INVALID");
});

test("connect() can be called off", async () => {
  await using game = await startGame();
  game.memory.breakNode("sidecar");
  const stop = new AbortController();
  const connecting = connectWith({ ...parts(game), signal: stop.signal });
  await game.settle();
  stop.abort();
  expect(await reasonOf(connecting)).toBe("CALL_CANCELLED");
});

test("close() calls off what is in flight and what waits, without a word to the sidecar", async () => {
  const never = () => new Promise(() => undefined);
  const game = await startGame({ answers: { processReady: never } });
  const ready = game.sidecar.processReady();
  await game.settle();
  await game.sidecar.close();
  await game.sidecar.close();
  expect(await reasonOf(ready)).toBe("CALL_CANCELLED");
  await game.sidecar.finished;
  expect(game.script.callsOf("processEnding")).toEqual([]);
  expect(game.errors).toEqual([]);
});

function parts(game: ScriptedGame) {
  const random = { bytes: (length: number) => new Uint8Array(length), fraction: () => 0.5 };
  const exit = (code: number) => game.exits.push(code);
  return { network: game.memory.from("other"), address: "sidecar", clock: game.clock, random, exit };
}
