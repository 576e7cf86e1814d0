import { expect, test } from "vitest";
import { createWorld } from "./matcher-world.fixture.ts";

test("a matcher places a match and completes its tickets with their own player session ids", async () => {
  await using world = await createWorld();
  const events = world.collect({ ticketIds: [] });
  await world.queue("duel", "ann");
  await world.queue("duel", "bob");
  await world.clock.advance(50);
  const ticket = await world.ticket("t-ann");
  expect(world.faults).toEqual([]);
  expect(await world.state("t-ann")).toBe("COMPLETED");
  expect(ticket.version).toBe(3);
  expect(ticket.assignment).toMatchObject({
    address: { host: "127.0.0.1", ports: { game: 7500 } },
    battleSessionId: "bs_1",
    region: "eu",
  });
  const seats = ticket.assignment?.players ?? [];
  expect(seats.map(({ playerId }) => playerId).toSorted()).toEqual(["ann", "bob"]);
  expect(seats.find(({ playerId }) => playerId === "ann")?.playerSessionId).toMatch(/^ps_ann/);
  expect(seats.find(({ playerId }) => playerId === "bob")?.playerSessionId).toBe("");
  expect(world.fleet.placements).toEqual([`${ticket.matchId}.1`]);
  expect(events.map(({ ticket: one }) => [one?.ticketId, one?.state, one?.version])).toEqual([
    ["t-ann", 1, 1],
    ["t-bob", 1, 1],
    ["t-ann", 2, 2],
    ["t-bob", 2, 2],
    ["t-ann", 3, 3],
    ["t-bob", 3, 3],
  ]);
});
