// Two things at once, told apart by the record: whatever comes first counts, and nobody is told anything else.
import { BackfillStrategy } from "@muster/proto/session";
import { expect, test } from "vitest";
import { defaultBackfillSettings } from "./core/backfill-settings.ts";
import { configurationOf, createWorld, type World } from "./matcher-world.fixture.ts";

/** A 1v1 with a MAX_POSSIBLE backfill, both arrived, and a fill of c1 and c2 that the fleet holds until `release`. */
async function heldFill(): Promise<{ readonly world: World; readonly release: () => void }> {
  const world = await createWorld();
  for (const player of ["ann", "bob"]) await world.queue("auto", player);
  await world.clock.advance(50);
  world.fleet.accept("ann", "bob");
  await world.clock.advance(50);
  let release: () => void = () => undefined;
  world.fleet.holdFills = new Promise((resolve) => {
    release = resolve;
  });
  for (const player of ["c1", "c2"]) await world.queue("auto", player);
  await world.clock.advance(50);
  expect(world.fleet.fills).toHaveLength(1);
  return { world, release };
}

test("a claimed ticket shows as SEARCHING until its fill is applied, then as COMPLETED with the session", async () => {
  const { world, release } = await heldFill();
  await using _world = world;
  expect(await world.state("t-c1")).toBe("SEARCHING");
  release();
  await world.clock.advance(20);
  const ticket = await world.ticket("t-c1");
  expect(ticket).toMatchObject({ state: 3, version: 2, assignment: { battleSessionId: "bs_1" } });
  expect(ticket.matchId).toBe((await world.ticket("t-ann")).matchId);
  const own = ticket.assignment?.players.filter((player) => player.playerSessionId !== "");
  expect(own?.map((player) => player.playerId)).toEqual(["c1"]);
  expect(ticket.assignment?.players).toHaveLength(4);
});

test("a cancel during a fill waits, and is too late when the fill is applied", async () => {
  const { world, release } = await heldFill();
  await using _world = world;
  let answer: unknown;
  const cancel = world.matching.cancelMatching({ ticketId: "t-c1" }).catch((error: unknown) => {
    answer = error;
  });
  await world.clock.advance(500);
  expect(answer).toBeUndefined();
  release();
  await world.clock.advance(20);
  await cancel;
  const { matchId } = await world.ticket("t-c1");
  expect(answer).toMatchObject({ reason: "TICKET_ALREADY_MATCHED", metadata: { matchId } });
});

test("a cancel during a fill succeeds when the fill is refused, and nobody else's fill takes the ticket", async () => {
  const { world, release } = await heldFill();
  await using _world = world;
  const cancel = world.matching.cancelMatching({ ticketId: "t-c1" });
  await world.clock.advance(10);
  world.fleet.leave("ann"); // The roster is another now: the fill is stale.
  release();
  world.fleet.holdFills = undefined;
  await world.clock.advance(50);
  expect((await cancel).ticket).toMatchObject({ ticketId: "t-c1", state: 4, cause: "CANCELLED_BY_REQUEST" });
  expect(await world.state("t-c2")).toBe("COMPLETED"); // 0v1 takes one player.
  const players = world.fleet.session().playerSessions.map((seat) => seat.playerId);
  expect(players.toSorted()).toEqual(["bob", "c2"]);
});

test("a leave during a fill makes it stale: its tickets keep their age and are judged anew at once", async () => {
  const { world, release } = await heldFill();
  await using _world = world;
  world.fleet.leave("ann");
  release();
  world.fleet.holdFills = undefined;
  await world.clock.advance(20);
  expect(world.fleet.fills).toHaveLength(2);
  const sizes = world.fleet.session().playerSessions.map((seat) => seat.team);
  expect(sizes.filter((team) => team === "red").length).toBe(sizes.filter((team) => team === "blue").length);
  const states = [await world.state("t-c1"), await world.state("t-c2")];
  expect(states).toEqual(["COMPLETED", "SEARCHING"]);
  expect((await world.ticket("t-c2")).returns).toBe(0);
});

test("a session that ends during a fill gives the tickets back", async () => {
  const { world, release } = await heldFill();
  await using _world = world;
  world.fleet.end("PROCESS_CRASHED");
  await world.clock.advance(20);
  expect(await world.state("t-c1")).toBe("SEARCHING");
  release();
  await world.clock.advance(100);
  // Both tickets search on, and make a match of their own.
  expect([await world.state("t-c1"), await world.state("t-c2")]).toEqual(["COMPLETED", "COMPLETED"]);
  expect((await world.ticket("t-c1")).matchId).not.toBe((await world.ticket("t-ann")).matchId);
});

test("a lost answer to a fill is asked for again under the same id, and seats nobody twice", async () => {
  await using world = await createWorld();
  for (const player of ["ann", "bob"]) await world.queue("auto", player);
  await world.clock.advance(50);
  world.fleet.accept("ann", "bob");
  await world.clock.advance(50);
  world.fleet.loseAnswers = 3;
  for (const player of ["c1", "c2"]) await world.queue("auto", player);
  await world.clock.advance(5_000);
  expect(new Set(world.fleet.fills).size).toBe(1);
  expect(world.fleet.fills.length).toBeGreaterThan(2);
  expect(await world.state("t-c1")).toBe("COMPLETED");
  expect(world.fleet.session().playerSessions).toHaveLength(4);
});

test("a cancelled backfill lets the fill that is under way stand, and fills nothing more", async () => {
  const { world, release } = await heldFill();
  await using _world = world;
  const { battleSessionId } = world.fleet.session();
  await world.backfill.cancelBackfill({ battleSessionId, requestId: "c", capability: "" });
  const repeated = await world.backfill.cancelBackfill({ battleSessionId, requestId: "c", capability: "" });
  expect(repeated.backfill?.state).toBe(3);
  release();
  await world.clock.advance(20);
  expect(await world.state("t-c1")).toBe("COMPLETED");
  for (const player of ["d1"]) await world.queue("auto", player);
  await world.clock.advance(50);
  expect(world.fleet.session()).toMatchObject({ backfill: { state: "CANCELLED", cause: "CANCELLED_BY_REQUEST" } });
  expect(world.fleet.fills).toHaveLength(1);
});

test("a backfill that takes another's place starts in the same step", async () => {
  const { world, release } = await heldFill();
  await using _world = world;
  release();
  await world.clock.advance(20);
  const { battleSessionId } = world.fleet.session();
  const before = world.fleet.session().backfill?.backfillId;
  const request = {
    ...{ battleSessionId, strategy: BackfillStrategy.CUSTOM, addPlayers: { red: 1, blue: 1 }, requestId: "r" },
    ...{ capability: "", seenRevision: 0 },
  };
  const refused = world.backfill.startBackfill({ ...request, replace: false });
  await expect(refused).rejects.toMatchObject({ reason: "BACKFILL_ALREADY_RUNNING", metadata: { backfillId: before } });
  const { backfill } = await world.backfill.startBackfill({ ...request, replace: true });
  expect(backfill?.backfillId).not.toBe(before);
  const repeated = await world.backfill.startBackfill({ ...request, replace: true });
  expect(repeated.backfill?.backfillId).toBe(backfill?.backfillId);
  await world.clock.advance(20);
  expect(world.fleet.session().backfill).toMatchObject({ backfillId: backfill?.backfillId, state: "SEARCHING" });
});

test("the search time of a claimed ticket passes only after its fill is refused", async () => {
  const { world, release } = await heldFill();
  await using _world = world;
  await world.clock.advance(60_000);
  expect(await world.state("t-c1")).toBe("SEARCHING");
  world.fleet.leave("ann");
  release();
  await world.clock.advance(20);
  expect([await world.state("t-c1"), await world.state("t-c2")]).toEqual(["TIMED_OUT", "TIMED_OUT"]);
});

test("whom the game turns away is free at once, is not asked for again there, and others come in the place", async () => {
  const backfill = { ...defaultBackfillSettings, fillPlayersMax: 1, approvalTimeoutMs: 100 };
  const plaza = { version: "v1.0", teams: [{ name: "plaza", minPlayers: 2, maxPlayers: 4 }] };
  await using world = await createWorld({
    config: {
      ruleSets: [{ name: "plaza", document: JSON.stringify(plaza) }],
      configurations: [configurationOf({ name: "plaza", ruleSet: "plaza", autoBackfill: true, backfill })],
    },
  });
  await world.queue("plaza", "ann", "bob");
  await world.clock.advance(50);
  world.fleet.turnsAway.add("troll");
  await world.queue("plaza", "troll");
  await world.clock.advance(50);
  expect([world.fleet.fills.length, await world.state("t-troll")]).toEqual([1, "SEARCHING"]);
  await world.queue("plaza", "cleo");
  await world.clock.advance(50);
  const players = world.fleet.session().playerSessions.map((seat) => seat.playerId);
  expect([players, world.fleet.fills.length]).toEqual([["ann", "bob", "cleo"], 2]);
  await world.restart(); // The game's word outlives the matcher.
  await world.clock.advance(1_000);
  expect([world.fleet.fills.length, await world.state("t-troll")]).toEqual([2, "SEARCHING"]);
  expect(world.faults).toEqual([]);
});
