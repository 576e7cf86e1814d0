import { noProperties } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { configurationOf, createWorld, type World, worldConfig } from "./matcher-world.fixture.ts";
import type { Outcome } from "./scripted-fleet.fixture.ts";

async function duelWith(...outcomes: readonly Outcome[]): Promise<World> {
  const world = await createWorld();
  world.fleet.outcomes.push(...outcomes);
  for (const player of ["ann", "bob"]) await world.queue("duel", player);
  await world.clock.advance(100);
  return world;
}

test("a placement that timed out is asked for again as the next attempt of the same match", async () => {
  await using world = await duelWith("TIMED_OUT", "TIMED_OUT");
  const { matchId, state, version, returns } = await world.ticket("t-ann");
  expect(world.fleet.placements).toEqual([`${matchId}.1`, `${matchId}.2`, `${matchId}.3`]);
  expect({ state, version, returns }).toEqual({ state: 3, version: 3, returns: 0 });
});

test("a match whose retries have all timed out fails its tickets", async () => {
  await using world = await duelWith("TIMED_OUT", "TIMED_OUT", "TIMED_OUT");
  expect(await world.ticket("t-ann")).toMatchObject({ state: 6, version: 3, cause: "PLACEMENT_TIMED_OUT" });
  expect(world.fleet.placements).toHaveLength(3);
  await world.queue("duel", "ann2");
  expect(await world.state("t-ann2")).toBe("SEARCHING"); // The failed ones are out of the pool.
});

for (const outcome of ["FAILED", "CANCELLED"] as const) {
  test(`tickets of a placement that is ${outcome} search on with their age, and are matched anew`, async () => {
    await using world = await duelWith(outcome);
    const { createdAt, timesOutAt, version, returns, matchId } = await world.ticket("t-ann");
    expect({ version, returns }).toEqual({ version: 5, returns: 1 });
    expect((timesOutAt?.getTime() ?? 0) - (createdAt?.getTime() ?? 0)).toBe(60_000);
    expect(world.fleet.placements).toHaveLength(2);
    expect(world.fleet.placements[1]).toBe(`${matchId}.1`);
    expect(world.fleet.placements[0]).not.toBe(world.fleet.placements[1]);
  });
}

test("tickets return to the search as often as the configuration says, then fail", async () => {
  await using world = await duelWith("FAILED", "FAILED", "FAILED");
  expect(await world.ticket("t-ann")).toMatchObject({ state: 6, returns: 2, cause: "PLACEMENT_FAILED" });
  expect(world.fleet.placements).toHaveLength(3);
});

test("without retries the first failure is the last", async () => {
  const config = { ...worldConfig, configurations: [configurationOf({ placementRetries: 0 })] };
  await using world = await createWorld({ config });
  world.fleet.outcomes.push("FAILED");
  for (const player of ["ann", "bob"]) await world.queue("duel", player);
  await world.clock.advance(100);
  expect(await world.ticket("t-bob")).toMatchObject({ state: 6, version: 3, returns: 0 });
});

test("a placement asks for sessions as the configuration says, again too", async () => {
  const session = { name: "Duel", reservationMs: 20_000, disconnectGraceMs: 0 };
  const config = { ...worldConfig, configurations: [configurationOf({ session })] };
  await using world = await createWorld({ config });
  world.fleet.outcomes.push("TIMED_OUT");
  for (const player of ["ann", "bob"]) await world.queue("duel", player);
  await world.clock.advance(100);
  const asked = { name: "Duel", reservationTimeoutMs: 20_000, disconnectGraceMs: 0 };
  expect([...world.fleet.requests.values()]).toMatchObject([asked, asked]);
});

test("a player of a failed ticket may queue again at once", async () => {
  await using world = await duelWith("TIMED_OUT", "TIMED_OUT", "TIMED_OUT");
  const players = [{ playerId: "ann", attributes: {}, latenciesMs: {}, team: "" }];
  const { ticket } = await world.matching.startMatching({
    ...noProperties,
    configuration: "duel",
    ticketId: "again",
    players,
  });
  expect(ticket).toMatchObject({ state: 1 });
});

test("a ticket that is being placed can no longer be cancelled", async () => {
  await using world = await duelWith("PENDING");
  const { matchId } = await world.ticket("t-ann");
  const cancel = world.matching.cancelMatching({ ticketId: "t-ann" });
  await expect(cancel).rejects.toMatchObject({ reason: "TICKET_ALREADY_MATCHED", metadata: { matchId } });
});

test("a search ends when its time has passed since the request", async () => {
  await using world = await createWorld();
  await world.queue("duel", "ann");
  await world.clock.advance(59_900);
  expect(await world.state("t-ann")).toBe("SEARCHING");
  await world.clock.advance(200);
  expect(await world.ticket("t-ann")).toMatchObject({ state: 5, version: 2, cause: "REQUEST_TIMED_OUT" });
  const { ticket } = await world.matching.cancelMatching({ ticketId: "t-ann" });
  expect(ticket?.state).toBe(5);
});

test("matches form when the pool has settled, counted from its first change", async () => {
  await using world = await createWorld();
  await world.queue("equal", "a");
  await world.clock.advance(6);
  await world.queue("equal", "b");
  await world.queue("equal", "c");
  await world.queue("equal", "d");
  expect(world.fleet.placements).toEqual([]);
  await world.clock.advance(10);
  expect(world.fleet.session().playerSessions).toHaveLength(4);
});
