import { expect, test } from "vitest";
import { faultSpec } from "./fault.fixture.ts";
import type { FaultSpec } from "./fault.ts";
import { createFaultPlan } from "./fault-plan.ts";

const target = { processId: "proc_a", fleet: "arena-eu", region: "eu" };

const rows: readonly { name: string; spec: Partial<FaultSpec>; atMs?: number; strikes: boolean }[] = [
  { name: "strikes whom nothing excludes", spec: {}, strikes: true },
  { name: "strikes the fleet that it names", spec: { fleet: "arena-eu" }, strikes: true },
  { name: "spares another fleet", spec: { fleet: "arena-us" }, strikes: false },
  { name: "spares another region", spec: { region: "us" }, strikes: false },
  { name: "strikes the process whose id begins so", spec: { processId: "proc_" }, strikes: true },
  { name: "spares another process", spec: { processId: "proc_b" }, strikes: false },
  { name: "waits for its time", spec: { afterMs: 100 }, atMs: 99, strikes: false },
  { name: "strikes when its time has come", spec: { afterMs: 100 }, atMs: 100, strikes: true },
  { name: "is over after its time", spec: { afterMs: 100, withinMs: 50 }, atMs: 150, strikes: false },
  { name: "never strikes at ratio 0", spec: { ratio: 0 }, strikes: false },
  { name: "leaves other opportunities alone", spec: { kind: "SLOW_START" }, strikes: false },
  { name: "finds its own times with perHour", spec: { perHour: 1 }, strikes: false },
];
for (const { name, spec, atMs = 0, strikes } of rows) {
  test(`a fault ${name}`, () => {
    const plan = createFaultPlan();
    plan.add(faultSpec({ kind: "CRASH_IN_ACTIVATION", ...spec }), 0);
    expect(plan.strike("session", target, atMs)).toHaveLength(strikes ? 1 : 0);
  });
}

test("a fault strikes as often as it may, and no more", () => {
  const plan = createFaultPlan();
  plan.add(faultSpec({ kind: "CRASH_IN_ACTIVATION", strikesMax: 2 }), 0);
  const struck = [1, 2, 3].map((nowMs) => plan.strike("session", target, nowMs).length);
  expect([struck, plan.faults[0]?.strikes]).toEqual([[1, 1, 0], 2]);
});

test("the same seed strikes the same processes, in whatever order they get sessions", () => {
  const victims = (order: readonly number[]) => {
    const plan = createFaultPlan();
    plan.add(faultSpec({ kind: "CRASH_IN_ACTIVATION", ratio: 0.3, seed: 7 }), 0);
    const targets = Array.from({ length: 50 }, (_, index) => ({ ...target, processId: `proc_${index}` }));
    for (const one of targets) plan.strike("launch", one, 0);
    return order
      .filter((index) => plan.strike("session", targets[index] ?? target, 0).length > 0)
      .toSorted((a, b) => a - b);
  };
  const inOrder = Array.from({ length: 50 }, (_, index) => index);
  const first = victims(inOrder);
  expect(first.length).toBeGreaterThan(5);
  expect(first.length).toBeLessThan(30);
  expect(victims(inOrder.toReversed())).toEqual(first);
});

test("a fault by the hour comes as often as it says, on average", () => {
  const plan = createFaultPlan();
  const fault = plan.add(faultSpec({ kind: "HANG", perHour: 4 }), 0);
  const waits = Array.from({ length: 2_000 }, () => plan.untilNextMs(fault, target));
  const meanMs = waits.reduce((sum, waitMs) => sum + waitMs, 0) / waits.length;
  expect(meanMs / 900_000).toBeGreaterThan(0.9);
  expect(meanMs / 900_000).toBeLessThan(1.1);
});
