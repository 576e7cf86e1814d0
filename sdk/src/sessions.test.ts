// What a game hears of its battles, and when.
import { expect, test } from "vitest";
import { only, startBattle, startGame } from "./scripted-game.fixture.ts";
import { changeOf, removalOf, seatOf, sessionOf } from "./scripted-sidecar.fixture.ts";

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
