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

test("createGameWatch() cuts off a game that leaves changes of thousands of seats unread", async () => {
  const watch = createWatch();
  const stuck = watch.watch(request, context)[Symbol.asyncIterator]();
  await stuck.next();
  const seats = Array.from({ length: 1_000 }, (_, index) => ({
    playerSessionId: `ps_${index}`,
    playerId: "a",
    cause: 1,
  }));
  const change = { battleSessionId: "bs_1", revision: 1, added: [], updated: [], removed: seats };
  const event = { $case: "battleSessionUpdated", value: change } as unknown as Parameters<typeof watch.send>[0];
  let sent = 0;
  while (watch.send(event)) sent += 1;
  expect(sent).toBeLessThan(60);
  await expect(stuck.next()).rejects.toMatchObject({ reason: "OVERLOADED" });
});

test("createGameWatch() takes the place of a watch that nobody reads, and keeps nothing for it", async () => {
  const watch = createWatch();
  const stuck = watch.watch(request, context)[Symbol.asyncIterator]();
  await stuck.next();
  for (let count = 0; count < 100; count += 1) watch.send(check);
  const again = watch.watch(request, context)[Symbol.asyncIterator]();
  await again.next();
  await expect(stuck.next()).rejects.toMatchObject({ reason: "PHASE_CONFLICT" });
  expect(watch.open).toBe(true);
});

test("createGameWatch() says that nobody listens", () => {
  const watch = createWatch();
  expect(watch.open).toBe(false);
  expect(watch.send(check)).toBe(false);
});
