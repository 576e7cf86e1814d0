import type { PlacementId, ServerSessionId } from "@muster/proto";
import { expect, test } from "vitest";
import { startPlacement, stopPlacement } from "./placement.ts";
import { createRehearsal, placementRequest } from "./rehearsal.ts";

const endOf = (world: ReturnType<typeof createRehearsal>, id: PlacementId) =>
  world.state.placements.get(id)?.end?.state;

test("a placement waits until a process is ready, then becomes a session without seats", () => {
  const world = createRehearsal();
  const id = world.place();
  expect(world.state.placements.get(id)?.sessionId).toBeUndefined();
  world.readyAll();
  expect(world.sessionFor(id)).toMatchObject({
    state: "ACTIVATING",
    playerSessions: [],
    revision: 1,
    rosterVersion: 1,
  });
});

test("activation reserves the seats, starts their clock and fulfils the placement in one step", () => {
  const world = createRehearsal();
  world.readyAll();
  const id = world.place();
  world.pass(5_000);
  const { processId, battleSessionId } = world.sessionFor(id);
  const before = world.facts.length;
  world.command(processId, { type: "activate-session", sessionId: battleSessionId });
  expect(world.facts.slice(before).map((fact) => fact.type)).toEqual([
    "session-changed",
    "placement-ended",
    "command-answered",
  ]);
  expect(endOf(world, id)).toBe("FULFILLED");
  const session = world.sessionFor(id);
  expect(session).toMatchObject({ state: "ACTIVE", revision: 2, rosterVersion: 2 });
  expect(session.playerSessions.map((seat) => [seat.state, seat.expiresAtMs])).toEqual([
    ["RESERVED", world.nowMs + 60_000],
    ["RESERVED", world.nowMs + 60_000],
  ]);
});

test("destinations are tried in the stated order, older placements first", () => {
  const world = createRehearsal({ fleets: [{ name: "us" }, { name: "eu" }], destinations: ["eu", "us"] });
  world.readyAll();
  const ids = [world.place(), world.place(), world.place()] as const;
  expect(world.sessionFor(ids[0]).fleet).toBe("eu");
  expect(world.sessionFor(ids[1]).fleet).toBe("us");
  expect(world.state.placements.get(ids[2])?.sessionId).toBeUndefined();
  const first = world.sessionFor(ids[0]);
  world.command(first.processId, { type: "activate-session", sessionId: first.battleSessionId });
  world.command(first.processId, { type: "end-session", sessionId: first.battleSessionId });
  expect(world.sessionFor(ids[2]).processId).toBe(first.processId);
});

test("a session runs only in the regions that suit its players, whatever comes first in the queue", () => {
  const fleets = [
    { name: "us", region: "us-east" },
    { name: "eu", region: "eu-west" },
  ];
  const world = createRehearsal({ fleets, destinations: ["us", "eu"] });
  world.readyAll();
  const first = world.place({ regions: ["ap-south", "eu-west"] });
  expect(world.sessionFor(first).region).toBe("eu-west");
  const second = world.place({ regions: ["eu-west"] });
  expect(world.state.placements.get(second)).toMatchObject({ sessionId: undefined, end: undefined });
});

test("a placement for regions where the queue has no fleet fails at once", () => {
  const world = createRehearsal({ fleets: [{ name: "us", region: "us-east" }] });
  const id = world.place({ regions: ["eu-west"] });
  const failure = "Cannot place on queue queue as a fleet is in eu-west: its fleets are in us-east";
  expect(world.state.placements.get(id)?.end).toMatchObject({ state: "FAILED", failure });
});

test("a process that does not activate in time is ended, and the next one is tried", () => {
  const world = createRehearsal({ fleets: [{ processes: 2 }] });
  world.readyAll();
  const id = world.place();
  const first = world.sessionFor(id);
  world.pass(10_000);
  const second = world.sessionFor(id);
  expect(second.processId).not.toBe(first.processId);
  expect(world.state.sessions.get(first.battleSessionId)?.battle).toMatchObject({
    state: "TERMINATED",
    endCause: "ACTIVATION_FAILED",
  });
  expect(world.state.processes.get(first.processId)?.status).toMatchObject({
    phase: "TERMINATING",
    reason: "ACTIVATION_TIMEOUT",
  });
  expect(endOf(world, id)).toBeUndefined();
});

test("a process that dies while it activates hands the placement on", () => {
  const world = createRehearsal({ fleets: [{ processes: 2 }] });
  world.readyAll();
  const id = world.place();
  const first = world.sessionFor(id);
  world.command(first.processId, { type: "process-exited", how: "exit 1" });
  expect(world.sessionFor(id).processId).not.toBe(first.processId);
  expect(world.state.sessions.get(first.battleSessionId)?.battle.endCause).toBe("PROCESS_CRASHED");
});

test("a process that refuses a session is not tried again by the same placement", () => {
  const world = createRehearsal();
  world.readyAll();
  const id = world.place();
  const { processId, battleSessionId } = world.sessionFor(id);
  world.command(processId, { type: "end-session", sessionId: battleSessionId });
  expect(world.sessionFor(id)).toMatchObject({ battleSessionId, endCause: "ACTIVATION_FAILED" });
});

test("a placement times out, and the session in the making is asked to end", () => {
  const world = createRehearsal({ fleets: [{ activationTimeoutMs: 100_000 }] });
  world.readyAll();
  const id = world.place();
  world.pass(60_000);
  expect(endOf(world, id)).toBe("TIMED_OUT");
  expect(world.sessionFor(id).state).toBe("TERMINATING");
});

test("a placement on fleets that run nothing fails at once", () => {
  const world = createRehearsal({ fleets: [{ processes: 0 }] });
  const id = world.place();
  expect(world.state.placements.get(id)?.end).toMatchObject({ state: "FAILED", failure: /none of its fleets/ });
});

test("stopPlacement() ends what is pending, repeats, and refuses what is fulfilled", () => {
  const world = createRehearsal();
  const waiting = world.place();
  world.decide((state, moment) => stopPlacement(state, waiting, moment));
  world.decide((state, moment) => stopPlacement(state, waiting, moment));
  expect(endOf(world, waiting)).toBe("CANCELLED");

  world.readyAll();
  const activating = world.place();
  world.decide((state, moment) => stopPlacement(state, activating, moment));
  const { processId, battleSessionId } = world.sessionFor(activating);
  expect(() => world.command(processId, { type: "activate-session", sessionId: battleSessionId })).toThrow(
    expect.objectContaining({ reason: "PHASE_CONFLICT" }),
  );
  world.command(processId, { type: "end-session", sessionId: battleSessionId });
  expect(world.sessionFor(activating).endCause).toBe("PLACEMENT_STOPPED");

  const session = world.placeActive();
  const fulfilled = world.state.sessions.get(session.battleSessionId)?.placementId as PlacementId;
  expect(() => world.decide((state, moment) => stopPlacement(state, fulfilled, moment))).toThrow(
    expect.objectContaining({ reason: "PLACEMENT_ENDED" }),
  );
});

test("the same id and body is the same placement; another body is refused", () => {
  const world = createRehearsal();
  const request = placementRequest();
  const start = (bodyDigest: string) =>
    world.decide((state, moment) => startPlacement(state, { request, bodyDigest }, moment));
  expect(start("a")).toBe(start("a"));
  expect(world.state.placements.size).toBe(1);
  expect(() => start("b")).toThrow(expect.objectContaining({ reason: "ID_REUSED" }));
});

test("a queue that nobody configured is refused", () => {
  const world = createRehearsal();
  expect(() => world.place({ queue: "nowhere" })).toThrow(expect.objectContaining({ reason: "QUEUE_NOT_FOUND" }));
});

test("a game that ignores the word to end its session is ended itself", () => {
  const world = createRehearsal();
  world.readyAll();
  const id = world.place();
  world.decide((state, moment) => stopPlacement(state, id, moment));
  world.pass(9_000);
  expect(world.sessionFor(id).state).toBe("TERMINATING");
  world.pass(1_000);
  expect(world.sessionFor(id)).toMatchObject({ state: "TERMINATED", endCause: "PLACEMENT_STOPPED" });
  const { processId } = world.sessionFor(id);
  expect(world.state.processes.get(processId)?.status).toMatchObject({ reason: "SESSION_NOT_ENDED" });
});

test("a session of another process is not found", () => {
  const world = createRehearsal({ fleets: [{ processes: 2 }] });
  world.readyAll();
  const session = world.sessionFor(world.place());
  const other = [...world.state.livingProcesses.keys()].find((one) => one !== session.processId);
  for (const sessionId of [session.battleSessionId, "bs_unknown" as ServerSessionId]) {
    const activate = () => other && world.command(other, { type: "activate-session", sessionId });
    expect(activate).toThrow(expect.objectContaining({ reason: "SERVER_SESSION_NOT_FOUND" }));
  }
});
