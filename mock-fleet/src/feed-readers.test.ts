import { createVirtualClock } from "@muster/kit/testing";
import { expect, test } from "vitest";
import { createFeedReaders } from "./feed-readers.ts";

function start() {
  const clock = createVirtualClock();
  const listeners = new Set<() => void>();
  const readers = createFeedReaders({
    clock,
    beatMs: 5_000,
    onCommitted: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
  const commit = () => {
    for (const listener of listeners) listener();
  };
  /** A reader that reads `times` times, and what it hears when. */
  const read = (times: number) => {
    const reader = readers.join();
    const heard: string[] = [];
    const reading = async () => {
      for (let time = 0; time < times; time += 1) {
        const hadNews = await reader.next();
        heard.push(`${hadNews ? "news" : "beat"} at ${clock.nowMs()}`);
      }
      reader.leave();
    };
    return { reader, heard, done: reading() };
  };
  return { clock, listeners, readers, commit, read };
}

test("readers beat one interval after they joined, and then again, each in its own time", async () => {
  const { clock, read } = start();
  const first = read(2);
  await clock.advance(2_000);
  const second = read(2);
  await clock.advance(11_000);
  expect(first.heard).toEqual(["beat at 5000", "beat at 10000"]);
  expect(second.heard).toEqual(["beat at 7000", "beat at 12000"]);
  expect(clock.sleepers).toBe(0);
});

test("news wakes every reader, and is there for one who was busy meanwhile", async () => {
  const { clock, readers, commit, read } = start();
  const waiting = read(1);
  const busy = readers.join();
  commit();
  commit();
  await waiting.done;
  expect(waiting.heard).toEqual(["news at 0"]);
  expect(await busy.next()).toBe(true);
  const next = busy.next();
  await clock.advance(5_000);
  expect(await next).toBe(false);
  busy.leave();
});

test("who leaves waits no longer, and hears nothing more", async () => {
  const { clock, readers, commit } = start();
  const reader = readers.join();
  const stays = readers.join();
  const next = reader.next();
  reader.leave();
  reader.leave();
  expect(await next).toBe(false);
  commit();
  expect(await reader.next()).toBe(false);
  stays.leave();
  expect(clock.sleepers).toBe(0);
});

test("nobody listens to the journal, and no timer runs, but while somebody reads", async () => {
  const { clock, listeners, readers } = start();
  expect([listeners.size, clock.sleepers]).toEqual([0, 0]);
  readers.join().leave();
  const reader = readers.join();
  expect([listeners.size, clock.sleepers]).toEqual([1, 1]);
  await clock.advance(12_000);
  reader.leave();
  expect([listeners.size, clock.sleepers]).toEqual([0, 0]);
});
