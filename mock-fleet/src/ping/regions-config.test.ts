import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import { readRegions } from "./regions-config.ts";

const known = new Set(["eu-west", "us-east"]);

test("readRegions() takes beacons of its own and those of others", () => {
  const section = [
    { name: "eu-west", beacon: { delayMs: 20 } },
    { name: "us-east", udpPing: "ping.example:7777", httpPing: "https://ping.example/" },
  ];
  expect(readRegions(section, known)).toEqual([
    {
      name: "eu-west",
      beacon: { bind: "127.0.0.1", host: "127.0.0.1", port: 0, delayMs: 20, jitterMs: 0, lossPercent: 0 },
    },
    { name: "us-east", udpPing: "ping.example:7777", httpPing: "https://ping.example/" },
  ]);
});

const refusals: readonly (readonly [string, unknown, string])[] = [
  ["a region that no fleet is in", [{ name: "mars" }], "$.regions[0].name"],
  ["a region twice", [{ name: "eu-west" }, { name: "eu-west" }], "$.regions[1].name"],
  ["a beacon beside an address", [{ name: "eu-west", beacon: {}, udpPing: "a:1" }], "$.regions[0].beacon"],
  ["an address without a port", [{ name: "eu-west", udpPing: "ping.example" }], "$.regions[0].udpPing"],
  ["an address of another kind", [{ name: "eu-west", httpPing: "ftp://ping.example/" }], "$.regions[0].httpPing"],
  ["more loss than all", [{ name: "eu-west", beacon: { lossPercent: 101 } }], "$.regions[0].beacon.lossPercent"],
  ["a delay that is none", [{ name: "eu-west", beacon: { delayMs: -1 } }], "$.regions[0].beacon.delayMs"],
  ["a word too much", [{ name: "eu-west", beacon: { lag: 1 } }], "$.regions[0].beacon"],
];

for (const [what, section, path] of refusals) {
  test(`readRegions() refuses ${what} by its path`, () => {
    let refused: unknown;
    try {
      readRegions(section, known);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(MusterError);
    expect(refused).toMatchObject({ reason: "CONFIG_INVALID" });
    expect((refused as MusterError).metadata.path).toContain(path);
  });
}
