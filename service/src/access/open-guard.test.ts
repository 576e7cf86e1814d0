import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVirtualClock } from "@muster/kit/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readMusterFile } from "../config/muster-file.ts";
import type { Log } from "../log.ts";
import { ACCESS_LOOK_MS, type Guard, openGuard } from "./open-guard.ts";

const OLD = "old-key-of-at-least-thirty-two-characters";
const NEW = "new-key-of-at-least-thirty-two-characters";
const section = (...files: readonly string[]) => ({
  access: { keys: files.map((file) => ({ name: "arena", role: "BACKEND", key: { file } })) },
});

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "muster-guard-"));
});
afterEach(() => rm(directory, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(directory, name), text);

async function open(document: unknown) {
  await write("muster.json", JSON.stringify(document));
  const lines: string[] = [];
  const say = (level: string) => (fields: object, message: string) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  };
  const log: Log = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
  const clock = createVirtualClock();
  const file = await readMusterFile(join(directory, "muster.json"));
  const guard = await openGuard({ file, env: {}, clock, log });
  /** Lets the guard look once more, and waits until it has told or knows what it shall. */
  const look = async (until: () => void) => {
    await clock.advance(ACCESS_LOOK_MS);
    await vi.waitFor(until);
  };
  return { guard, lines, look };
}

function knows({ keyring }: Guard, token: string): boolean {
  try {
    return keyring.find({ token }) !== undefined;
  } catch {
    return false;
  }
}

test("openGuard() says at the start that nobody is asked for a key", async () => {
  await using world = await opened({});
  expect(world.guard.keyring.isOpen).toBe(true);
  expect(world.lines.join()).toMatch(/^warn Open: /);
});

test("openGuard() takes a new key beside the old one, then lets the old one go, without a restart", async () => {
  await write("old", OLD);
  await write("new", NEW);
  await using world = await opened(section("old"));
  const { guard, look } = world;
  expect([knows(guard, OLD), knows(guard, NEW)]).toEqual([true, false]);
  await write("muster.json", JSON.stringify(section("old", "new")));
  await look(() => expect([knows(guard, OLD), knows(guard, NEW)]).toEqual([true, true]));
  await write("muster.json", JSON.stringify(section("new")));
  await look(() => expect([knows(guard, OLD), knows(guard, NEW)]).toEqual([false, true]));
});

test("openGuard() follows a key that changes in its file", async () => {
  await write("key", OLD);
  await using world = await opened(section("key"));
  await write("key", NEW);
  await world.look(() => expect([knows(world.guard, OLD), knows(world.guard, NEW)]).toEqual([false, true]));
});

test("openGuard() keeps what it knows while the file is broken, says so, and shows no key", async () => {
  await write("old", OLD);
  await using world = await opened(section("old"));
  await write("muster.json", `{ "access": ${OLD}`);
  await world.look(() => expect(world.lines.join("\n")).toMatch(/error Keeping the keys as they were/));
  expect(knows(world.guard, OLD)).toBe(true);
  await write("muster.json", "{}");
  await world.look(() => expect(world.lines.join("\n")).toMatch(/is not opened to everybody/));
  expect(knows(world.guard, OLD)).toBe(true);
});

async function opened(document: unknown) {
  const world = await open(document);
  return { ...world, [Symbol.asyncDispose]: () => world.guard[Symbol.asyncDispose]() };
}
