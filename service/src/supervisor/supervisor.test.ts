import { createSeededRandom } from "@muster/kit";
import type { Exit } from "@muster/kit/processes";
import { createVirtualClock } from "@muster/kit/testing";
import { expect, test } from "vitest";
import type { ProcessPort } from "./process-port.ts";
import type { ServiceEvent, ServiceSpec } from "./service-spec.ts";
import { createSupervisor } from "./supervisor.ts";

type Started = { readonly name: string; readonly end: (exit: Exit) => void; readonly signals: string[] };

/** A machine whose processes end when the test says so; they obey SIGTERM unless `stubborn`, and SIGKILL always. */
function createWorld({ stubborn = [] as readonly string[] } = {}) {
  const clock = createVirtualClock();
  const events: string[] = [];
  const started: Started[] = [];
  const guards = new Set<number>();
  const processes: ProcessPort = {
    start({ command: [name = ""] }) {
      const { promise, resolve } = Promise.withResolvers<Exit>();
      const signals: string[] = [];
      started.push({ name, end: resolve, signals });
      return {
        pid: 1_000 + started.length,
        exited: promise,
        signalGroup(signal) {
          signals.push(signal);
          if (signal === "SIGKILL" || !stubborn.includes(name)) resolve({ how: signal, code: undefined });
        },
      };
    },
    guard(groupId) {
      guards.add(groupId);
      return { pid: undefined, release: () => void guards.delete(groupId) };
    },
    groupLives: () => false,
    killGroup: () => undefined,
  };
  const onEvent = (event: ServiceEvent) => void events.push(`${event.name} ${event.type}`);
  const supervisor = createSupervisor({ clock, random: createSeededRandom(1), processes, onEvent });
  const last = () => started.at(-1) as Started;
  return { clock, events, started, guards, supervisor, last };
}

const spec = (name: string, more: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name,
  command: [name],
  env: {},
  output: "inherit",
  ours: true,
  ...more,
});

test("start() resolves when the service answers, not before", async () => {
  const { supervisor, events, clock } = createWorld();
  const answers = Promise.withResolvers<void>();
  let ready = false;
  void supervisor.start(spec("fleet", { whenReady: () => answers.promise })).then(() => {
    ready = true;
  });
  await clock.advance(1_000);
  expect({ ready, events }).toEqual({ ready: false, events: ["fleet starting"] });
  answers.resolve();
  await clock.advance(0);
  expect({ ready, events }).toEqual({ ready: true, events: ["fleet starting", "fleet ready"] });
});

const failedStarts = [
  { name: "ends before it answers", act: (end: Started["end"]) => end({ how: "exit 2", code: 2 }), why: "exit 2" },
  { name: "never answers", act: () => undefined, why: "it took too long to answer" },
];
for (const { name, act, why } of failedStarts) {
  test(`start() rejects, and tries nothing again, if the service ${name}`, async () => {
    const { supervisor, started, last, clock } = createWorld();
    const start = supervisor.start(spec("fleet", { whenReady: () => new Promise(() => undefined), readyMs: 5_000 }));
    const refused = expect(start).rejects.toMatchObject({
      reason: "SERVICE_NOT_READY",
      message: expect.stringContaining(why),
    });
    act(last().end);
    await clock.advance(5_000);
    await refused;
    await clock.advance(60_000);
    expect(started).toHaveLength(1);
  });
}

test("a crashed service is started again, each time later", async () => {
  const { supervisor, events, started, last, clock } = createWorld();
  await supervisor.start(spec("matcher"));
  const waits: number[] = [];
  for (let crash = 1; crash <= 5; crash += 1) {
    last().end({ how: "SIGKILL", code: undefined });
    await clock.advance(0);
    const crashedMs = clock.nowMs();
    while (started.length === crash) await clock.advanceToNext();
    waits.push(clock.nowMs() - crashedMs);
    await clock.advance(0);
  }
  expect(events.filter((event) => event === "matcher crashed")).toHaveLength(5);
  expect(events.filter((event) => event === "matcher ready")).toHaveLength(6);
  expect(waits[0]).toBeLessThanOrEqual(100);
  expect(Math.max(...waits)).toBeGreaterThan(200);
  expect(Math.max(...waits)).toBeLessThanOrEqual(5_000);
});

test("a restart that never answers is killed and tried again", async () => {
  const { supervisor, started, last, clock } = createWorld();
  let starts = 0;
  const whenReady = () => {
    starts += 1;
    return starts === 1 ? Promise.resolve() : new Promise<void>(() => undefined);
  };
  await supervisor.start(spec("matcher", { whenReady, readyMs: 1_000 }));
  last().end({ how: "SIGKILL", code: undefined });
  await clock.advance(3_000);
  expect(started.length).toBeGreaterThan(2);
  expect(started[1]?.signals).toContain("SIGKILL");
});

test("a companion that ends with code 0 is done; one that fails is started again", async () => {
  const { supervisor, events, last, clock } = createWorld();
  await supervisor.start(spec("bots", { ours: false }));
  last().end({ how: "exit 1", code: 1 });
  await clock.advance(200);
  last().end({ how: "exit 0", code: 0 });
  await clock.advance(60_000);
  expect(events).toEqual([
    "bots starting",
    "bots ready",
    "bots crashed",
    "bots starting",
    "bots ready",
    "bots finished",
  ]);
});

test("disposal stops services one by one in the reverse order of their start", async () => {
  const { supervisor, events, clock } = createWorld();
  for (const name of ["fleet", "matcher", "bots"]) await supervisor.start(spec(name));
  events.length = 0;
  const disposed = supervisor[Symbol.asyncDispose]();
  await clock.advance(0);
  await disposed;
  expect(events).toEqual([
    "bots stopping",
    "bots stopped",
    "matcher stopping",
    "matcher stopped",
    "fleet stopping",
    "fleet stopped",
  ]);
});

test("disposal kills who does not end in time", async () => {
  const { supervisor, started, events, clock } = createWorld({ stubborn: ["fleet"] });
  await supervisor.start(spec("fleet", { stopMs: 3_000 }));
  const disposed = supervisor[Symbol.asyncDispose]();
  await clock.advance(2_999);
  expect(started[0]?.signals).toEqual(["SIGTERM"]);
  await clock.advance(1);
  await disposed;
  expect(started[0]?.signals).toEqual(["SIGTERM", "SIGKILL"]);
  expect(events.at(-1)).toBe("fleet stopped");
});

test("kill() ends an orderly stop that is under way", async () => {
  const { supervisor, clock } = createWorld({ stubborn: ["fleet", "matcher"] });
  for (const name of ["fleet", "matcher"]) await supervisor.start(spec(name));
  const disposed = supervisor[Symbol.asyncDispose]();
  supervisor.kill();
  await clock.advance(0);
  await disposed;
});

test("disposal calls off a restart that waits", async () => {
  const { supervisor, started, last, clock } = createWorld();
  await supervisor.start(spec("matcher"));
  last().end({ how: "SIGKILL", code: undefined });
  await clock.advance(0);
  await supervisor[Symbol.asyncDispose]();
  await clock.advance(60_000);
  expect(started).toHaveLength(1);
});

test("a foreign program is guarded while it runs", async () => {
  const { supervisor, guards, clock } = createWorld();
  await supervisor.start(spec("bots", { ours: false }));
  expect(guards.size).toBe(1);
  const disposed = supervisor[Symbol.asyncDispose]();
  await clock.advance(0);
  await disposed;
  expect(guards.size).toBe(0);
});
