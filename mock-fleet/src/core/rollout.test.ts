import { expect, test } from "vitest";
import type { FleetSpec } from "./fleet-config.ts";
import type { RolloutMode } from "./fleet-control.ts";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";
import { rollOut } from "./rollout.ts";

const build = (name: string) => ({
  name,
  launches: [{ name: "", command: [name], cwd: undefined, env: {}, processes: 1 }],
});
const create = (fleet: Partial<FleetSpec> = {}) => {
  const world = createRehearsal({
    fleets: [
      {
        builds: [build("v1"), build("v2")],
        build: "v1",
        processes: 8,
        portRange: { first: 7_500, last: 7_999 },
        ...fleet,
      },
    ],
  });
  world.readyAll();
  return world;
};
const roll = (world: Rehearsal, name: string | undefined, mode: RolloutMode = "SOFT") =>
  world.decide((state, moment) => rollOut(state, { fleet: "eu", build: name, mode }, moment));
/** How many take sessions or will: "v1 8" or "v1 6, v2 2". */
const kept = (world: Rehearsal) => {
  const counts = new Map<string, number>();
  for (const process of world.state.livingProcesses.values()) {
    if (process.status.phase === "TERMINATING" || process.draining) continue;
    counts.set(process.build, (counts.get(process.build) ?? 0) + 1);
  }
  return [...counts]
    .toSorted()
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
};

test("a soft rollout starts a quarter of the processes beside the old ones, which end as these come up", () => {
  const world = create();
  roll(world, "v2");
  expect(kept(world)).toBe("v1 8, v2 2");
  world.readyAll();
  expect(kept(world)).toBe("v1 6, v2 4");
  for (let round = 0; round < 3; round += 1) world.readyAll();
  expect(kept(world)).toBe("v2 8");
});

test("a fleet of one process takes sessions all the time", () => {
  const world = create({ processes: 1 });
  roll(world, "v2");
  expect(kept(world)).toBe("v1 1, v2 1");
  const [old] = [...world.state.livingProcesses.values()];
  expect(world.sessionFor(world.place()).processId).toBe(old?.processId);
  world.readyAll();
  expect(kept(world)).toBe("v2 1");
  expect(world.state.processes.get(old?.processId as never)?.draining?.reason).toBe("BUILD_REPLACED");
});

test("where there are no ports for one more, an old process goes first", () => {
  const world = create({ processes: 2, portRange: { first: 7_500, last: 7_501 } });
  roll(world, "v2");
  expect(kept(world)).toBe("v1 1");
  world.pass(10_000);
  expect(kept(world)).toBe("v1 1, v2 1");
});

test("a soft rollout lets sessions go on, whatever their protection, and ends their process after them", () => {
  const world = create({ processes: 1 });
  const session = world.placeActive();
  roll(world, "v2");
  world.readyAll();
  expect(kept(world)).toBe("v2 1");
  world.pass(3_600_000);
  expect(world.state.processes.get(session.processId)?.status.phase).toBe("READY");
  world.command(session.processId, { type: "end-session", sessionId: session.battleSessionId });
  expect(world.state.processes.get(session.processId)?.status).toMatchObject({
    phase: "TERMINATING",
    reason: "BUILD_REPLACED",
  });
});

test("a forced rollout ends every old process at once", () => {
  const world = create();
  world.placeActive();
  roll(world, "v2", "FORCED");
  expect(kept(world)).toBe("v2 8");
});

test("a new build that crashes stops a soft rollout, and a calm one goes on", () => {
  const world = create();
  roll(world, "v2");
  for (let crash = 0; crash < 3; crash += 1) {
    for (const { processId, build: name } of [...world.state.livingProcesses.values()]) {
      if (name === "v2") world.command(processId, { type: "process-exited", how: "exit 1" });
    }
    world.pass(5_000);
  }
  expect(kept(world)).toBe("v1 8");
  world.pass(31_000);
  expect(kept(world)).toBe("v1 8, v2 2");
  for (let round = 0; round < 4; round += 1) world.readyAll();
  expect(kept(world)).toBe("v2 8");
});

test("rollOut() goes back to the build of the configuration, repeats safely, and refuses a build that is none", () => {
  const world = create({ processes: 1 });
  roll(world, "v2");
  const before = world.facts.length;
  roll(world, "v2");
  expect(world.facts.length).toBe(before);
  world.readyAll();
  roll(world, undefined);
  world.readyAll();
  expect(kept(world)).toBe("v1 1");
  expect(() => roll(world, "v3")).toThrow(
    expect.objectContaining({
      reason: "BUILD_NOT_FOUND",
      message: "Cannot roll out build v3 on fleet eu as it has none of that name: it has v1, v2",
    }),
  );
});
