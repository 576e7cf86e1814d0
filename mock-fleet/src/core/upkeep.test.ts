import { expect, test } from "vitest";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";

const launches = (world: Rehearsal) => world.facts.filter((fact) => fact.type === "process-launched");
const living = (world: Rehearsal) => [...world.state.livingProcesses.values()];
const exitAll = (world: Rehearsal, how: string) => {
  for (const { processId } of world.readyAll()) world.command(processId, { type: "process-exited", how });
};

test("as many processes are kept as configured, each with ports of its own", () => {
  const world = createRehearsal({ fleets: [{ processes: 3 }] });
  expect(living(world).map((process) => process.address.ports)).toEqual([
    { game: 7_500 },
    { game: 7_501 },
    { game: 7_502 },
  ]);
});

test("a process that ends is replaced, with other ports and another id", () => {
  const world = createRehearsal();
  exitAll(world, "exit 1");
  expect(launches(world).map((fact) => fact.address.ports.game)).toEqual([7_500, 7_501]);
  expect(new Set(launches(world).map((fact) => fact.processId)).size).toBe(2);
});

test("a crash loop backs off: at once, then 0.5 s, 1 s, 2 s", () => {
  const world = createRehearsal();
  const waits: number[] = [];
  for (let crash = 0; crash < 4; crash += 1) {
    exitAll(world, "exit 1");
    const before = world.nowMs;
    while (living(world).length === 0) world.pass(100);
    waits.push(world.nowMs - before);
  }
  expect(waits).toEqual([0, 500, 1_000, 2_000]);
});

test("ports come around when the range is used up", () => {
  const world = createRehearsal({ fleets: [{ portRange: { first: 7_500, last: 7_501 } }] });
  exitAll(world, "exit 1");
  exitAll(world, "exit 1");
  world.pass(1_000);
  expect(launches(world).map((fact) => fact.address.ports.game)).toEqual([7_500, 7_501, 7_500]);
});

test("a process takes as many sessions at once as it declared, never more than the fleet's cap", () => {
  const world = createRehearsal({ fleets: [{ concurrentSessions: 2 }] });
  world.readyAll(5);
  const ids = [world.place(), world.place(), world.place()];
  expect(ids.map((id) => world.state.placements.get(id)?.sessionId !== undefined)).toEqual([true, true, false]);
});

test("a one-shot process is asked to end after its session, and replaced", () => {
  const world = createRehearsal({ fleets: [{ hosting: "ONE_SHOT" }] });
  const session = world.placeActive();
  world.command(session.processId, { type: "end-session", sessionId: session.battleSessionId });
  expect(world.state.processes.get(session.processId)?.status).toMatchObject({
    phase: "TERMINATING",
    reason: "ONE_SHOT",
  });
  expect(living(world).length).toBe(2);
  world.command(session.processId, { type: "process-exited", how: "exit 0" });
  expect(world.state.processes.get(session.processId)?.status).toMatchObject({ phase: "ENDED", reason: "ONE_SHOT" });
  expect(world.state.crashLoops.size).toBe(0);
});

const ends = [
  { name: "its exit", command: { type: "process-exited", how: "SIGSEGV" }, cause: "PROCESS_CRASHED", phase: "ENDED" },
  {
    name: "ill health",
    command: { type: "process-unhealthy", why: "hangs" },
    cause: "PROCESS_UNHEALTHY",
    phase: "TERMINATING",
  },
  { name: "its own announcement", command: { type: "process-ending" }, cause: "PROCESS_ENDED", phase: "TERMINATING" },
] as const;
for (const { name, command, cause, phase } of ends) {
  test(`${name} closes the sessions of a process at once and has it replaced`, () => {
    const world = createRehearsal();
    const session = world.placeActive();
    world.command(session.processId, command);
    expect(world.state.sessions.get(session.battleSessionId)?.battle).toMatchObject({
      state: "TERMINATED",
      endCause: cause,
      playerSessions: [],
    });
    expect(world.state.processes.get(session.processId)?.status.phase).toBe(phase);
    expect(living(world).filter((process) => process.status.phase === "STARTING").length).toBe(1);
  });
}

test("a process that does not end in time counts as killed", () => {
  const world = createRehearsal();
  const session = world.placeActive();
  world.command(session.processId, { type: "process-unhealthy", why: "hangs" });
  world.pass(10_000);
  expect(world.state.processes.get(session.processId)?.status).toMatchObject({ phase: "ENDED", reason: "UNHEALTHY" });
});

test("a process that never becomes ready is ended, and its replacement waits for its end and backs off", () => {
  const world = createRehearsal({ fleets: [{ readyTimeoutMs: 60_000 }], settings: { processTerminateMs: 1_000 } });
  const waits: number[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const [process] = living(world);
    world.pass(59_999);
    expect(living(world)[0]?.status.phase).toBe("STARTING");
    world.pass(1);
    expect(living(world).map((one) => one.status)).toMatchObject([{ phase: "TERMINATING", reason: "READY_TIMEOUT" }]);
    world.pass(1_000);
    const ended = world.facts.findLast((fact) => fact.type === "process-ended");
    expect(ended).toMatchObject({ processId: process?.processId, reason: "READY_TIMEOUT", crashed: true });
    const before = world.nowMs;
    while (living(world).length === 0) world.pass(100);
    waits.push(world.nowMs - before);
  }
  expect(waits).toEqual([0, 500, 1_000, 2_000]);
});

test("a process that became ready in time lives on", () => {
  const world = createRehearsal({ fleets: [{ readyTimeoutMs: 60_000 }] });
  world.pass(59_999);
  const [process] = world.readyAll();
  world.pass(3_600_000);
  expect(living(world)).toMatchObject([{ processId: process?.processId, status: { phase: "READY" } }]);
});
