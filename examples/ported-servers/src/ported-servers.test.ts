// Every ported server lives a session on a sidecar of the test's, in one file: they are small, and start in one process.
import { createTestSidecar, type TestBattle, type TestSidecar } from "@muster/sdk/testing";
import { expect, test } from "vitest";
import type { PortedServer } from "./door.ts";
import { hostAllocations } from "./from-agones.ts";
import { hostRooms, StoryRoom } from "./from-colyseus.ts";
import { hostGameSession } from "./from-gamelift.ts";
import { hostBattles } from "./from-gse-pgos.ts";
import { hostMatches, tally } from "./from-nakama.ts";
import { hostOpenMatch } from "./from-open-match.ts";
import { hostAllocatedBattle } from "./from-playfab.ts";

const duel = { teams: { red: 1, blue: 1 }, players: ["ann", "ben"] } as const;
const enter = (server: PortedServer, battle: TestBattle, playerId: string) =>
  server.enter(battle.seatOf(playerId).playerSessionId);
const stateOf = (battle: TestBattle, playerId: string) => battle.seatOf(playerId).state;
const settled = async (sidecar: TestSidecar, ...doing: readonly Promise<void>[]) => {
  await Promise.all(doing);
  await sidecar.settle();
};

test("from GameLift: a leaver is looked for until the last round, and the process ends with its session", async () => {
  await using sidecar = await createTestSidecar();
  const server = await hostGameSession(await sidecar.connect());
  const battle = await sidecar.startBattleSession(duel);
  const ann = await enter(server, battle, "ann");
  const ben = await enter(server, battle, "ben");

  await settled(sidecar, ben.leave());
  expect(battle.session.backfill?.state).toBe("SEARCHING");
  await settled(sidecar, server.lastRound());
  expect(battle.session).toMatchObject({ creationPolicy: "DENY_ALL", backfill: { state: "CANCELLED" } });
  await settled(sidecar, ann.leave());
  expect(battle.session.endCause).toBe("GAME_ENDED");
  expect(sidecar.process.state).toBe("ENDED");
});

test("from GSE and PGOS: waves are reported, one comes for the leaver, and the process takes another battle", async () => {
  await using sidecar = await createTestSidecar();
  const server = await hostBattles(await sidecar.connect());
  const battle = await sidecar.startBattleSession(duel);
  const ann = await enter(server, battle, "ann");
  const ben = await enter(server, battle, "ben");
  await server.nextWave();
  await sidecar.advance(1_000);
  expect(battle.session.customData).toEqual({ currentCount: 1, maxCount: 30 });

  const { team } = ben.player;
  await settled(sidecar, ben.leave());
  expect(battle.session.backfill).toMatchObject({ strategy: "CUSTOM", addPlayers: { [team ?? ""]: 1 } });
  await battle.addPlayers("cleo");
  expect(battle.session.backfill?.progress).toContainEqual({ team, have: 0, reserved: 1, goal: 1 });

  await ann.drop();
  expect(stateOf(battle, "ann")).toBe("DISCONNECTED");
  await server.enter(ann.player.playerSessionId, ann.reconnectSecret);
  expect(stateOf(battle, "ann")).toBe("ACTIVE");
  await settled(sidecar, ann.leave());
  await sidecar.advance(60_000); // Cleo never came.
  expect(battle.session.state).toBe("TERMINATED");
  expect((await sidecar.startBattleSession(duel)).session.state).toBe("ACTIVE");
});

test("from Agones: it is allocated with a map, ready again after its battle, and says Shutdown before it goes", async () => {
  await using sidecar = await createTestSidecar();
  const server = await hostAllocations(await sidecar.connect());
  const battle = await sidecar.startBattleSession({ ...duel, properties: { map: "dust" } });
  expect(server.map).toBe("dust");
  const ann = await enter(server, battle, "ann");
  await expect(server.enter(ann.player.playerSessionId)).rejects.toMatchObject({
    reason: "PLAYER_SESSION_ALREADY_ACCEPTED",
  });
  await battle.terminate();
  expect(server.map).toBe("none");
  expect(sidecar.process.state).toBe("READY");
  await sidecar.terminateProcess({ reason: "SCALE_IN" });
  expect(sidecar.process.state).toBe("ENDED");
});

test("from PlayFab: readyForPlayers waits, then there is a cookie and who is expected, and one battle", async () => {
  await using sidecar = await createTestSidecar();
  const hosting = hostAllocatedBattle(await sidecar.connect());
  await sidecar.settle();
  const battle = await sidecar.startBattleSession({ ...duel, data: "season 9" });
  const server = await hosting;
  expect(server.cookie).toBe("season 9");
  expect(server.players).toEqual(["ann", "ben"]);
  const visits = [await enter(server, battle, "ann"), await enter(server, battle, "ben")];
  await settled(sidecar, ...visits.map((visit) => visit.leave()));
  expect(sidecar.process.state).toBe("ENDED");
});

test("from Nakama: the handler sees who joins and leaves, keeps its matches apart, and ends one by giving nothing back", async () => {
  await using sidecar = await createTestSidecar();
  const server = await hostMatches(await sidecar.connect(), tally);
  const [one, other] = [await sidecar.startBattleSession(duel), await sidecar.startBattleSession(duel)];
  const ann = await enter(server, one, "ann");
  const ben = await enter(server, one, "ben");
  expect(server.stateOf(one.battleSessionId)?.present).toEqual(["ann", "ben"]);
  expect(server.stateOf(other.battleSessionId)?.present).toEqual([]);
  await settled(sidecar, ann.leave());
  await settled(sidecar, ben.leave());
  expect(one.session.endCause).toBe("GAME_ENDED");
  expect(other.session.state).toBe("ACTIVE");
});

test("from Nakama: whom matchJoinAttempt refuses gives the seat up", async () => {
  await using sidecar = await createTestSidecar();
  const server = await hostMatches(await sidecar.connect(), tally);
  const battle = await sidecar.startBattleSession({ ...duel, properties: { playersMax: "1" } });
  await enter(server, battle, "ann");
  await expect(enter(server, battle, "ben")).rejects.toThrow("takes nobody");
  await sidecar.settle();
  expect(battle.session.playerSessions.map(({ playerId }) => playerId)).toEqual(["ann"]);
});

test("from Open Match: who is assigned is expected until they come, and leavers are looked for without a word", async () => {
  await using sidecar = await createTestSidecar();
  const server = await hostOpenMatch(await sidecar.connect());
  const battle = await sidecar.startBattleSession({ teams: { all: 3 }, players: ["ann"] });
  await battle.addPlayers({ playerId: "ben", ticketId: "t-ben" });
  expect(server.expected).toEqual(["t-ben"]);
  const ben = await enter(server, battle, "ben");
  expect(server.expected).toEqual([]);
  await battle.addPlayers("cleo");
  expect(battle.session.backfill).toMatchObject({ state: "PAUSED", cause: "FULL" });
  await settled(sidecar, ben.leave());
  expect(battle.session.backfill?.state).toBe("SEARCHING");
  expect(sidecar.matcherCalls.map(({ method }) => method)).toEqual(["startBackfill"]);
});

test("from Colyseus: a room hears what rooms heard, in their order", async () => {
  await using sidecar = await createTestSidecar();
  const rooms: StoryRoom[] = [];
  const server = await hostRooms(await sidecar.connect(), () => {
    const room = new StoryRoom();
    rooms.push(room);
    return room;
  });
  const battle = await sidecar.startBattleSession({ ...duel, players: ["ann"], properties: { mode: "duel" } });
  const ann = await enter(server, battle, "ann");
  await settled(sidecar, ann.drop());
  const again = await server.enter(ann.player.playerSessionId, ann.reconnectSecret);
  await settled(sidecar, again.leave());
  expect(rooms.map(({ story }) => story)).toEqual([
    ["created for duel", "ann joined", "ann dropped", "ann is back", "ann left", "disposed"],
  ]);
});
