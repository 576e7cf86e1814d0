// What a fleet starts: programs by their shares, hosts, and how many sessions a host activates at a time.
import { expect, test } from "vitest";
import type { LaunchSpec } from "./build.ts";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";

const program = (name: string, processes: number): LaunchSpec => ({
  ...{ name, command: ["game", name], cwd: undefined, env: {}, processes },
});
const builds = [{ name: "v1", launches: [program("normal", 3), program("boss", 1)] }];
const launchesOf = (world: Rehearsal) => [...world.state.livingProcesses.values()].map(({ launch }) => launch);

const shares = [
  { processes: 4, started: ["normal", "normal", "normal", "boss"] },
  { processes: 8, started: ["normal", "normal", "normal", "boss", "normal", "normal", "normal", "boss"] },
  { processes: 2, started: ["normal", "normal"] },
];
for (const { processes, started } of shares) {
  test(`${processes} processes of a build are divided by the shares of its programs`, () => {
    const world = createRehearsal({ fleets: [{ builds, build: "v1", processes }] });
    expect(launchesOf(world)).toEqual(started);
  });
}

test("a process that ends is replaced by one of the same program", () => {
  const world = createRehearsal({ fleets: [{ builds, build: "v1", processes: 4 }] });
  const boss = world.readyAll().find(({ launch }) => launch === "boss");
  if (boss) world.command(boss.processId, { type: "process-exited", how: "exit 0" });
  expect(launchesOf(world).toSorted()).toEqual(["boss", "normal", "normal", "normal"]);
});

test("processes fill hosts in their order, and the first that has room again", () => {
  const world = createRehearsal({ fleets: [{ processes: 5, processesPerHost: 2 }] });
  const hosts = () => [...world.state.livingProcesses.values()].map(({ hostNumber }) => hostNumber);
  expect(hosts()).toEqual([1, 1, 2, 2, 3]);
  const [first] = world.readyAll();
  if (first) world.command(first.processId, { type: "process-exited", how: "exit 0" });
  expect(hosts()).toEqual([1, 2, 2, 3, 1]);
});

test("a host activates no more sessions at a time than it may; others wait, or go to another host", () => {
  const world = createRehearsal({ fleets: [{ processes: 4, processesPerHost: 2, concurrentActivations: 1 }] });
  world.readyAll();
  const ids = [world.place(), world.place(), world.place()] as const;
  const session = (id: (typeof ids)[number]) => {
    const { sessionId } = world.state.placements.get(id) ?? {};
    return sessionId && world.state.sessions.get(sessionId)?.battle;
  };
  const [first, second, third] = ids;
  const hostOf = (id: (typeof ids)[number]) => {
    const { processId } = session(id) ?? {};
    return processId && world.state.processes.get(processId)?.hostNumber;
  };
  expect([hostOf(first), hostOf(second), hostOf(third)]).toEqual([1, 2, undefined]);
  const activating = world.sessionFor(second);
  world.command(activating.processId, { type: "activate-session", sessionId: activating.battleSessionId });
  expect(hostOf(third)).toBe(2);
});

test("a session that does not come alive makes room for the next activation", () => {
  const world = createRehearsal({ fleets: [{ processes: 3, concurrentActivations: 1 }] });
  world.readyAll();
  const first = world.place();
  const second = world.place();
  const { processId } = world.sessionFor(first);
  expect(world.state.placements.get(second)?.sessionId).toBeUndefined();
  world.command(processId, { type: "process-exited", how: "SIGSEGV" });
  // The first tries again, as it is older.
  expect(world.sessionFor(first).state).toBe("ACTIVATING");
  const again = world.sessionFor(first);
  world.command(again.processId, { type: "activate-session", sessionId: again.battleSessionId });
  expect(world.sessionFor(second).state).toBe("ACTIVATING");
});
