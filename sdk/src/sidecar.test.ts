import { MusterError, type Reason } from "@muster/proto";
import { expect, test } from "vitest";
import { connectWith } from "./connect.ts";
import { reasonOf, type ScriptedGame, startGame } from "./scripted-game.fixture.ts";
import { changeOf, removalOf, seatOf, sessionOf } from "./scripted-sidecar.fixture.ts";
import type { BattleSessionUpdate } from "./sessions.ts";

/** A game with `bs_1` started and its start handler done; the updates it heard. */
async function startBattle(game: ScriptedGame): Promise<{ readonly heard: BattleSessionUpdate[] }> {
  const heard: BattleSessionUpdate[] = [];
  game.sidecar.onStartBattleSession(() => undefined);
  game.sidecar.onBattleSessionUpdated((update) => void heard.push(update));
  game.script.start(sessionOf("bs_1"));
  await game.settle();
  return { heard };
}

function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(`there are ${items.length}`);
  return item;
}

test("a game hears of its battle, activates it, and finds it among the sessions", async () => {
  await using game = await startGame();
  const activated: Promise<void>[] = [];
  game.sidecar.onStartBattleSession((session, { activateBy }) => {
    expect(session).toMatchObject({ battleSessionId: "bs_1", state: "ACTIVATING", properties: { map: "dust" } });
    expect(activateBy).toEqual(new Date(30_000));
    activated.push(session.activate());
  });
  game.script.start(sessionOf("bs_1"));
  await game.settle();
  await game.outcome(only(activated));
  expect(game.script.callsOf("activateBattleSession")).toEqual([
    { method: "activateBattleSession", request: { battleSessionId: "bs_1" }, token: "t0ken" },
  ]);
  const session = only(game.sidecar.sessions);
  expect(session.players.map(({ playerId, state }) => [playerId, state])).toEqual([["ann", "RESERVED"]]);
});

test("the game knows its process and the sidecar's version", async () => {
  await using game = await startGame();
  expect(game.sidecar).toMatchObject({ processId: "proc_1", sidecarVersion: "9.9.9", connection: "CONNECTED" });
});

test("updates show handles that stay the same while their fields move on", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  const ann = game.sidecar.sessions[0]?.players[0];
  game.script.change(changeOf(2, { reason: "PLAYER_ACCEPTED", updated: [seatOf("ann", "ACTIVE")] }));
  game.script.change(changeOf(3, { reason: "PLAYERS_ADDED", added: [seatOf("bob")] }));
  game.script.change(changeOf(4, { reason: "PLAYER_REMOVED", removed: [removalOf("ann")] }));
  await game.settle();
  expect(heard.map(({ reason }) => reason)).toEqual(["PLAYER_ACCEPTED", "PLAYERS_ADDED", "PLAYER_REMOVED"]);
  expect(heard[0]?.updated).toEqual([ann]);
  expect(heard[0]?.updated[0]).toBe(ann);
  expect(heard[2]?.removed[0]).toBe(ann);
  expect(ann).toMatchObject({ state: "COMPLETED", endCause: "REMOVED", expiresAt: undefined });
  expect(heard[2]?.session.players.map(({ playerId }) => playerId)).toEqual(["bob"]);
  expect(heard[2]?.session).toBe(game.sidecar.sessions[0]);
});

test("a reservation that ran out leaves its player TIMED_OUT", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  const removed = [removalOf("ann", "RESERVATION_EXPIRED")];
  game.script.change(changeOf(2, { reason: "RESERVATION_EXPIRED", removed }));
  await game.settle();
  expect(heard[0]?.removed[0]).toMatchObject({ state: "TIMED_OUT", endCause: "RESERVATION_EXPIRED" });
});

test("callbacks of one session run one after another, those of two sessions side by side", async () => {
  await using game = await startGame();
  const log: string[] = [];
  const gates = new Map<string, () => void>();
  game.sidecar.onStartBattleSession(async ({ battleSessionId }) => {
    log.push(`start ${battleSessionId}`);
    await new Promise<void>((resolve) => gates.set(battleSessionId, resolve));
    log.push(`loaded ${battleSessionId}`);
  });
  game.sidecar.onBattleSessionUpdated(({ session, reason }) => void log.push(`${reason} ${session.battleSessionId}`));
  game.script.start(sessionOf("bs_1"));
  game.script.start(sessionOf("bs_2"));
  game.script.change(changeOf(2, { reason: "PLAYERS_ADDED", added: [seatOf("bob")] }));
  game.script.change(changeOf(3));
  await game.settle();
  expect(log).toEqual(["start bs_1", "start bs_2"]);
  gates.get("bs_1")?.();
  await game.settle();
  expect(log.slice(2)).toEqual(["loaded bs_1", "PLAYERS_ADDED bs_1", "BACKFILL_UPDATED bs_1"]);
});

test("handlers that are registered late hear what they missed, in order", async () => {
  await using game = await startGame();
  const log: string[] = [];
  game.script.start(sessionOf("bs_1"));
  game.script.change(changeOf(2, { reason: "PLAYERS_ADDED", added: [seatOf("bob")] }));
  await game.settle();
  game.sidecar.onBattleSessionUpdated(({ reason }) => void log.push(reason));
  await game.settle();
  expect(log).toEqual([]);
  game.sidecar.onStartBattleSession(() => void log.push("start"));
  await game.settle();
  expect(log).toEqual(["start", "PLAYERS_ADDED"]);
});

test("a start handler that throws is reported and its session terminated", async () => {
  await using game = await startGame();
  const fault = new Error("no such map");
  game.sidecar.onStartBattleSession(() => {
    throw fault;
  });
  game.script.start(sessionOf("bs_1"));
  await game.settle();
  expect(game.errors).toEqual([{ error: fault, context: { where: "onStartBattleSession", battleSessionId: "bs_1" } }]);
  expect(game.script.callsOf("terminateBattleSession")).toHaveLength(1);
});

test("an update handler that throws is reported, and hears the next update", async () => {
  await using game = await startGame();
  await startBattle(game);
  let calls = 0;
  game.sidecar.onBattleSessionUpdated(() => {
    calls += 1;
    throw new Error("slip");
  });
  game.script.change(changeOf(2));
  game.script.change(changeOf(3));
  await game.settle();
  expect(calls).toBe(2);
  expect(game.errors.map(({ context }) => context.where)).toEqual(["onBattleSessionUpdated", "onBattleSessionUpdated"]);
});

test("a callback that hangs is reported after its time, told so, and the next one runs", async () => {
  await using game = await startGame({}, { callbackTimeoutMs: 5_000 });
  let told: AbortSignal | undefined;
  const heard: string[] = [];
  game.sidecar.onStartBattleSession((_session, { signal }) => {
    told = signal;
    return new Promise(() => undefined);
  });
  game.sidecar.onBattleSessionUpdated(({ reason }) => void heard.push(reason));
  game.script.start(sessionOf("bs_1"));
  game.script.change(changeOf(2));
  await game.clock.advance(4_990);
  expect({ heard, aborted: told?.aborted }).toEqual({ heard: [], aborted: false });
  await game.clock.advance(20);
  expect({ heard, aborted: told?.aborted }).toEqual({ heard: ["BACKFILL_UPDATED"], aborted: true });
  expect(only(game.errors).error).toMatchObject({ reason: "DEADLINE_PASSED" });
  expect(game.script.callsOf("terminateBattleSession")).toEqual([]);
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

test("a reconnect resumes where the game has got to, and nothing is lost or doubled", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  const states: string[] = [];
  game.sidecar.onConnectionChange(({ state }) => void states.push(state));
  await game.outcome(game.sidecar.processReady({ ports: { game: 7500 }, concurrentSessions: 2 }));
  game.script.change(changeOf(2));
  await game.settle();

  const next = game.restart();
  await game.clock.advance(5_000);
  expect(next.watches.map(({ resumeAfter }) => resumeAfter)).toEqual([{ bs_1: 2 }]);
  expect(next.callsOf("processReady").map(({ request }) => request)).toEqual([
    { ports: { game: 7500 }, concurrentSessions: 2 },
  ]);
  next.change(changeOf(2));
  next.change(changeOf(3, { reason: "PLAYERS_ADDED", added: [seatOf("bob")] }));
  await game.settle();
  expect(heard.map(({ session: _, reason }) => reason)).toEqual(["BACKFILL_UPDATED", "PLAYERS_ADDED"]);
  expect(states).toEqual(["RECONNECTING", "CONNECTED"]);
  expect(game.errors).toEqual([]);
});

test("what no handler has returned from is not named as handled, and is not heard twice when it comes again", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  let open: () => void = () => undefined;
  game.sidecar.onBattleSessionUpdated(async (update) => {
    heard.push(update);
    if (heard.length === 1) await new Promise<void>((resolve) => (open = resolve));
  });
  game.script.change(changeOf(2));
  game.script.change(changeOf(3));
  await game.settle();
  const next = game.restart();
  await game.clock.advance(5_000);
  expect(next.watches[0]?.resumeAfter).toEqual({ bs_1: 1 });
  next.change(changeOf(2));
  next.change(changeOf(3));
  open();
  await game.settle();
  expect(heard.map(({ session }) => session.revision)).toHaveLength(2);
});

test("a session that starts again after a reconnect is started once", async () => {
  await using game = await startGame();
  let starts = 0;
  game.sidecar.onStartBattleSession(() => {
    starts += 1;
  });
  game.script.start(sessionOf("bs_1"));
  await game.settle();
  const next = game.restart();
  await game.clock.advance(5_000);
  next.start(sessionOf("bs_1"));
  await game.settle();
  expect(starts).toBe(1);
});

test("a snapshot is heard as one update with the differences", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  const ann = game.sidecar.sessions[0]?.players[0];
  const playerSessions = [seatOf("bob", "ACTIVE"), seatOf("cyd")];
  game.script.snapshot({ ...sessionOf("bs_1"), revision: 9, state: "ACTIVE", playerSessions });
  await game.settle();
  const update = only(heard);
  expect(update).toMatchObject({ reason: "SNAPSHOT", added: [{ playerId: "bob" }, { playerId: "cyd" }], updated: [] });
  expect(update.removed).toEqual([ann]);
  expect(update.session.revision).toBe(9);
});

test("a gap makes the SDK watch again and ask for a snapshot", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  game.script.change(changeOf(4));
  await game.clock.advance(5_000);
  expect(game.script.watches.at(-1)?.resumeAfter).toEqual({ bs_1: 0 });
  game.script.snapshot({ ...sessionOf("bs_1", ["ann", "bob"]), revision: 4 });
  game.script.change(changeOf(5));
  await game.settle();
  expect(heard.map(({ reason }) => reason)).toEqual(["SNAPSHOT", "BACKFILL_UPDATED"]);
});

test("a change that only a newer SDK could read is replaced by a snapshot", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  const unknown = { ...changeOf(2), reason: 99 } as unknown;
  game.script.send({ $case: "battleSessionUpdated", value: unknown as never });
  await game.clock.advance(5_000);
  game.script.snapshot({ ...sessionOf("bs_1", ["ann", "bob"]), revision: 2 });
  await game.settle();
  expect(heard.map(({ reason, added }) => [reason, added.length])).toEqual([["SNAPSHOT", 1]]);
});

test("a session that is over leaves the list, its players' seats ended", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  const ann = game.sidecar.sessions[0]?.players[0];
  game.script.change(changeOf(2, { reason: "SESSION_ENDED", state: "TERMINATED", endCause: "GAME_ENDED" }));
  game.script.change(changeOf(3)); // The matcher's backfill may be told of a little later.
  await game.settle();
  expect(heard.map(({ reason, removed }) => [reason, removed])).toEqual([["SESSION_ENDED", [ann]]]);
  expect(ann?.endCause).toBe("SESSION_ENDED");
  expect(game.sidecar.sessions).toEqual([]);
  expect(game.errors).toEqual([]);
  await game.clock.advance(5_000);
  expect(game.script.watches).toHaveLength(1); // What comes late is not taken for a gap.
});

test("a session that ended while the sidecar was away ends for the game too", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  game.restart({ opened: { endedBattleSessionIds: ["bs_1"] } });
  await game.clock.advance(5_000);
  expect(heard.map(({ reason, removed }) => [reason, removed.length])).toEqual([["SESSION_ENDED", 1]]);
  expect(game.sidecar.sessions).toEqual([]);
});

test("a game that does not listen to updates still ends a session that is to end", async () => {
  await using game = await startGame();
  game.sidecar.onStartBattleSession(() => undefined);
  game.script.start(sessionOf("bs_1"));
  game.script.change(changeOf(2, { reason: "SESSION_TERMINATING", state: "TERMINATING" }));
  await game.settle();
  expect(game.script.callsOf("terminateBattleSession")).toHaveLength(1);
});

test("updates that pile up before a slow handler come as one", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  let open: () => void = () => undefined;
  game.sidecar.onBattleSessionUpdated(async (update) => {
    heard.push(update);
    if (heard.length === 1) await new Promise<void>((resolve) => (open = resolve));
  });
  game.script.change(changeOf(2));
  for (let revision = 3; revision <= 1_502; revision += 2) {
    game.script.change(changeOf(revision, { reason: "PLAYERS_ADDED", added: [seatOf(`p${revision}`)] }));
    game.script.change(changeOf(revision + 1, { reason: "PLAYER_REMOVED", removed: [removalOf(`p${revision}`)] }));
  }
  await game.clock.advance(5_000);
  open();
  await game.settle();
  expect(heard[1]).toMatchObject({ reason: "SNAPSHOT", removed: [] });
  expect(heard[1]?.added.length).toBeLessThanOrEqual(1); // Who came and went in between is not mentioned.
  expect(heard.length).toBeLessThan(1_000);
  expect(game.sidecar.sessions[0]?.revision).toBe(1_502);
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

test("acceptPlayerSession() gives session, player and reconnect secret, at once ACTIVE", async () => {
  await using game = await startGame();
  await startBattle(game);
  const { session, player, reconnectSecret } = await game.outcome(game.sidecar.acceptPlayerSession("ps_ann"));
  expect(session).toBe(game.sidecar.sessions[0]);
  expect(player).toBe(session.players[0]);
  expect({ state: player.state, reconnectSecret }).toEqual({ state: "ACTIVE", reconnectSecret: "rc_1" });
});

test("acceptPlayerSession() repeats itself with one request id while the sidecar is away, and draws another next time", async () => {
  let away = 2;
  const acceptPlayerSession = (request: unknown) => {
    away -= 1;
    if (away >= 0) throw new MusterError("SERVICE_NOT_READY", "Cannot say as the fleet is not known yet");
    const { playerSessionId } = request as { playerSessionId: string };
    throw new MusterError("PLAYER_SESSION_EXPIRED", `Cannot accept ${playerSessionId} as it ran out`);
  };
  await using game = await startGame({ answers: { acceptPlayerSession } });
  const call = game.sidecar.acceptPlayerSession("ps_ann", { reconnectSecret: "rc_0" });
  expect(await reasonOf(game.outcome(call))).toBe("PLAYER_SESSION_EXPIRED");
  await reasonOf(game.outcome(game.sidecar.acceptPlayerSession("ps_ann")));
  const ids = game.script
    .callsOf("acceptPlayerSession")
    .map(({ request }) => (request as { requestId: string }).requestId);
  expect(ids).toHaveLength(4);
  expect(new Set(ids.slice(0, 3)).size).toBe(1);
  expect(ids[3]).not.toBe(ids[0]);
});

test("a call whose sidecar stays away rejects within its time, saying so", async () => {
  await using game = await startGame({}, { callTimeoutMs: 3_000 });
  game.memory.breakNode("sidecar");
  const before = game.clock.nowMs();
  expect(await reasonOf(game.outcome(game.sidecar.processReady()))).toBe("PEER_UNREACHABLE");
  expect(game.clock.nowMs() - before).toBeLessThanOrEqual(3_020);
});

test("players leave at once for the game that removes them", async () => {
  await using game = await startGame();
  const { heard } = await startBattle(game);
  const [session] = game.sidecar.sessions;
  const ann = session?.players[0];
  await game.outcome(ann?.disconnect() ?? Promise.reject());
  expect(ann).toMatchObject({ state: "DISCONNECTED", expiresAt: new Date(61_000) });
  await game.outcome(ann?.remove() ?? Promise.reject());
  expect({ state: ann?.state, players: session?.players }).toEqual({ state: "COMPLETED", players: [] });
  game.script.change(changeOf(2, { reason: "PLAYER_REMOVED", removed: [removalOf("ann")] }));
  await game.settle();
  expect(only(heard).removed[0]).toBe(ann);
});

test("backfill is started, described and cancelled in words", async () => {
  await using game = await startGame();
  await startBattle(game);
  const session = only(game.sidecar.sessions);
  const request = { strategy: "CUSTOM", addPlayers: { red: 2 }, replace: true } as const;
  const started = await game.outcome(session.startBackfill(request));
  expect(started).toMatchObject({ state: "SEARCHING", strategy: "MAX_POSSIBLE", progress: [{ team: "red", goal: 3 }] });
  expect(only(game.script.callsOf("startBackfill")).request).toMatchObject({
    battleSessionId: "bs_1",
    strategy: 2,
    addPlayers: { red: 2 },
    replace: true,
  });
  expect((await game.outcome(session.describeBackfill())).backfillId).toBe("bf_1");
  expect(await game.outcome(session.cancelBackfill())).toMatchObject({
    state: "CANCELLED",
    cause: "CANCELLED_BY_REQUEST",
  });
  await game.outcome(session.setCreationPolicy("DENY_ALL"));
  expect(only(game.script.callsOf("updatePlayerSessionCreationPolicy")).request).toEqual({
    battleSessionId: "bs_1",
    creationPolicy: 2,
  });
});

type Call = (game: ScriptedGame) => Promise<unknown>;
const session = (game: ScriptedGame) => only(game.sidecar.sessions);
const refusals: readonly { method: string; reason: Reason; call: Call }[] = [
  { method: "activateBattleSession", reason: "PHASE_CONFLICT", call: (game) => session(game).activate() },
  { method: "terminateBattleSession", reason: "SERVER_SESSION_NOT_FOUND", call: (game) => session(game).terminate() },
  {
    method: "acceptPlayerSession",
    reason: "PLAYER_SESSION_NOT_FOUND",
    call: ({ sidecar }) => sidecar.acceptPlayerSession("ps_x"),
  },
  {
    method: "disconnectPlayerSession",
    reason: "PHASE_CONFLICT",
    call: (game) => only(session(game).players).disconnect(),
  },
  {
    method: "removePlayerSession",
    reason: "PLAYER_SESSION_NOT_FOUND",
    call: (game) => only(session(game).players).remove(),
  },
  {
    method: "updatePlayerSessionCreationPolicy",
    reason: "SESSION_NOT_ACTIVE",
    call: (game) => session(game).setCreationPolicy("DENY_ALL"),
  },
  { method: "startBackfill", reason: "BACKFILL_ALREADY_RUNNING", call: (game) => session(game).startBackfill() },
  { method: "cancelBackfill", reason: "BACKFILL_NOT_RUNNING", call: (game) => session(game).cancelBackfill() },
  { method: "describeBackfill", reason: "BATTLE_SESSION_NOT_FOUND", call: (game) => session(game).describeBackfill() },
  { method: "processReady", reason: "CREDENTIALS_INVALID", call: ({ sidecar }) => sidecar.processReady() },
  { method: "processEnding", reason: "INTERNAL_FAULT", call: ({ sidecar }) => sidecar.processEnding() },
];
for (const { method, reason, call } of refusals) {
  test(`${method} rejects with the sidecar's reason, ${reason}, after one try`, async () => {
    const refuse = () => {
      throw new MusterError(reason, "Cannot do that as the script refuses", { metadata: { phase: "test" } });
    };
    await using game = await startGame({ answers: { [method]: refuse } });
    await startBattle(game);
    const error = await game.outcome(call(game)).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ reason, metadata: { phase: "test" } });
    expect(game.script.callsOf(method)).toHaveLength(1);
    expect(only(game.sidecar.sessions).players).toHaveLength(1);
  });
}

const badInputs: readonly { field: string; call: Call }[] = [
  { field: "ports.game", call: ({ sidecar }) => sidecar.processReady({ ports: { game: 70_000 } }) },
  { field: "concurrentSessions", call: ({ sidecar }) => sidecar.processReady({ concurrentSessions: 0 }) },
  { field: "playerSessionId", call: ({ sidecar }) => sidecar.acceptPlayerSession(7 as never) },
  { field: "policy", call: (game) => session(game).setCreationPolicy("MAYBE" as never) },
  { field: "policy", call: (game) => session(game).setCreationPolicy("UNSPECIFIED" as never) },
  { field: "policy", call: (game) => session(game).setCreationPolicy("toString" as never) },
  { field: "strategy", call: (game) => session(game).startBackfill({ strategy: "SOME" as never }) },
  { field: "addPlayers", call: (game) => session(game).startBackfill({ strategy: "CUSTOM", addPlayers: {} }) },
  { field: "addPlayers", call: (game) => session(game).startBackfill({ addPlayers: { red: 1 } }) },
  {
    field: "addPlayers.red",
    call: (game) => session(game).startBackfill({ strategy: "CUSTOM", addPlayers: { red: 0 } }),
  },
];
for (const [index, { field, call }] of badInputs.entries()) {
  test(`a bad ${field} is refused before anything is sent (${index})`, async () => {
    await using game = await startGame();
    await startBattle(game);
    const sent = game.script.calls.length;
    const error = await call(game).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ reason: "FIELD_INVALID", metadata: { field } });
    expect(game.script.calls).toHaveLength(sent);
  });
}

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
