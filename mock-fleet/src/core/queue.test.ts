// Where placements go: destinations, latencies, caps and priorities, as tables.
import type { PlacementId } from "@muster/proto";
import { expect, test } from "vitest";
import { rankDestinations } from "./destinations.ts";
import { type FleetSpec, PLAIN_QUEUE, type Priority } from "./fleet-config.ts";
import { createRehearsal, playerToSeat, type Rehearsal, type RehearsalOptions } from "./rehearsal.ts";

type Latencies = Readonly<Record<string, number>>;

const players = (latencies: readonly Latencies[]) =>
  latencies.map((latenciesMs, index) => ({
    ...playerToSeat(`player ${index}`, index % 2 ? "red" : "blue"),
    latenciesMs,
  }));
const fleets = [
  { name: "us", region: "us-east", cost: 3 },
  { name: "eu", region: "eu-west", cost: 2 },
  { name: "ap", region: "ap-south", cost: 1 },
];
const fleetOf = (world: Rehearsal, id: PlacementId) => {
  const { sessionId } = world.state.placements.get(id) ?? {};
  return sessionId && world.state.sessions.get(sessionId)?.battle.fleet;
};
const endOf = (world: Rehearsal, id: PlacementId) => world.state.placements.get(id)?.end;

const stated = ["us", "eu", "ap"];
const ranked: readonly {
  readonly name: string;
  readonly latencies: readonly Latencies[];
  readonly priorities?: readonly Priority[];
  readonly locationOrder?: readonly string[];
  readonly order: readonly string[];
}[] = [
  { name: "keep the stated order without latencies", latencies: [{}, {}], order: stated },
  {
    name: "are ranked by the average latency of all players, above the stated order",
    latencies: [
      { "us-east": 90, "eu-west": 20, "ap-south": 200 },
      { "us-east": 30, "eu-west": 80, "ap-south": 40 },
    ],
    order: ["eu", "us", "ap"],
  },
  {
    name: "keep the stated order where averages are the same",
    latencies: [{ "us-east": 50, "eu-west": 50, "ap-south": 50 }],
    order: stated,
  },
  {
    name: "come last where nobody has measured anything",
    latencies: [{ "ap-south": 300 }, { "ap-south": 300, "eu-west": 10 }],
    order: ["ap", "eu", "us"],
  },
  {
    name: "are ranked the same with a player who has measured nothing at all",
    latencies: [{ "us-east": 90, "eu-west": 20, "ap-south": 50 }, {}],
    order: ["eu", "ap", "us"],
  },
  { name: "go by cost where that comes first", latencies: [{}], priorities: ["COST"], order: ["ap", "eu", "us"] },
  {
    name: "go by cost before latency where it is named first",
    latencies: [{ "us-east": 10, "eu-west": 20, "ap-south": 200 }],
    priorities: ["COST", "LATENCY"],
    order: ["ap", "eu", "us"],
  },
  {
    name: "go by the stated order before latency where it is named first",
    latencies: [{ "us-east": 90, "eu-west": 20, "ap-south": 10 }],
    priorities: ["DESTINATION"],
    order: stated,
  },
  {
    name: "go by location, the listed before others by name",
    latencies: [{ "us-east": 10, "eu-west": 20, "ap-south": 30 }],
    priorities: ["LOCATION"],
    locationOrder: ["us-east"],
    order: ["us", "ap", "eu"],
  },
  {
    name: "go by the names of locations without a list",
    latencies: [{}],
    priorities: ["LOCATION"],
    order: ["ap", "eu", "us"],
  },
];

for (const { name, latencies, priorities = PLAIN_QUEUE.priorities, locationOrder = [], order } of ranked) {
  test(`destinations ${name}`, () => {
    const all = fleets.map((fleet) => fleet as FleetSpec);
    const given = { regions: [], players: players(latencies) };
    expect(rankDestinations(all, { priorities, locationOrder }, given).map((fleet) => fleet.name)).toEqual(order);
  });
}

const near = { "us-east": 200, "eu-west": 40, "ap-south": 120 };
const waits: readonly {
  readonly name: string;
  readonly options?: RehearsalOptions;
  readonly latencies: readonly Latencies[];
  readonly regions?: readonly string[];
  /** After each wait in ms the fleet, "waits", or the end. */
  readonly after: readonly (readonly [ms: number, fleet: string])[];
}[] = [
  { name: "goes where latency is best", latencies: [near], after: [[0, "eu"]] },
  {
    name: "waits for a cap that lets it go further, although a process is free",
    options: { fleets: [fleets[0] ?? {}, fleets[2] ?? {}] },
    latencies: [near],
    after: [
      [0, "waits"],
      [9_999, "waits"],
      [1, "ap"],
    ],
  },
  {
    name: "goes by the worst of its players, not by their average",
    latencies: [near, { "us-east": 20, "eu-west": 160, "ap-south": 20 }],
    after: [
      [0, "waits"],
      [10_000, "ap"],
    ],
  },
  {
    name: "does not go where one player has measured nothing",
    latencies: [near, { "us-east": 40 }],
    after: [
      [0, "waits"],
      [20_000, "us"],
    ],
  },
  { name: "knows no cap without latencies", latencies: [{}, {}], after: [[0, "us"]] },
  {
    name: "is FAILED at once where even the loosest cap bars every region",
    latencies: [{ "us-east": 300, "eu-west": 301, "ap-south": 999 }],
    after: [[0, "FAILED"]],
  },
  {
    name: "is FAILED at once where nobody knows every region",
    latencies: [{ "us-east": 10 }, { "eu-west": 10 }],
    after: [[0, "FAILED"]],
  },
  {
    name: "is FAILED at once where the only region in its hard filter is barred",
    latencies: [{ "us-east": 300, "eu-west": 10, "ap-south": 10 }],
    regions: ["us-east"],
    after: [[0, "FAILED"]],
  },
  {
    name: "is FAILED at once where only a cap could help that begins after its time",
    options: { queue: { timeoutMs: 10_000 } },
    latencies: [{ "us-east": 200, "eu-west": 200, "ap-south": 200 }],
    after: [[0, "FAILED"]],
  },
];

for (const { name, options, latencies, regions = [], after } of waits) {
  test(`a placement ${name}`, () => {
    const latencyPolicies = [
      { maxIndividualLatencyMs: 50, durationMs: 10_000 },
      { maxIndividualLatencyMs: 150, durationMs: 10_000 },
      { maxIndividualLatencyMs: 250, durationMs: undefined },
    ];
    const world = createRehearsal({ fleets, ...options, queue: { latencyPolicies, ...options?.queue } });
    world.readyAll();
    const id = world.place({ players: players(latencies), regions });
    for (const [ms, expected] of after) {
      world.pass(ms);
      expect(endOf(world, id)?.state ?? fleetOf(world, id) ?? "waits").toBe(expected);
    }
  });
}

test("the sentence of a placement without hope tells of every region and names nobody", () => {
  const world = createRehearsal({
    fleets,
    queue: { latencyPolicies: [{ maxIndividualLatencyMs: 50, durationMs: undefined }] },
  });
  const id = world.place({
    players: players([
      { "us-east": 80, "ap-south": 60 },
      { "us-east": 90, "ap-south": 10 },
    ]),
  });
  expect(endOf(world, id)?.failure).toBe(
    "Cannot place on queue queue as everybody has to be within 50 ms of its region: somebody has 90 ms to us-east, not everybody has measured eu-west, somebody has 60 ms to ap-south",
  );
});

test("a placement within its cap waits for a process, and does not go further away meanwhile", () => {
  const world = createRehearsal({
    fleets: fleets.slice(0, 2),
    queue: { latencyPolicies: [{ maxIndividualLatencyMs: 50, durationMs: undefined }] },
  });
  world.readyAll();
  const [first, second] = [
    world.place({ players: players([near]) }),
    world.place({ players: players([near]) }),
  ] as const;
  expect([fleetOf(world, first), fleetOf(world, second)]).toEqual(["eu", undefined]);
  const { processId, battleSessionId } = world.sessionFor(first);
  world.command(processId, { type: "activate-session", sessionId: battleSessionId });
  world.command(processId, { type: "end-session", sessionId: battleSessionId });
  expect(fleetOf(world, second)).toBe("eu");
});

test("after a session that did not come alive the next destination is tried, and the first again after the last", () => {
  const world = createRehearsal({ fleets: fleets.slice(0, 2).map((fleet) => ({ ...fleet, processes: 2 })) });
  world.readyAll();
  const id = world.place();
  const tried: string[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    tried.push(String(fleetOf(world, id)));
    world.pass(10_000);
  }
  expect(tried).toEqual(["us", "eu", "us", "eu"]);
});
