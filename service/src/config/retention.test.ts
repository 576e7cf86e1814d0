import { limits } from "@muster/proto";
import { expect, test } from "vitest";
import { readRetention } from "./retention.ts";

const read = (retention?: unknown) => readRetention({ path: "/game/muster.json", sections: { retention } });

const rows = [
  { name: "for a day, where nothing is said", section: undefined, endedMs: limits.ENDED_KEPT_MS, journalMs: 0 },
  { name: "for a day, where the section is empty", section: {}, endedMs: limits.ENDED_KEPT_MS, journalMs: 0 },
  {
    name: "as long as is said, in ms",
    section: { endedHours: 1.5, journalHours: 0.5, eventHours: 1 },
    ...{ endedMs: 5_400_000, journalMs: 1_800_000 },
  },
];
for (const { name, section, endedMs, journalMs } of rows) {
  test(`readRetention() keeps what has ended ${name}`, () =>
    expect(read(section)).toEqual({ endedMs, journalMs, eventsMs: 3_600_000 }));
}

const refused = [
  { name: "less than an hour", section: { endedHours: 0.5 }, path: "$.retention.endedHours" },
  { name: "more than a month", section: { endedHours: 721 }, path: "$.retention.endedHours" },
  { name: "facts for more than a month", section: { journalHours: 721 }, path: "$.retention.journalHours" },
  { name: "events for more than a month", section: { eventHours: 721 }, path: "$.retention.eventHours" },
  { name: "a misspelt key", section: { endedHour: 2 }, path: "$.retention.endedHour" },
];
for (const { name, section, path } of refused) {
  test(`readRetention() refuses ${name}, naming file and path`, () => {
    const says = expect.stringContaining("/game/muster.json");
    expect(() => read(section)).toThrow(expect.objectContaining({ metadata: { path }, message: says }));
  });
}
