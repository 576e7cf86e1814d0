// The sidecar of tests by what its users lean on; that it behaves like a sidecar is judged in test/conformance.
import type { Reason } from "@muster/proto";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { expect, test } from "vitest";
import type { Sidecar } from "../sidecar.ts";
import type { BattleSpec } from "./test-battle.ts";
import { createTestSidecar, type TestSidecar } from "./test-sidecar.ts";

/** A game that activates at once and keeps what it hears. */
async function play(test: TestSidecar, { concurrentSessions = 1 } = {}): Promise<{ game: Sidecar; heard: string[] }> {
  const game = await test.connect();
  const heard: string[] = [];
  game.onStartBattleSession((session) => session.activate());
  game.onBattleSessionUpdated(({ reason, added, removed }) => {
    const who = [...added.map((one) => `+${one.playerId}`), ...removed.map((one) => `-${one.playerId}`)];
    heard.push([reason, ...who].join(" "));
  });
  await game.processReady({ concurrentSessions });
  return { game, heard };
}

const teams = { red: 2, blue: 2 };

test("a session is activated, players come, leave and are followed by others", async () => {
  await using sidecar = await createTestSidecar();
  const { game, heard } = await play(sidecar);
  const battle = await sidecar.startBattleSession({ teams, players: ["ann", { playerId: "ben", team: "red" }] });
  expect(battle.session.playerSessions.map(({ playerId, team }) => `${playerId} ${team}`)).toEqual([
    "ann red",
    "ben red",
  ]);
  const { player, reconnectSecret } = await game.acceptPlayerSession(battle.seatOf("ann").playerSessionId);
  await player.disconnect();
  expect(battle.seatOf("ann")).toMatchObject({ state: "DISCONNECTED" });
  await sidecar.advance(59_000);
  await game.acceptPlayerSession(battle.seatOf("ann").playerSessionId, { reconnectSecret });
  await sidecar.advance(1_000); // Ben never came.
  await battle.addPlayers("cleo");
  expect(heard).toEqual([
    "SESSION_ACTIVATED +ann +ben",
    ...["PLAYER_ACCEPTED", "PLAYER_DISCONNECTED", "PLAYER_RETURNED"],
    ...["RESERVATION_EXPIRED -ben", "PLAYERS_ADDED +cleo"],
  ]);
  expect(sidecar.callsOf("acceptPlayerSession").length).toBe(2);
});

test("a backfill goes from SEARCHING to FULL and back, and CUSTOM to its goal", async () => {
  await using sidecar = await createTestSidecar();
  const { game } = await play(sidecar);
  const battle = await sidecar.startBattleSession({ teams, players: ["ann", "ben", "cleo"] });
  const [session] = game.sessions;
  if (!session) throw new Error("no session");
  await session.startBackfill({ strategy: "MAX_POSSIBLE" });
  await battle.addPlayers("dan");
  expect(battle.session.backfill).toMatchObject({ state: "PAUSED", cause: "FULL" });
  await expect(session.startBackfill({ strategy: "MAX_POSSIBLE" })).rejects.toMatchObject({
    reason: "BACKFILL_ALREADY_RUNNING",
  });
  const leaver = session.players.find(({ playerId }) => playerId === "dan");
  await leaver?.remove();
  expect(battle.session.backfill).toMatchObject({ state: "SEARCHING" });
  await session.startBackfill({ strategy: "CUSTOM", addPlayers: { blue: 1 }, replace: true });
  const [eve] = await battle.addPlayers("eve");
  await game.acceptPlayerSession(eve?.playerSessionId ?? "");
  for (const player of ["ann", "ben", "cleo"]) await game.acceptPlayerSession(battle.seatOf(player).playerSessionId);
  expect(battle.session.backfill).toMatchObject({ state: "COMPLETED", cause: "GOAL_REACHED" });
});

test("newcomers are proposed to the game: its yes seats them, silence and no do not", async () => {
  await using sidecar = await createTestSidecar();
  const { game } = await play(sidecar);
  const battle = await sidecar.startBattleSession({ teams });
  game.approveFill(({ newcomers }) => {
    const isSlow = newcomers.some(({ playerId }) => playerId === "slow");
    return isSlow ? new Promise<boolean>(() => undefined) : newcomers.every(({ playerId }) => playerId !== "banned");
  });
  expect(await battle.proposePlayers(["ann"])).toBe(true);
  expect(await battle.proposePlayers(["banned"])).toBe(false);
  const asked = battle.proposePlayers(["slow"], { timeoutMs: 500 });
  await sidecar.advance(500);
  expect(await asked).toBe(false);
  expect(battle.session.playerSessions.map(({ playerId }) => playerId)).toEqual(["ann"]);
});

test("a game that does not activate in time loses the session and is told to end", async () => {
  await using sidecar = await createTestSidecar({ activationMs: 5_000 });
  const game = await sidecar.connect();
  const told: string[] = [];
  game.onStartBattleSession(() => undefined);
  game.onProcessTerminate(({ reason }) => void told.push(reason));
  await game.processReady();
  const battle = await sidecar.startBattleSession({ teams });
  await sidecar.advance(5_000);
  expect(battle.session).toMatchObject({ state: "TERMINATED", endCause: "ACTIVATION_FAILED" });
  expect(told).toEqual(["ACTIVATION_TIMEOUT"]);
});

test("a game that answers no health check is unhealthy after three of them", async () => {
  await using sidecar = await createTestSidecar({ healthIntervalMs: 5_000 });
  const { game } = await play(sidecar);
  game.onHealthCheck(() => new Promise(() => undefined));
  await sidecar.advance(12_499);
  expect(sidecar.process.state).toBe("READY");
  await sidecar.advance(1);
  expect(sidecar.process.state).toBe("UNHEALTHY");
});

test("while the fleet is away known reservations are taken, and told when it is back", async () => {
  await using sidecar = await createTestSidecar();
  const { game } = await play(sidecar);
  const battle = await sidecar.startBattleSession({ teams, players: ["ann"] });
  const { playerSessionId } = battle.seatOf("ann");
  await sidecar.fleetLeaves();
  const { player } = await game.acceptPlayerSession(playerSessionId);
  expect(player.playerId).toBe("ann");
  expect(battle.seatOf("ann").state).toBe("RESERVED");
  await sidecar.fleetReturns();
  expect(battle.seatOf("ann").state).toBe("ACTIVE");
});

test("a matcher that was away with its fleet answers a repeat as the first time", async () => {
  await using sidecar = await createTestSidecar();
  const { game } = await play(sidecar);
  const { battleSessionId } = await sidecar.startBattleSession({ teams });
  await game.sessions[0]?.startBackfill();
  await sidecar.fleetLeaves();
  await sidecar.fleetReturns();
  const { network, address, token } = sidecar.wire;
  await using peer = network.connect(address, { token });
  const first = sidecar.callsOf("startBackfill")[0]?.request as { requestId: string };
  const repeat = { battleSessionId, strategy: 1, addPlayers: {}, replace: false, requestId: first.requestId } as const;
  const { backfill } = await peer.client(GameServerServiceDefinition).startBackfill(repeat);
  expect(backfill).toMatchObject({ state: 1 });
});

test("a sidecar that is restarted knows the sessions again, and the game goes on", async () => {
  await using sidecar = await createTestSidecar();
  const { heard } = await play(sidecar);
  const battle = await sidecar.startBattleSession({ teams });
  await sidecar.restartSidecar();
  await sidecar.advance(10_000);
  await battle.addPlayers("ann");
  expect(heard).toEqual(["SESSION_ACTIVATED", "PLAYERS_ADDED +ann"]);
  expect(sidecar.callsOf("watch").length).toBe(2);
});

const refused: readonly { name: string; spec: BattleSpec; reason: Reason }[] = [
  { name: "a player twice", spec: { teams, players: ["ann", "ann"] }, reason: "PLAYER_ALREADY_SEATED" },
  { name: "more players than seats", spec: { teams: { red: 1 }, players: ["ann", "ben"] }, reason: "SESSION_FULL" },
  { name: "an unknown team", spec: { teams, players: [{ playerId: "ann", team: "green" }] }, reason: "TEAM_UNKNOWN" },
  { name: "a team without seats", spec: { teams: { red: 0 } }, reason: "FIELD_INVALID" },
  { name: "a player without a name", spec: { teams, players: [""] }, reason: "ID_MALFORMED" },
];
for (const { name, spec, reason } of refused) {
  test(`startBattleSession() refuses ${name}`, async () => {
    await using sidecar = await createTestSidecar();
    await play(sidecar);
    await expect(sidecar.startBattleSession(spec)).rejects.toMatchObject({ reason });
  });
}

test("startBattleSession() wants a game that is ready and has room", async () => {
  await using sidecar = await createTestSidecar();
  await expect(sidecar.startBattleSession()).rejects.toMatchObject({ reason: "PHASE_CONFLICT" });
  await play(sidecar, { concurrentSessions: 1 });
  const battle = await sidecar.startBattleSession();
  await expect(sidecar.startBattleSession()).rejects.toMatchObject({ reason: "PHASE_CONFLICT" });
  await battle.end();
  await sidecar.startBattleSession();
});
