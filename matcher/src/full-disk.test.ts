// The disk fills up under a working matcher, and gets room again.
import { type Log, silentLog } from "@muster/service";
import { expect, test } from "vitest";
import { createWorld } from "./matcher-world.fixture.ts";

/** A world whose disk has room as long as `disk.hasRoom`, and what its matcher said of it. */
async function createWorldOnDisk() {
  const disk = { hasRoom: true };
  const said: string[] = [];
  const say = (_: unknown, message: string) => {
    if (message.startsWith("The disk")) said.push(message);
  };
  const log: Log = { ...silentLog, error: say, info: say };
  const world = await createWorld({ isFull: () => !disk.hasRoom, log });
  return { world, disk, said };
}

test("a matcher on a full disk acknowledges nothing, and goes on where it was when there is room", async () => {
  const { world: opened, disk, said } = await createWorldOnDisk();
  await using world = opened;
  await world.queue("duel", "ann");
  disk.hasRoom = false;
  let isAnswered = false;
  const waiting = world.queue("duel", "bob").finally(() => {
    isAnswered = true;
  });
  await world.clock.advance(500);
  expect(isAnswered).toBe(false);
  await expect(world.queue("duel", "cleo")).rejects.toMatchObject({ reason: "JOURNAL_FULL", retry: "backoff" });
  await expect(world.ticket("t-bob"), "what could be lost is not shown").rejects.toMatchObject({
    reason: "JOURNAL_FULL",
  });
  await expect(world.matching.cancelMatching({ ticketId: "t-ann" })).rejects.toMatchObject({ reason: "JOURNAL_FULL" });
  expect(world.fleet.placements, "no effect before it is durable").toEqual([]);
  await world.clock.advance(1_500);
  disk.hasRoom = true;
  await world.clock.advance(3_000);
  await waiting;
  expect([await world.state("t-ann"), await world.state("t-bob")]).toEqual(["COMPLETED", "COMPLETED"]);
  expect(world.fleet.placements).toHaveLength(1);
  await world.restart();
  expect([await world.state("t-ann"), await world.state("t-bob")]).toEqual(["COMPLETED", "COMPLETED"]);
  expect(world.faults).toEqual([]);
  expect(said).toEqual([
    "The disk has no room: nothing is acknowledged until there is some",
    "The disk has room again: what waited is being written",
  ]);
});

test("a matcher on a full disk lets deadlines pass, and tells of them when there is room", async () => {
  const { world: opened, disk } = await createWorldOnDisk();
  await using world = opened;
  const events = world.collect({ configuration: "duel" });
  await world.queue("duel", "ann");
  await world.clock.advance(10);
  disk.hasRoom = false;
  await world.clock.advance(120_000);
  expect(events.map(({ ticket }) => ticket?.version)).not.toContain(2);
  disk.hasRoom = true;
  await world.clock.advance(3_000);
  expect(await world.state("t-ann")).toBe("TIMED_OUT");
  expect(events.map(({ ticket }) => ticket?.version)).toContain(2);
  expect(world.faults).toEqual([]);
});

test("a matcher that loses power while its disk is full has everything that was acknowledged", async () => {
  const { world: opened, disk } = await createWorldOnDisk();
  await using world = opened;
  await world.queue("equal", "ann");
  disk.hasRoom = false;
  const lost = world.queue("equal", "bob");
  lost.catch(() => undefined); // Nobody hears of it any more.
  await world.clock.advance(1_000);
  disk.hasRoom = true;
  await world.restart();
  expect(await world.state("t-ann")).toBe("SEARCHING");
  await expect(world.ticket("t-bob")).rejects.toThrow();
});
