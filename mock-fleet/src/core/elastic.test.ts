import { expect, test } from "vitest";
import { wantedProcesses } from "./elastic.ts";
import type { ElasticSpec } from "./fleet-control.ts";
import { createRehearsal, type Rehearsal, type RehearsalOptions } from "./rehearsal.ts";
import { scaleFleet } from "./scale-fleet.ts";

const spec: ElasticSpec = {
  minProcesses: 0,
  maxProcesses: 5,
  reserve: { type: "sessions", sessions: 0 },
  cooldownMs: 30_000,
};
const sessions = (count: number) => ({ type: "sessions", sessions: count }) as const;
const percent = (count: number) => ({ type: "percent", percent: count }) as const;

const sizes = [
  { name: "nothing without sessions and reserve", reserve: sessions(0), at: { sessions: 0, slots: 1 }, wanted: 0 },
  { name: "the reserve", reserve: sessions(2), at: { sessions: 0, slots: 1 }, wanted: 2 },
  { name: "sessions and the reserve", reserve: sessions(2), at: { sessions: 1, slots: 1 }, wanted: 3 },
  { name: "whole processes", reserve: sessions(2), at: { sessions: 3, slots: 4 }, wanted: 2 },
  { name: "half of all slots free", reserve: percent(50), at: { sessions: 2, slots: 1 }, wanted: 4 },
  { name: "a quarter of all slots free, rounded up", reserve: percent(25), at: { sessions: 2, slots: 1 }, wanted: 3 },
  { name: "no percent of nothing", reserve: percent(50), at: { sessions: 0, slots: 1 }, wanted: 0 },
  { name: "no more than its most", reserve: sessions(9), at: { sessions: 9, slots: 1 }, wanted: 5 },
];
for (const { name, reserve, at, wanted } of sizes) {
  test(`wantedProcesses() keeps ${name}`, () => expect(wantedProcesses({ ...spec, reserve }, at)).toBe(wanted));
}

const kept = (world: Rehearsal) =>
  [...world.state.livingProcesses.values()].filter(({ status }) => status.phase !== "TERMINATING").length;
const elastic = (more: Partial<ElasticSpec> = {}, options: RehearsalOptions = {}) =>
  createRehearsal({ fleets: [{ elastic: { ...spec, ...more } }], ...options });
const endSession = (world: Rehearsal, session: { processId: never; battleSessionId: never }) =>
  world.command(session.processId, { type: "end-session", sessionId: session.battleSessionId });

test("a fleet at zero grows for a placement, which waits for it", () => {
  const world = elastic();
  expect(kept(world)).toBe(0);
  const id = world.place();
  expect(world.state.placements.get(id)?.end).toBeUndefined();
  expect(kept(world)).toBe(1);
  world.readyAll();
  expect(world.sessionFor(id).state).toBe("ACTIVATING");
});

test("a fleet grows by its reserve as sessions come, up to its most", () => {
  const world = elastic({ reserve: sessions(2) });
  expect(kept(world)).toBe(2);
  for (const size of [3, 4, 5, 5]) {
    world.placeActive();
    expect(kept(world)).toBe(size);
  }
});

test("a fleet shrinks when its cool-down is over, and ends processes without sessions only", () => {
  const world = elastic({ reserve: sessions(1) });
  const first = world.placeActive();
  const second = world.placeActive();
  expect(kept(world)).toBe(3);
  endSession(world, second as never);
  world.pass(29_000);
  expect(kept(world)).toBe(3);
  world.pass(1_000);
  expect(kept(world)).toBe(2);
  expect(world.state.sessions.get(first.battleSessionId)?.battle.state).toBe("ACTIVE");
});

test("a fleet that shrinks where every process has a session lets one drain, and ends nobody's battle", () => {
  const world = createRehearsal({ fleets: [{ elastic: { ...spec, cooldownMs: 1_000 } }] });
  const ids = [world.place(), world.place(), world.place()];
  world.readyAll(2);
  // Three were started before anybody knew that two go into one.
  const used = new Set(ids.map((id) => world.sessionFor(id).processId));
  expect(used.size).toBeGreaterThan(1);
  for (const id of ids) {
    const { processId, battleSessionId } = world.sessionFor(id);
    world.command(processId, { type: "activate-session", sessionId: battleSessionId });
  }
  world.pass(2_000);
  expect(kept(world)).toBeLessThanOrEqual(3);
  for (const id of ids) expect(world.sessionFor(id).state).toBe("ACTIVE");
});

test("an elastic fleet behind another that is full grows for what waits", () => {
  const world = createRehearsal({
    fleets: [{ name: "first" }, { name: "second", elastic: spec }],
    destinations: ["first", "second"],
  });
  world.placeActive();
  world.place();
  const [second] = [...world.state.livingProcesses.values()].filter(({ fleet }) => fleet === "second");
  expect(second?.status.phase).toBe("STARTING");
});

test("what waits counts for the next destination where the first can grow no more", () => {
  const fleets = [
    { name: "first", elastic: { ...spec, maxProcesses: 1 } },
    { name: "second", elastic: { ...spec, maxProcesses: 1 } },
  ];
  const world = createRehearsal({ fleets, destinations: ["first", "second"] });
  const sizes = () =>
    fleets.map(({ name }) => [...world.state.livingProcesses.values()].filter((one) => one.fleet === name).length);
  world.place();
  expect(sizes()).toEqual([1, 0]);
  world.place();
  world.place();
  expect(sizes()).toEqual([1, 1]);
});

const scale = (world: Rehearsal, scaling: Parameters<typeof scaleFleet>[1]["scaling"]) =>
  world.decide((state, moment) => scaleFleet(state, { fleet: "eu", scaling }, moment));

test("scaleFleet() holds before the configuration until it is reset, and repeats safely", () => {
  const world = createRehearsal({ fleets: [{ processes: 1 }] });
  scale(world, { type: "static", processes: 3 });
  expect(kept(world)).toBe(3);
  const before = world.facts.length;
  scale(world, { type: "static", processes: 3 });
  expect(world.facts.length).toBe(before);
  scale(world, { type: "elastic", elastic: { ...spec, minProcesses: 2 } });
  expect(kept(world)).toBe(2);
  scale(world, undefined);
  expect(kept(world)).toBe(1);
  expect(() => world.decide((state, moment) => scaleFleet(state, { fleet: "us", scaling: undefined }, moment))).toThrow(
    expect.objectContaining({ reason: "FLEET_NOT_FOUND" }),
  );
});
