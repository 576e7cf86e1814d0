import { createVirtualClock } from "@muster/kit/testing";
import { expect, test } from "vitest";
import { createCustomDataReports, REPORT_INTERVAL_MS } from "./custom-data-reports.ts";

type Numbers = readonly [string, number];

function scene() {
  const clock = createVirtualClock(0);
  const stop = new AbortController();
  const announced: Numbers[] = [];
  const link = {
    attached: true,
    backlog: 0,
    announce: (command: { readonly $case: string; readonly value: unknown }) => {
      const { battleSessionId, customData } = command.value as {
        readonly battleSessionId: string;
        readonly customData: { readonly currentCount: number };
      };
      announced.push([battleSessionId, customData.currentCount]);
    },
  };
  const reports = createCustomDataReports({ clock, link, signal: stop.signal });
  const note = (id: string, currentCount: number) => reports.note(id, { currentCount, maxCount: 9 });
  return { clock, link, reports, note, announced, stop };
}

test("numbers leave at once, then the last of each session once an interval", async () => {
  const { clock, note, announced } = scene();
  note("bs_1", 1);
  expect(announced).toEqual([["bs_1", 1]]);
  for (let count = 2; count <= 500; count += 1) note("bs_1", count);
  note("bs_2", 7);
  expect(announced).toHaveLength(1);
  await clock.advance(REPORT_INTERVAL_MS);
  expect(announced.slice(1)).toEqual([
    ["bs_1", 500],
    ["bs_2", 7],
  ]);
  await clock.advance(10 * REPORT_INTERVAL_MS);
  expect(announced).toHaveLength(3);
});

test("numbers wait for a fleet that is away, and the last ones leave when it is back", async () => {
  const { clock, link, reports, note, announced } = scene();
  link.attached = false;
  note("bs_1", 1);
  note("bs_1", 2);
  await clock.advance(5 * REPORT_INTERVAL_MS);
  expect(announced).toEqual([]);
  link.attached = true;
  reports.resume();
  expect(announced).toEqual([["bs_1", 2]]);
});

test("what waits leaves ahead of the end of its session, fleet or no fleet", () => {
  const { link, reports, note, announced } = scene();
  note("bs_1", 1);
  note("bs_1", 2);
  link.attached = false;
  reports.hasten();
  reports.hasten();
  expect(announced).toEqual([
    ["bs_1", 1],
    ["bs_1", 2],
  ]);
});

test("a fleet that answers nothing is told nothing more until it does", async () => {
  const { clock, link, note, announced } = scene();
  link.backlog = 1_000;
  note("bs_1", 1);
  await clock.advance(5 * REPORT_INTERVAL_MS);
  expect(announced).toEqual([]);
  link.backlog = 0;
  await clock.advance(REPORT_INTERVAL_MS);
  expect(announced).toEqual([["bs_1", 1]]);
});
