import { expect, test } from "vitest";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";
import { restartServers } from "./restart-servers.ts";

const fleets = [{ processes: 2 }];
const phases = (world: Rehearsal) => [...world.state.livingProcesses.values()].map(({ status }) => status.phase);
const restart = (world: Rehearsal, graceMs = 0, fleet = "eu") =>
  world.decide((state, moment) => restartServers(state, { fleet, reason: "FILES_CHANGED", graceMs }, moment));
const die = (world: Rehearsal, how = "exit 1") => {
  for (const { processId, status } of [...world.state.livingProcesses.values()]) {
    if (status.phase === "STARTING") world.command(processId, { type: "process-exited", how });
  }
};

test("a restart asks all processes to end, battles and all, and starts others at once", () => {
  const world = createRehearsal({ fleets });
  const { processId } = world.placeActive();
  expect(restart(world)).toEqual({ processes: 2, battles: 1 });
  expect(phases(world)).toEqual(["TERMINATING", "TERMINATING", "STARTING", "STARTING"]);
  expect(world.state.processes.get(processId)?.status).toMatchObject({
    ...{ reason: "FILES_CHANGED", deadlineMs: world.nowMs + 3_000 },
  });
  expect(restart(world)).toEqual({ processes: 2, battles: 0 });
});

test("with a grace battles go on for so long, and get no company", () => {
  const world = createRehearsal({ fleets });
  const { processId, battleSessionId } = world.placeActive();
  expect(restart(world, 30_000)).toEqual({ processes: 2, battles: 1 });
  expect(world.state.processes.get(processId)).toMatchObject({
    ...{ status: { phase: "READY" }, draining: { reason: "FILES_CHANGED" } },
  });
  expect(restart(world, 30_000)).toEqual({ processes: 2, battles: 0 });
  world.pass(29_999);
  expect(world.state.processes.get(processId)?.status.phase).toBe("READY");
  world.pass(1);
  expect(world.state.processes.get(processId)?.status.phase).toBe("TERMINATING");
  expect(world.state.sessions.get(battleSessionId)?.battle.state).toBe("ACTIVE");
});

test("a battle that ends within the grace ends its process", () => {
  const world = createRehearsal({ fleets });
  const { processId, battleSessionId } = world.placeActive();
  restart(world, 30_000);
  world.command(processId, { type: "end-session", sessionId: battleSessionId });
  expect(world.state.processes.get(processId)?.status).toMatchObject({ phase: "TERMINATING", reason: "FILES_CHANGED" });
});

test("a placement that was loading on an old process goes on on a new one", () => {
  const world = createRehearsal({ fleets });
  world.readyAll();
  const placementId = world.place();
  const { processId } = world.sessionFor(placementId);
  restart(world);
  world.command(processId, { type: "process-exited", how: "exit 0" });
  world.readyAll();
  expect(world.sessionFor(placementId)).toMatchObject({ state: "ACTIVATING" });
  expect(world.sessionFor(placementId).processId).not.toBe(processId);
});

test("where servers are being changed, nothing is started after a start that failed, until the restart", () => {
  const world = createRehearsal({ fleets, settings: { watched: true } });
  die(world);
  expect(phases(world)).toEqual([]);
  world.pass(3_600_000);
  expect(phases(world)).toEqual([]);
  restart(world);
  expect(phases(world)).toEqual(["STARTING", "STARTING"]);
});

test("a crash in play is made good there as everywhere", () => {
  const world = createRehearsal({ fleets, settings: { watched: true } });
  const [first] = world.readyAll();
  if (first) world.command(first.processId, { type: "process-exited", how: "exit 1" });
  expect(phases(world)).toEqual(["READY", "STARTING"]);
});

test("a restart ends the waiting of a crash loop", () => {
  const world = createRehearsal({ fleets });
  for (let crash = 0; crash < 4; crash += 1) die(world);
  expect(phases(world)).toEqual([]);
  restart(world);
  expect(phases(world)).toEqual(["STARTING", "STARTING"]);
});

test("only a fleet that is there is restarted", () => {
  expect(() => restart(createRehearsal({ fleets }), 0, "nowhere")).toThrow(
    expect.objectContaining({ reason: "FLEET_NOT_FOUND" }),
  );
});
