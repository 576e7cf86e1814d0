import { expect, test } from "vitest";
import { parseFleetConfig } from "../config.ts";

const parse = (faults: readonly object[]) =>
  parseFleetConfig({
    path: "/game/muster.json",
    directory: "/game",
    sections: { fleets: [{ name: "eu", simulated: {} }], queues: [{ name: "default", destinations: ["eu"] }], faults },
  });

test("parseFleetConfig() reads the plan of faults, in ms", () => {
  const { faults } = parse([{ kind: "HANG", fleet: "eu", perHour: 2, forSeconds: 20 }]);
  expect(faults?.[0]).toMatchObject({ kind: "HANG", fleet: "eu", perHour: 2, forMs: 20_000, ratio: 1, afterMs: 0 });
});

const refused = [
  { name: "a fault that there is not", fault: { kind: "QUAKE" }, path: "$.faults[0].kind" },
  { name: "a fault of a fleet that there is not", fault: { kind: "HANG", fleet: "us" }, path: "$.faults[0].fleet" },
  {
    name: "a rate for a fault that strikes no process by itself",
    fault: { kind: "SLOW_START", perHour: 1 },
    path: "$.faults[0].perHour",
  },
];
for (const { name, fault, path } of refused) {
  test(`parseFleetConfig() refuses ${name}, with its path`, () => {
    expect(() => parse([fault])).toThrow(expect.objectContaining({ reason: "CONFIG_INVALID", metadata: { path } }));
  });
}
