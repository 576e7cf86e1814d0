import { expect, test } from "vitest";
import { parseFleetConfig } from "./config.ts";

const fleet = { name: "eu", command: ["node", "server.js"] };
const queue = { name: "default", destinations: ["eu"] };
const file = (sections: object) => ({
  path: "/game/muster.json",
  directory: "/game",
  sections: { fleets: [fleet], queues: [queue], ...sections },
});
const parse = (sections: object) => parseFleetConfig(file(sections));

const debugging = [
  { name: "as it says", fleet: { debug: true }, all: false, debug: true },
  { name: "by its command", fleet: { command: ["node", "--inspect", "a.js"] }, all: false, debug: true },
  {
    name: "not, though its command lets a debugger in, if it says so",
    all: false,
    debug: false,
    fleet: { command: ["node", "--inspect", "a.js"], debug: false },
  },
  { name: "whatever it says, where all are", fleet: { debug: false }, all: true, debug: true },
];
for (const { name, fleet: more, all, debug } of debugging) {
  test(`parseFleetConfig(): a fleet is debugged ${name}`, () => {
    const config = parseFleetConfig(file({ fleets: [{ ...fleet, ...more }] }), { debug: all });
    expect(config.fleets[0]?.debug).toBe(debug);
  });
}

test("parseFleetConfig() fills in defaults, in ms", () => {
  expect(parse({})).toEqual({
    fleets: [
      {
        name: "eu",
        region: "local",
        builds: [
          {
            name: "",
            launches: [{ name: "", command: ["node", "server.js"], cwd: "/game", env: {}, processes: 1 }],
          },
        ],
        build: "",
        processes: 1,
        processesPerHost: undefined,
        concurrentActivations: undefined,
        concurrentSessions: undefined,
        ports: [{ name: "game", protocol: "tcp" }],
        portRange: { first: 7_500, last: 7_599 },
        host: "127.0.0.1",
        readyTimeoutMs: 120_000,
        activationTimeoutMs: 60_000,
        hosting: "REUSABLE",
        reservationMs: 60_000,
        disconnectGraceMs: 60_000,
        protection: { policy: "NONE", limitMs: 3_600_000 },
        cost: 0,
        debug: false,
      },
    ],
    queues: [
      {
        name: "default",
        destinations: ["eu"],
        timeoutMs: 60_000,
        latencyPolicies: [],
        priorities: ["LATENCY", "DESTINATION", "COST", "LOCATION"],
        locationOrder: [],
      },
    ],
    aliases: [],
    settings: {
      hostSilentAfterMs: 15_000,
      hostLostAfterMs: 120_000,
      health: { intervalMs: 5_000, timeoutMs: 2_500, missesMax: 3 },
      processTerminateMs: 10_000,
      endedKeptMs: 24 * 3_600_000,
      journalKeptMs: 0,
    },
    faults: [],
    regions: [],
  });
});

const owned = { fleets: [{ name: "eu", project: "arena", command: ["g"] }] };

test("parseFleetConfig() gives fleets and queues to a project, and no queue a fleet of another's", () => {
  const queue = (project?: string) => ({ name: "q", destinations: ["eu"], ...(project && { project }) });
  const { fleets, queues } = parse({ ...owned, queues: [queue("arena")] });
  expect([fleets[0]?.project, queues[0]?.project]).toEqual(["arena", "arena"]);
  expect(parse({ ...owned, queues: [queue()] }).queues[0]?.project).toBeUndefined();
  expect(() => parse({ ...owned, queues: [queue("rival")] })).toThrow("$.queues[0].destinations[0]");
  expect(() => parse({ ...owned, queues: [queue("a b")] })).toThrow("$.queues[0].project");
});

test("parseFleetConfig() remembers what has ended, and keeps facts, for as long as the retention says", () => {
  const { settings } = parse({ retention: { endedHours: 2, journalHours: 1 } });
  expect([settings.endedKeptMs, settings.journalKeptMs]).toEqual([2 * 3_600_000, 3_600_000]);
});

test("parseFleetConfig() reads the behaviour of simulated servers, whose ports need no room", () => {
  const simulated = { sessionSeconds: [60, 90], acceptSeconds: 0.5, noShowRatio: 0.1, script: "bots.js" };
  const { fleets } = parse({ fleets: [{ name: "eu", simulated, processes: 20_000 }] });
  expect(fleets[0]).toMatchObject({ builds: [{ launches: [{ command: [] }] }], processes: 20_000 });
  expect(fleets[0]?.simulated).toEqual({
    ready: { minMs: 0, maxMs: 0 },
    activation: { minMs: 0, maxMs: 0 },
    session: { minMs: 60_000, maxMs: 90_000 },
    accept: { minMs: 500, maxMs: 500 },
    noShowRatio: 0.1,
    leavesPerMinute: 0,
    disconnectRatio: 0,
    crashesPerHour: 0,
    refusedFillRatio: 0,
    backfill: false,
    concurrentSessions: 1,
    seed: 1,
    script: "/game/bots.js",
  });
});

test("parseFleetConfig() sorts caps, and completes priorities", () => {
  const latencyPolicies = [
    { maxIndividualLatencyMs: 200 },
    { maxIndividualLatencyMs: 60, durationSeconds: 5 },
    { maxIndividualLatencyMs: 100, durationSeconds: 10 },
  ];
  const { queues } = parse({ queues: [{ ...queue, latencyPolicies, priorities: ["COST", "LOCATION"] }] });
  expect(queues[0]).toMatchObject({
    latencyPolicies: [
      { maxIndividualLatencyMs: 60, durationMs: 5_000 },
      { maxIndividualLatencyMs: 100, durationMs: 10_000 },
      { maxIndividualLatencyMs: 200, durationMs: undefined },
    ],
    priorities: ["COST", "LOCATION", "LATENCY", "DESTINATION"],
  });
});

const caps = (...latencyPolicies: readonly object[]) => ({ queues: [{ ...queue, latencyPolicies }] });

test("parseFleetConfig() takes aliases as destinations", () => {
  const aliases = [
    { name: "live", fleet: "eu" },
    { name: "old", message: "Gone" },
  ];
  expect(parse({ aliases, queues: [{ ...queue, destinations: ["live", "old"] }] }).aliases).toEqual([
    { name: "live", target: { type: "fleet", fleet: "eu" } },
    { name: "old", target: { type: "closed", message: "Gone" } },
  ]);
});

test("parseFleetConfig() reads what one creator may create, two in three minutes if it is not said", () => {
  const limitOf = (creatorLimit: object) =>
    parse({ fleets: [{ name: "eu", command: ["game"], creatorLimit }] }).fleets[0]?.creatorLimit;
  expect(limitOf({})).toEqual({ sessionsMax: 2, periodMs: 180_000 });
  expect(limitOf({ sessions: 5, periodSeconds: 1 })).toEqual({ sessionsMax: 5, periodMs: 1_000 });
});

const normal = { name: "normal", command: ["game"], env: { MODE: "normal" }, processes: 3 };
const boss = { name: "boss", command: ["game", "--boss"], cwd: "maps" };
const { command: _, ...bare } = { ...fleet, env: { A: "1", MODE: "any" }, cwd: "bin" };

test("parseFleetConfig() reads launches, with what they share with their fleet", () => {
  const [read] = parse({ fleets: [{ ...bare, launches: [normal, boss] }] }).fleets;
  expect(read).toMatchObject({ processes: 4, build: "" });
  expect(read?.builds).toEqual([
    {
      name: "",
      launches: [
        { name: "normal", command: ["game"], cwd: "/game/bin", env: { A: "1", MODE: "normal" }, processes: 3 },
        {
          ...{ name: "boss", command: ["game", "--boss"], cwd: "/game/maps", env: { A: "1", MODE: "any" } },
          processes: 1,
        },
      ],
    },
  ]);
});

test("parseFleetConfig() reads builds, the first of which is started unless another is named", () => {
  const builds = [
    { name: "v1", command: ["v1"] },
    { name: "v2", launches: [normal, boss], cwd: "v2" },
  ];
  const buildOf = (more: object) => {
    const [read] = parse({ fleets: [{ ...bare, builds, ...more }] }).fleets;
    return [read?.build, read?.processes, read?.builds[1]?.launches.map(({ cwd }) => cwd)];
  };
  expect(buildOf({})).toEqual(["v1", 1, ["/game/v2", "/game/maps"]]);
  expect(buildOf({ build: "v2" })).toEqual(["v2", 4, ["/game/v2", "/game/maps"]]);
  expect(buildOf({ build: "v2", processes: 9 })).toEqual(["v2", 9, ["/game/v2", "/game/maps"]]);
});

test("parseFleetConfig() reads elastic fleets, whose ports have room for the most", () => {
  const read = (elastic: object) => parse({ fleets: [{ ...fleet, elastic }] }).fleets[0]?.elastic;
  expect(read({ maxProcesses: 4 })).toEqual({
    ...{ minProcesses: 0, maxProcesses: 4, cooldownMs: 60_000 },
    reserve: { type: "sessions", sessions: 0 },
  });
  expect(read({ minProcesses: 1, maxProcesses: 4, reservePercent: 20, cooldownSeconds: 5 })).toEqual({
    ...{ minProcesses: 1, maxProcesses: 4, cooldownMs: 5_000 },
    reserve: { type: "percent", percent: 20 },
  });
});

const refused = [
  {
    name: "an elastic fleet with a number of processes",
    sections: { fleets: [{ ...fleet, processes: 2, elastic: { maxProcesses: 4 } }] },
    path: "$.fleets[0].processes",
  },
  {
    name: "an elastic fleet with two reserves",
    sections: { fleets: [{ ...fleet, elastic: { maxProcesses: 4, reserveSessions: 1, reservePercent: 1 } }] },
    path: "$.fleets[0].elastic",
  },
  {
    name: "more ports than the range has for the most processes of an elastic fleet",
    sections: { fleets: [{ ...fleet, portRange: "7500-7502", elastic: { maxProcesses: 4 } }] },
    path: "$.fleets[0].portRange",
  },
  {
    name: "two launches of one name",
    sections: { fleets: [{ ...bare, launches: [normal, normal] }] },
    path: "$.fleets[0].launches[1].name",
  },
  {
    name: "launches beside a command",
    sections: { fleets: [{ ...fleet, launches: [normal] }] },
    path: "$.fleets[0].command",
  },
  {
    name: "a build that is none",
    sections: { fleets: [{ ...bare, builds: [{ name: "v1", command: ["v1"] }], build: "v2" }] },
    path: "$.fleets[0].build",
  },
  {
    name: "a build that starts nothing",
    sections: { fleets: [{ ...bare, builds: [{ name: "v1" }] }] },
    path: "$.fleets[0].builds[0]",
  },
  {
    name: "a creator who may create nothing",
    sections: { fleets: [{ name: "eu", command: ["game"], creatorLimit: { sessions: 0 } }] },
    path: "$.fleets[0].creatorLimit.sessions",
  },
  { name: "an alias of nothing", sections: { aliases: [{ name: "live" }] }, path: "$.aliases[0]" },
  {
    name: "an alias of a fleet that is not there",
    sections: { aliases: [{ name: "live", fleet: "us" }] },
    path: "$.aliases[0].fleet",
  },
  {
    name: "an alias with a fleet's name",
    sections: { aliases: [{ name: "eu", fleet: "eu" }] },
    path: "$.aliases[0].name",
  },
  {
    name: "a cap that would never end before a looser one",
    sections: caps({ maxIndividualLatencyMs: 50 }, { maxIndividualLatencyMs: 100 }),
    path: "$.queues[0].latencyPolicies",
  },
  {
    name: "one cap twice",
    sections: caps({ maxIndividualLatencyMs: 50, durationSeconds: 5 }, { maxIndividualLatencyMs: 50 }),
    path: "$.queues[0].latencyPolicies",
  },
  {
    name: "one priority twice",
    sections: { queues: [{ ...queue, priorities: ["COST", "COST"] }] },
    path: "$.queues[0].priorities[1]",
  },
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
    name: "a fleet with a command and simulated servers",
    sections: { fleets: [{ ...fleet, simulated: {} }] },
    path: "$.fleets[0].command",
  },
  {
    name: "more processes of a command than a machine runs",
    sections: { fleets: [{ ...fleet, processes: 1_001, portRange: "1024-65535" }] },
    path: "$.fleets[0].processes",
  },
  {
    name: "a share above 1",
    sections: { fleets: [{ name: "eu", simulated: { noShowRatio: 1.5 } }] },
    path: "$.fleets[0].simulated.noShowRatio",
  },
  {
    name: "two times in the wrong order",
    sections: { fleets: [{ name: "eu", simulated: { acceptSeconds: [3, 1] } }] },
    path: "$.fleets[0].simulated.acceptSeconds",
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
