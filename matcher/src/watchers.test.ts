import { createVirtualClock } from "@muster/kit/testing";
import { expect, test } from "vitest";
import { createWatchers, WOKEN_PER_TURN_MAX } from "./watchers.ts";

const never = new AbortController().signal;

test("a watcher hears who woke it before it waited", async () => {
  const clock = createVirtualClock();
  const watchers = createWatchers(clock);
  const watcher = watchers.add();
  watchers.wake([watcher]);
  watchers.wake([watcher]);
  await expect(watcher.wait(1_000, never)).resolves.toBe(true);
  const again = watcher.wait(1_000, never);
  await clock.advance(1_000);
  await expect(again).resolves.toBe(false);
});

test("thousands of watchers are woken in shares, one a turn, each once", async () => {
  const clock = createVirtualClock();
  const watchers = createWatchers(clock);
  const all = Array.from({ length: 3 * WOKEN_PER_TURN_MAX }, () => watchers.add());
  let woken = 0;
  const waits = all.map(async (watcher) => {
    expect(await watcher.wait(1_000, never)).toBe(true);
    woken += 1;
  });
  watchers.wake(all);
  watchers.wake(all);
  await Promise.race(waits);
  expect(woken).toBeLessThanOrEqual(WOKEN_PER_TURN_MAX);
  for (let turn = 0; turn < 4; turn += 1) await clock.advance(0);
  await Promise.all(waits);
  expect(woken).toBe(all.length);
});

test("a wait ends with its caller, and every wait with all of them", async () => {
  const watchers = createWatchers(createVirtualClock());
  const caller = new AbortController();
  const [one, other] = [watchers.add(), watchers.add()];
  const waits = [one.wait(1_000, caller.signal), other.wait(1_000, never)];
  caller.abort(new Error("gone"));
  await expect(waits[0]).rejects.toThrow("gone");
  watchers.end(new Error("stopping"));
  await expect(waits[1]).rejects.toThrow("stopping");
  await expect(other.wait(1_000, never)).rejects.toThrow("stopping");
});
