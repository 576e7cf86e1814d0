import type { ServerSessionId } from "@muster/proto";
import { expect, test } from "vitest";
import { createRehearsal } from "./rehearsal.ts";

const scene = () => {
  const world = createRehearsal();
  const { processId, battleSessionId: sessionId } = world.placeActive();
  const report = (currentCount: number, maxCount: number, of = sessionId) =>
    world.command(processId, {
      type: "report-custom-data",
      sessionId: of,
      customData: { currentCount, maxCount },
    });
  const now = () => world.state.sessions.get(sessionId)?.battle;
  return { world, processId, sessionId, report, now };
};

test("what a game reports stands with its session, the last in place of the one before", () => {
  const { report, now } = scene();
  const before = now();
  report(1, 9);
  report(2, 9);
  expect(now()).toMatchObject({ customData: { currentCount: 2, maxCount: 9 } });
  expect([now()?.revision, now()?.rosterVersion]).toEqual([(before?.revision ?? 0) + 2, before?.rosterVersion]);
});

test("the same numbers again are no change", () => {
  const { report, now } = scene();
  report(0, 0);
  const { revision } = now() ?? {};
  report(0, 0);
  expect(now()?.revision).toBe(revision);
});

test("nothing is reported of a session that is another's, or over", () => {
  const { world, processId, sessionId, report } = scene();
  expect(() => report(1, 1, "bs_other" as ServerSessionId)).toThrow(
    expect.objectContaining({ reason: "SERVER_SESSION_NOT_FOUND" }),
  );
  world.command(processId, { type: "end-session", sessionId });
  expect(() => report(1, 1)).toThrow(expect.objectContaining({ reason: "SESSION_NOT_ACTIVE" }));
});
