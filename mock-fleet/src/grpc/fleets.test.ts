// The RPCs of fleets over real sockets.
import { createMemoryJournal } from "@muster/journal";
import { type FleetScaling, RolloutMode } from "@muster/proto/fleet";
import { expect, test } from "vitest";
import { createFleetWorld, type FleetWorld } from "../fleet-world.ts";

const build = (name: string) => ({
  name,
  launches: [{ name: "", command: [name], cwd: undefined, env: {}, processes: 2 }],
});
const fleet = { builds: [build("v1"), build("v2")], build: "v1" };
const elastic = (more: object = {}): FleetScaling => ({
  scaling: {
    $case: "elastic",
    value: {
      minProcesses: 1,
      maxProcesses: 3,
      reserve: { $case: "reservePercent", value: 50 },
      cooldownMs: 1_000,
      ...more,
    },
  },
});
const describe = async (world: FleetWorld) => (await world.fleet.describeFleets({})).fleets[0];
/** Looks until the fleet is as it should be. */
async function see(world: FleetWorld, fits: (fleet: Awaited<ReturnType<typeof describe>>) => boolean) {
  for await (const _ of world.fleet.watchSessions({ owner: "", resumeToken: "" })) {
    const present = await describe(world);
    if (fits(present)) return present;
  }
  throw new Error("the watch ended");
}

test("RestartServers starts servers anew, and says how many of the old end", async () => {
  await using world = await createFleetWorld({ fleet });
  await world.place();
  const restart = { fleet: "arena-eu", reason: "", graceMs: 0 };
  expect(await world.mock.restartServers(restart)).toEqual({ processes: 2, battles: 1 });
  await see(world, (one) => one?.readyProcesses === 2 && one.terminatingProcesses === 0);
  expect(world.launches.length).toBe(4);
  for (const { request, reason } of [
    { request: { fleet: "nowhere" }, reason: "FLEET_NOT_FOUND" },
    { request: { reason: "a\nb" }, reason: "FIELD_INVALID" },
    { request: { graceMs: -1 }, reason: "FIELD_INVALID" },
  ]) {
    await expect(world.mock.restartServers({ ...restart, ...request })).rejects.toMatchObject({ reason });
  }
});

test("DescribeFleets answers what a fleet is and runs", async () => {
  await using world = await createFleetWorld({ fleet });
  await world.place();
  expect(await describe(world)).toMatchObject({
    ...{ name: "arena-eu", region: "eu", build: "v1", builds: ["v1", "v2"], targetProcesses: 2, sessions: 1 },
    ...{ scaling: { scaling: { $case: "processes", value: 2 } }, drained: false, outdatedProcesses: 0 },
  });
});

test("ScaleFleet, DrainFleet, DrainProcess and RollOutBuild do what they say, and are taken back", async () => {
  await using world = await createFleetWorld({ fleet });
  const session = await world.place();
  const name = "arena-eu";
  const scaled = await world.fleet.scaleFleet({ fleet: name, scaling: elastic() });
  expect(scaled.fleet).toMatchObject({ scaling: elastic(), targetProcesses: 2 });
  const reset = await world.fleet.scaleFleet({ fleet: name, scaling: undefined });
  expect(reset.fleet?.scaling).toEqual({ scaling: { $case: "processes", value: 2 } });

  const rolled = await world.fleet.rollOutBuild({ fleet: name, build: "v2", mode: RolloutMode.SOFT });
  expect(rolled.fleet?.build).toBe("v2");
  const { processes } = await world.fleet.describeProcesses({ includeEnded: true });
  expect(processes.some((one) => one.build === "v2")).toBe(true);

  await world.fleet.drainProcess({ processId: session.processId, force: true });
  const ended = await world.seeSession(session.battleSessionId, ({ state }) => state === "TERMINATED");
  expect(ended.endCause).toBe("PROCESS_ENDED");

  const drained = await world.fleet.drainFleet({ fleet: name, undo: false, force: false });
  expect(drained.fleet).toMatchObject({ drained: true, targetProcesses: 0 });
  const back = await world.fleet.drainFleet({ fleet: name, undo: true, force: false });
  expect(back.fleet).toMatchObject({ drained: false, targetProcesses: 2 });
});

const refused: readonly { name: string; ask: (world: FleetWorld) => Promise<unknown>; reason: string }[] = [
  {
    name: "a fleet that is none",
    ask: ({ fleet: one }) => one.scaleFleet({ fleet: "us", scaling: undefined }),
    reason: "FLEET_NOT_FOUND",
  },
  {
    name: "no size",
    ask: ({ fleet: one }) => one.scaleFleet({ fleet: "arena-eu", scaling: { scaling: undefined } }),
    reason: "FIELD_INVALID",
  },
  {
    name: "less at most than at least",
    ask: ({ fleet: one }) => one.scaleFleet({ fleet: "arena-eu", scaling: elastic({ minProcesses: 4 }) }),
    reason: "FIELD_INVALID",
  },
  {
    name: "all in reserve",
    ask: ({ fleet: one }) =>
      one.scaleFleet({ fleet: "arena-eu", scaling: elastic({ reserve: { $case: "reservePercent", value: 100 } }) }),
    reason: "FIELD_INVALID",
  },
  {
    name: "to drain a fleet that is none",
    ask: ({ fleet: one }) => one.drainFleet({ fleet: "us", undo: false, force: false }),
    reason: "FLEET_NOT_FOUND",
  },
  {
    name: "to drain a process that is none",
    ask: ({ fleet: one }) => one.drainProcess({ processId: "proc_1", force: false }),
    reason: "PROCESS_NOT_FOUND",
  },
  {
    name: "a build that is none",
    ask: ({ fleet: one }) => one.rollOutBuild({ fleet: "arena-eu", build: "v3", mode: RolloutMode.SOFT }),
    reason: "BUILD_NOT_FOUND",
  },
  {
    name: "a mode that is none",
    ask: ({ fleet: one }) => one.rollOutBuild({ fleet: "arena-eu", build: "v2", mode: 7 as RolloutMode }),
    reason: "FIELD_INVALID",
  },
];

test("what is none is refused", async () => {
  await using world = await createFleetWorld({ fleet });
  for (const { name, ask, reason } of refused) await expect(ask(world), name).rejects.toMatchObject({ reason });
});

test("how large a fleet is, that it is drained and what it runs outlive a restart", async () => {
  const journal = createMemoryJournal();
  {
    await using first = await createFleetWorld({ fleet, journal });
    await first.fleet.scaleFleet({ fleet: "arena-eu", scaling: elastic() });
    await first.fleet.rollOutBuild({ fleet: "arena-eu", build: "v2", mode: RolloutMode.FORCED });
    await first.crash();
  }
  await using again = await createFleetWorld({ fleet, journal });
  expect(await see(again, (one) => one?.build === "v2")).toMatchObject({ scaling: elastic(), build: "v2" });
});
