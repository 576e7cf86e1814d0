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
  expect(events.slice(1).map(({ ticket: one }) => [one?.ticketId, one?.state, one?.version])).toEqual([
    ["t-ann", 1, 1],
    ["t-bob", 1, 1],
    ["t-ann", 2, 2],
    ["t-bob", 2, 2],
    ["t-ann", 3, 3],
    ["t-bob", 3, 3],
  ]);
});

test("a watch without news beats, and goes on from a beat's token", async () => {
  await using world = await createWorld();
  const idle = world.collect({ configuration: "duel" });
  await world.queue("group", "elsewhere"); // Another configuration's news.
  await world.clock.advance(11_000);
  expect(idle.map(({ type, ticket }) => [type, ticket])).toEqual([
    [3, undefined], // At once, so that a watcher has a token before the first event.
    [3, undefined],
    [3, undefined],
  ]);
  const { resumeToken = "" } = idle.at(-1) ?? {};
  await world.queue("duel", "ann");
  const resumed = world.collect({ configuration: "duel", resumeToken });
  await world.clock.advance(10);
  expect(resumed.map(({ ticket }) => ticket?.ticketId)).toEqual(["t-ann"]);
  expect(idle.at(-1)).toEqual(resumed[0]);
});

test("a watch that a stopping matcher ends says that it may be resumed", async () => {
  await using world = await createWorld();
  const events = world.matching.watchTickets({ ticketIds: [], configuration: "", resumeToken: "" });
  const reading = (async () => {
    for await (const _ of events);
  })();
  reading.catch(() => undefined);
  await world.clock.advance(10);
  await world.stop();
  await expect(reading).rejects.toMatchObject({ retry: "backoff" });
});

test("a party is seated together, or not at all", async () => {
  await using world = await createWorld();
  await world.queue("equal", "a", "b", "c");
  await world.queue("equal", "x");
  await world.queue("equal", "y");
  await world.clock.advance(50);
  expect(await world.state("t-a-b-c")).toBe("SEARCHING"); // 3 against 2 is not equal; x against y is.
  expect([await world.state("t-x"), await world.state("t-y")]).toEqual(["COMPLETED", "COMPLETED"]);
  await world.queue("equal", "d", "e", "f");
  await world.clock.advance(50);
  const [teamOfA, teamOfD] = ["a", "d"].map((id) => {
    return world.fleet.session().playerSessions.find((seat) => seat.playerId === id)?.team;
  });
  const together = world.fleet.session().playerSessions.filter((seat) => seat.team === teamOfA);
  expect(together.map((seat) => seat.playerId)).toEqual(["a", "b", "c"]);
  expect(teamOfD).not.toBe(teamOfA);
});
