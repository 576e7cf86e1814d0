import { expect, test } from "vitest";
import { drainFleet, drainOne } from "./draining.ts";
import type { FleetSpec } from "./fleet-config.ts";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";
import { scaleFleet } from "./scale-fleet.ts";

const protection = (policy: "NONE" | "TIME_LIMITED" | "FULL") => ({ policy, limitMs: 60_000 }) as const;
const create = (fleet: Partial<FleetSpec> = {}) => createRehearsal({ fleets: [{ processes: 2, ...fleet }] });
const phases = (world: Rehearsal) =>
  [...world.state.livingProcesses.values()].map(({ status, draining }) =>
    draining && status.phase === "READY" ? "DRAINING" : status.phase,
  );
const drain = (world: Rehearsal, more: { isDrained?: boolean; force?: boolean } = {}) =>
  world.decide((state, moment) => drainFleet(state, { fleet: "eu", isDrained: true, force: false, ...more }, moment));

test("a drained fleet ends what is idle, lets protected sessions go on, and ends after them", () => {
  const world = create({ protection: protection("FULL") });
  const session = world.placeActive();
  drain(world);
  expect(phases(world).toSorted()).toEqual(["DRAINING", "TERMINATING"]);
  world.pass(86_400_000 / 2);
  expect(phases(world)).toEqual(["DRAINING"]);
  world.command(session.processId, { type: "end-session", sessionId: session.battleSessionId });
  expect(phases(world)).toEqual(["TERMINATING"]);
});

test("a session under TIME_LIMITED is ended when its protection is over", () => {
  const world = create({ protection: protection("TIME_LIMITED") });
  const { processId } = world.placeActive();
  drain(world);
  world.pass(59_999);
  expect(world.state.processes.get(processId)?.status.phase).toBe("READY");
  world.pass(1);
  expect(world.state.processes.get(processId)?.status).toMatchObject({ phase: "TERMINATING", reason: "DRAINED" });
});

const atOnce = [
  { name: "without protection", fleet: { protection: protection("NONE") }, more: {} },
  { name: "by force", fleet: { protection: protection("FULL") }, more: { force: true } },
];
for (const { name, fleet, more } of atOnce) {
  test(`a process with a session ${name} is asked to end at once`, () => {
    const world = create(fleet);
    world.placeActive();
    drain(world, more);
    expect(phases(world)).toEqual(["TERMINATING", "TERMINATING"]);
  });
}

test("a drained fleet fails placements that have no other destination, and takes them again afterwards", () => {
  const world = create();
  world.readyAll();
  drain(world);
  expect(world.state.placements.get(world.place())?.end?.failure).toBe(
    "Cannot place on queue queue as each of its destinations is closed: eu (fleet eu is drained)",
  );
  drain(world, { isDrained: false });
  world.readyAll();
  expect(world.sessionFor(world.place()).state).toBe("ACTIVATING");
});

test("a process that drains gets no session, and is replaced", () => {
  const world = create({ processes: 1, concurrentSessions: 2, protection: protection("FULL") });
  world.readyAll(2);
  const { processId } = world.sessionFor(world.place());
  const ask = () => world.decide((state, moment) => drainOne(state, { processId, force: false }, moment));
  ask();
  ask();
  // Its one session is loading, which protects nobody.
  expect(world.state.processes.get(processId)?.status.phase).toBe("TERMINATING");
  const other = world.placeActive();
  world.decide((state, moment) => drainOne(state, { processId: other.processId, force: false }, moment));
  expect(world.state.processes.get(other.processId)).toMatchObject({
    status: { phase: "READY" },
    draining: { reason: "DRAINED" },
  });
  world.readyAll(2);
  expect(world.sessionFor(world.place()).processId).not.toBe(other.processId);
});

const scaleIns = [
  { policy: "NONE", phase: "TERMINATING" },
  { policy: "TIME_LIMITED", phase: "DRAINING" },
  { policy: "FULL", phase: "DRAINING" },
] as const;
for (const { policy, phase } of scaleIns) {
  test(`a fleet that an operator makes smaller ends what is idle first, then, under ${policy}, leaves one ${phase}`, () => {
    const world = create({ processes: 3, protection: protection(policy) });
    world.readyAll();
    const first = world.placeActive();
    world.placeActive();
    const to = (processes: number) =>
      world.decide((state, moment) =>
        scaleFleet(state, { fleet: "eu", scaling: { type: "static", processes } }, moment),
      );
    to(2);
    expect(phases(world).toSorted()).toEqual(["READY", "READY", "TERMINATING"]);
    expect(world.state.sessions.get(first.battleSessionId)?.battle.state).toBe("ACTIVE");
    to(1);
    expect(phases(world).filter((one) => one === "READY")).toHaveLength(1);
    expect(phases(world)).toContain(phase);
  });
}

test("drainFleet() repeats safely and refuses a fleet that is none", () => {
  const world = create({ protection: protection("FULL") });
  world.placeActive();
  drain(world);
  const before = world.facts.length;
  drain(world);
  expect(world.facts.length).toBe(before);
  const ask = () => world.decide((state, at) => drainFleet(state, { fleet: "us", isDrained: true, force: false }, at));
  expect(ask).toThrow(expect.objectContaining({ reason: "FLEET_NOT_FOUND" }));
});
