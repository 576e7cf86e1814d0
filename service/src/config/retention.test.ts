import { limits } from "@muster/proto";
import { expect, test } from "vitest";
import { readRetention } from "./retention.ts";

const read = (retention?: unknown) => readRetention({ path: "/game/muster.json", sections: { retention } });

const rows = [
  { name: "a day, where nothing is said", section: undefined, endedMs: limits.ENDED_KEPT_MS },
  { name: "a day, where the section is empty", section: {}, endedMs: limits.ENDED_KEPT_MS },
  { name: "what is said, in ms", section: { endedHours: 1.5 }, endedMs: 5_400_000 },
];
for (const { name, section, endedMs } of rows) {
  test(`readRetention() keeps what has ended for ${name}`, () => expect(read(section).endedMs).toBe(endedMs));
}

const refused = [
  { name: "less than an hour", section: { endedHours: 0.5 }, path: "$.retention.endedHours" },
  { name: "more than a month", section: { endedHours: 721 }, path: "$.retention.endedHours" },
  { name: "a misspelt key", section: { endedHour: 2 }, path: "$.retention.endedHour" },
];
for (const { name, section, path } of refused) {
  test(`readRetention() refuses ${name}, naming file and path`, () => {
    const says = expect.stringContaining("/game/muster.json");
    expect(() => read(section)).toThrow(expect.objectContaining({ metadata: { path }, message: says }));
  });
}
