// What a game asks of its sidecar, and what it is answered.
import { MusterError, type Reason, writePlayerSession } from "@muster/proto";
import { expect, test } from "vitest";
import { only, reasonOf, type ScriptedGame, startBattle, startGame } from "./scripted-game.fixture.ts";
import { changeOf, removalOf, seatOf, sessionOf } from "./scripted-sidecar.fixture.ts";

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

test("acceptPlayerSession() asks again under the id of a try that had no answer", async () => {
  let away = true;
  const acceptPlayerSession = () => {
    if (away) throw new MusterError("FLEET_UNREACHABLE", "Cannot say as the fleet is away");
    throw new MusterError("PLAYER_SESSION_EXPIRED", "Cannot accept it as it ran out");
  };
  await using game = await startGame({ answers: { acceptPlayerSession } });
  const accept = (id: string) => reasonOf(game.outcome(game.sidecar.acceptPlayerSession(id)));
  expect(await accept("ps_ann")).toBe("FLEET_UNREACHABLE");
  away = false;
  await accept("ps_ann");
  await accept("ps_bob");
  await accept("ps_ann");
  const ids = game.script
    .callsOf("acceptPlayerSession")
    .map(({ request }) => (request as { requestId: string }).requestId);
  const [bob, third] = ids.slice(-2);
  expect(new Set(ids.slice(0, -2)).size).toBe(1);
  expect(new Set([ids[0], bob, third]).size).toBe(3);
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

test("what the game did and no news confirms is said again to a sidecar that was restarted", async () => {
  await using game = await startGame();
  await startBattle(game);
  game.script.change(changeOf(2, { updated: [seatOf("ann", "ACTIVE")], added: [seatOf("bob", "ACTIVE")] }));
  game.script.start(sessionOf("bs_2"));
  await game.settle();
  const [ann, bob] = game.sidecar.sessions[0]?.players ?? [];
  await game.outcome(ann?.remove() ?? Promise.reject());
  await game.outcome(bob?.disconnect() ?? Promise.reject());
  await game.outcome(game.sidecar.sessions[1]?.terminate() ?? Promise.reject());
  const next = game.restart();
  await game.clock.advance(5_000);
  expect(next.calls.filter(({ method }) => method !== "watch")).toMatchObject([
    { method: "removePlayerSession", request: { playerSessionId: "ps_ann" } },
    { method: "disconnectPlayerSession", request: { playerSessionId: "ps_bob" } },
    { method: "terminateBattleSession", request: { battleSessionId: "bs_2" } },
  ]);
});

test("what the game did to seats that only a snapshot shows is said again", async () => {
  await using game = await startGame();
  await startBattle(game);
  const { player } = await game.outcome(game.sidecar.acceptPlayerSession("ps_ann")); // No news of it comes.
  await game.outcome(player.disconnect());
  for (const revision of [5, 6]) {
    const next = game.restart();
    await game.clock.advance(5_000);
    next.snapshot({ ...sessionOf("bs_1"), revision, playerSessions: [seatOf("ann", "ACTIVE")] });
    await game.settle();
    expect(next.callsOf("disconnectPlayerSession").at(-1)).toMatchObject({ request: { playerSessionId: "ps_ann" } });
  }
  await game.outcome(game.sidecar.acceptPlayerSession("ps_ann", { reconnectSecret: "rc_1" }));
  const last = game.restart();
  await game.clock.advance(5_000);
  expect(last.callsOf("disconnectPlayerSession")).toEqual([]);
});

test("P-ACCEPT-ONCE: who was let in, and by the snapshot of a restarted sidecar was not, is let in by the same attempt", async () => {
  await using game = await startGame();
  await startBattle(game);
  await game.outcome(game.sidecar.acceptPlayerSession("ps_ann")); // By a sidecar that stood in for its fleet.
  const [first] = game.script.callsOf("acceptPlayerSession");
  const next = game.restart();
  await game.clock.advance(5_000);
  next.snapshot({ ...sessionOf("bs_1"), revision: 5, playerSessions: [seatOf("ann", "RESERVED")] });
  await game.settle();
  expect(next.callsOf("acceptPlayerSession").at(-1)?.request).toEqual(first?.request);
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

test("describePlayerSessions() gives seats in plain values", async () => {
  const found = { battleSessionId: "bs_1", playerSession: writePlayerSession(seatOf("ann")) };
  await using game = await startGame({ answers: { describePlayerSessions: () => ({ playerSessions: [found] }) } });
  const seats = await game.outcome(game.sidecar.describePlayerSessions({ playerId: "ann", state: "RESERVED" }));
  expect(only(game.script.callsOf("describePlayerSessions")).request).toMatchObject({ playerId: "ann", state: 1 });
  expect(seats).toMatchObject([{ battleSessionId: "bs_1", playerSessionId: "ps_ann", expiresAt: new Date(60_000) }]);
});

test("what a game counts is said again to a sidecar that was restarted, until the session shows it", async () => {
  await using game = await startGame();
  await startBattle(game);
  const [session] = game.sidecar.sessions;
  const customData = { currentCount: 2, maxCount: 30 };
  await game.outcome(session?.reportCustomData(customData) ?? Promise.reject());
  const next = game.restart();
  await game.clock.advance(5_000);
  expect(only(next.callsOf("reportCustomData")).request).toMatchObject({ battleSessionId: "bs_1", ...customData });
  next.change(changeOf(2, { reason: "CUSTOM_DATA_REPORTED", customData }));
  await game.settle();
  expect(session?.customData).toEqual(customData);
  const last = game.restart();
  await game.clock.advance(5_000);
  expect(last.callsOf("reportCustomData")).toEqual([]);
});

for (const data of [
  { currentCount: -1, maxCount: 1 },
  { currentCount: 1.5, maxCount: 1 },
  { currentCount: 1, maxCount: 2 ** 31 },
]) {
  test(`reportCustomData() refuses ${JSON.stringify(data)}`, async () => {
    await using game = await startGame();
    await startBattle(game);
    const call = game.sidecar.sessions[0]?.reportCustomData(data);
    expect(await reasonOf(game.outcome(call ?? Promise.reject()))).toBe("FIELD_INVALID");
  });
}
