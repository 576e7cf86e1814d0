import { expect, test } from "vitest";
import { parseFleetConfig } from "./config.ts";

const fleet = { name: "eu", command: ["node", "server.js"] };
const queue = { name: "default", destinations: ["eu"] };
const parse = (sections: object) =>
  parseFleetConfig({
    path: "/game/muster.json",
    directory: "/game",
    sections: { fleets: [fleet], queues: [queue], ...sections },
  });

test("parseFleetConfig() fills in defaults, in ms", () => {
  expect(parse({})).toEqual({
    fleets: [
      {
        name: "eu",
        region: "local",
        command: ["node", "server.js"],
        cwd: "/game",
        env: {},
        processes: 1,
        concurrentSessions: undefined,
        ports: [{ name: "game", protocol: "tcp" }],
        portRange: { first: 7_500, last: 7_599 },
        host: "127.0.0.1",
        readyTimeoutMs: 120_000,
        activationTimeoutMs: 60_000,
        hosting: "REUSABLE",
        reservationMs: 60_000,
        disconnectGraceMs: 60_000,
      },
    ],
    queues: [{ name: "default", destinations: ["eu"], timeoutMs: 60_000 }],
    settings: {
      hostSilentAfterMs: 15_000,
      hostLostAfterMs: 120_000,
      health: { intervalMs: 5_000, timeoutMs: 2_500, missesMax: 3 },
      processTerminateMs: 10_000,
      endedKeptMs: 24 * 3_600_000,
      journalKeptMs: 0,
    },
  });
});

test("parseFleetConfig() remembers what has ended, and keeps facts, for as long as the retention says", () => {
  const { settings } = parse({ retention: { endedHours: 2, journalHours: 1 } });
  expect([settings.endedKeptMs, settings.journalKeptMs]).toEqual([2 * 3_600_000, 3_600_000]);
});

const refused = [
  { name: "no fleets", sections: { fleets: undefined }, path: "$.fleets" },
  { name: "a fleet without a command", sections: { fleets: [{ name: "eu" }] }, path: "$.fleets[0].command" },
  { name: "a misspelt key", sections: { fleets: [{ ...fleet, proceses: 1 }] }, path: "$.fleets[0].proceses" },
  {
    name: "two fleets of one name",
    sections: { fleets: [fleet, fleet] },
    path: "$.fleets[1].name",
  },
  {
    name: "a destination that is no fleet",
    sections: { queues: [{ name: "default", destinations: ["eu", "us"] }] },
    path: "$.queues[0].destinations[1]",
  },
  {
    name: "a port range without room",
    sections: { fleets: [{ ...fleet, processes: 3, portRange: "7500-7501" }] },
    path: "$.fleets[0].portRange",
  },
  {
    name: "a port range that is none",
    sections: { fleets: [{ ...fleet, portRange: "many" }] },
    path: "$.fleets[0].portRange",
  },
  {
    name: "thresholds in the wrong order",
    sections: { fleetSettings: { hostSilentAfterMs: 5_000, hostLostAfterMs: 5_000 } },
    path: "$.fleetSettings.hostLostAfterMs",
  },
];
for (const { name, sections, path } of refused) {
  test(`parseFleetConfig() refuses ${name}, with its path`, () => {
    expect(() => parse(sections)).toThrow(expect.objectContaining({ reason: "CONFIG_INVALID", metadata: { path } }));
  });
}
