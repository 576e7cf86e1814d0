import type { CallContext } from "@muster/proto/rpc";
import { expect, test } from "vitest";
import { createGameWatch } from "./game-watch.ts";

const context: CallContext = { signal: new AbortController().signal, token: "", peer: "test" };
const request = { sdkName: "test", sdkVersion: "1", sdkLanguage: "typescript", resumeAfter: {} };
const check = { $case: "healthCheck" as const, value: { checkId: "c", timeoutMs: 1 } };

function createWatch() {
  return createGameWatch({
    processId: "proc_1",
    version: "test",
    features: [],
    onOpened: () => undefined,
    book: async () => new Map(),
    healthSuspended: () => false,
    standing: () => [],
    onTaken: () => undefined,
  });
}

test("createGameWatch() cuts off a game that leaves too much unread, and serves it again", async () => {
  const watch = createWatch();
  const stuck = watch.watch(request, context)[Symbol.asyncIterator]();
  await stuck.next();
  let sent = 0;
  while (watch.send(check)) sent += 1;
  expect(sent).toBe(1_024);
  expect(watch.open).toBe(false);
  const rest = async () => {
    while (!(await stuck.next()).done);
  };
  await expect(rest()).rejects.toMatchObject({ reason: "OVERLOADED" });

  const again = watch.watch(request, context)[Symbol.asyncIterator]();
  await again.next();
  expect(watch.send(check)).toBe(true);
  expect(await again.next()).toEqual({ done: false, value: { event: check } });
});

test("createGameWatch() says that nobody listens", () => {
  const watch = createWatch();
  expect(watch.open).toBe(false);
  expect(watch.send(check)).toBe(false);
});
