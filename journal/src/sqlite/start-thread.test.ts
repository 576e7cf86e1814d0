import { once } from "node:events";
import { expect, test } from "vitest";
import { startThread } from "./start-thread.ts";

test("startThread() runs source without a WebAssembly of Node's in any thread, nor in a thread's thread", async () => {
  const thread = startThread("start-thread.fixture", import.meta.url, { depth: 3 });
  const told: { readonly depth: number; readonly loaded: readonly string[] }[] = [];
  thread.on("message", (message) => told.push(message));
  expect(await once(thread, "exit")).toEqual([0]);
  expect(told.map(({ depth }) => depth)).toEqual([3, 2, 1]);
  for (const { loaded } of told) {
    expect(loaded.length).toBeGreaterThan(50);
    expect(loaded.filter((name) => /amaro|lexer\/dist/.test(name))).toEqual([]);
  }
});

test("startThread() says which module of a thread cannot be read", async () => {
  const thread = startThread("no-such-thread", import.meta.url, {});
  const [error] = await once(thread, "error");
  expect(error).toMatchObject({ message: expect.stringMatching(/no-such-thread\.ts/) });
});
