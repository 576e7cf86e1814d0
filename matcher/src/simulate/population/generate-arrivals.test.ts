import { createSeededRandom } from "@muster/kit";
import { expect, test } from "vitest";
import { type ArrivalEvent, generateArrivals } from "./generate-arrivals.ts";
import { readPopulation } from "./population.ts";

const steady = { durationSeconds: 2_000, arrivals: [{ fromSecond: 0, ticketsPerSecond: 5 }] };
const generate = (document: object, seed = 1) =>
  generateArrivals(readPopulation({ ...steady, ...document }), createSeededRandom(seed));
const starts = (events: readonly ArrivalEvent[]) => events.filter((event) => event.op === "start");
const partiesOf = (document: object) => starts(generate(document)).map(({ players }) => players);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

test("generateArrivals() gives the same events for the same seed, others for another", () => {
  expect(generate({}, 7)).toEqual(generate({}, 7));
  expect(generate({}, 7)).not.toEqual(generate({}, 8));
});

test("generateArrivals() numbers tickets and players as they come, in the order of time", () => {
  const events = generate({ partySizes: { "2": 1 }, churn: { patienceSeconds: 5 } });
  const times = events.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(starts(events).slice(0, 2)).toMatchObject([
    { ticketId: "t1", players: [{ playerId: "p1" }, { playerId: "p2" }] },
    { ticketId: "t2", players: [{ playerId: "p3" }, { playerId: "p4" }] },
  ]);
  for (const { at } of events) expect(at).toBe(Math.round(at * 1_000) / 1_000);
});

test("generateArrivals() follows the rate from span to span, and ends with the duration", () => {
  const arrivals = [
    { fromSecond: 100, ticketsPerSecond: 2 },
    { fromSecond: 1_000, ticketsPerSecond: 0 },
    { fromSecond: 1_500, ticketsPerSecond: 20 },
  ];
  const times = starts(generate({ arrivals })).map(({ at }) => at);
  const between = (from: number, to: number) => times.filter((at) => at >= from && at < to).length;
  expect(between(0, 100)).toBe(0);
  expect(Math.abs(between(100, 1_000) - 1_800)).toBeLessThan(4 * Math.sqrt(1_800));
  expect(between(1_000, 1_500)).toBe(0);
  expect(Math.abs(between(1_500, 2_000) - 10_000)).toBeLessThan(4 * Math.sqrt(10_000));
  expect(between(2_000, Number.POSITIVE_INFINITY)).toBe(0);
});

const normal = { type: "normal", mean: 1_500, deviation: 300 };
const spreads = [
  { name: "normal", draw: { distribution: normal }, mean: 1_500, deviation: 300 },
  { name: "uniform", draw: { distribution: { type: "uniform", from: 0, to: 1_200 } }, mean: 600, deviation: 346 },
  {
    name: "lognormal",
    draw: { distribution: { type: "lognormal", median: 1_000, deviation: 0.5 } },
    mean: 1_133,
    deviation: 604,
  },
  {
    name: "a mixture",
    draw: {
      distribution: {
        type: "mixture",
        parts: [
          { weight: 3, distribution: { type: "normal", mean: 1_000, deviation: 100 } },
          { weight: 1, distribution: { type: "normal", mean: 2_000, deviation: 100 } },
        ],
      },
    },
    mean: 1_250,
    deviation: 444,
  },
];
for (const { name, draw, ...expected } of spreads) {
  for (const partyCorrelation of [0, 0.8]) {
    test(`generateArrivals() spreads numbers as ${name} says, party members' correlation being ${partyCorrelation}`, () => {
      const parties = partiesOf({
        partySizes: { "2": 1 },
        attributes: { skill: { type: "number", ...draw, partyCorrelation } },
      }).map((players) => players.map(({ attributes }) => Number(attributes.skill)));
      const all = parties.flat();
      expect(Math.abs(mean(all) / expected.mean - 1)).toBeLessThan(0.03);
      expect(Math.abs(deviation(all) / expected.deviation - 1)).toBeLessThan(0.05);
      const middle = mean(all);
      const together = mean(parties.map(([one = 0, other = 0]) => (one - middle) * (other - middle)));
      const correlation = together / deviation(all) ** 2;
      expect(Math.abs(correlation - partyCorrelation)).toBeLessThan(name === "a mixture" ? 0.2 : 0.06);
    });
  }
}

test("generateArrivals() holds numbers within their bounds and rounds them", () => {
  const parties = partiesOf({
    attributes: { skill: { type: "number", distribution: normal, min: 1_400, max: 1_600, decimals: 1 } },
  });
  const skills = parties.flat().map(({ attributes }) => Number(attributes.skill));
  expect(Math.min(...skills)).toBe(1_400);
  expect(Math.max(...skills)).toBe(1_600);
  for (const one of skills) expect(one).toBe(Math.round(one * 10) / 10);
});

test("generateArrivals() draws texts, lists and maps by weight", () => {
  const players = partiesOf({
    attributes: {
      mode: { type: "string", choices: { ranked: 3, casual: 1 } },
      maps: { type: "string_list", choices: { dust: 1, frost: 1, reef: 1 }, counts: { "1": 1, "3": 1 } },
      roles: { type: "string_number_map", entries: { tank: { distribution: { type: "uniform", from: 0, to: 10 } } } },
    },
  }).flat();
  const share = (isOne: (attributes: Readonly<Record<string, unknown>>) => boolean) =>
    players.filter(({ attributes }) => isOne(attributes)).length / players.length;
  expect(share(({ mode }) => mode === "ranked")).toBeCloseTo(0.75, 1);
  expect(share(({ maps }) => Array.isArray(maps) && maps.length === 3)).toBeCloseTo(0.5, 1);
  expect(share(({ maps }) => Array.isArray(maps) && new Set(maps).size === maps.length)).toBe(1);
  expect(players[0]?.attributes.roles).toEqual({ tank: expect.any(Number) });
});

test("generateArrivals() lets a party share its texts and its home where it is told to", () => {
  const parties = partiesOf({
    partySizes: { "4": 1 },
    attributes: { mode: { type: "string", choices: { ranked: 1, casual: 1 }, partyCorrelation: 1 } },
    latencies: {
      homes: ["eu", "us"].map((name) => ({ name, weight: 1, latencies: { [name]: { baseMs: 20, spreadMs: 10 } } })),
    },
  });
  for (const players of parties) {
    expect(new Set(players.map(({ attributes }) => attributes.mode)).size).toBe(1);
    expect(new Set(players.flatMap(({ latencies = {} }) => Object.keys(latencies))).size).toBe(1);
    for (const { latencies = {} } of players) expect(Math.min(...Object.values(latencies))).toBeGreaterThanOrEqual(20);
  }
});

test("generateArrivals() lets whole parties ask for teams, with sizes of their own", () => {
  const parties = partiesOf({
    partySizes: { "2": 1, "4": 1 },
    teams: [{ team: "beast", weight: 1, partySizes: { "1": 1 } }, { team: "hunters", weight: 2 }, { weight: 1 }],
  });
  const asking = (team: string | undefined) => parties.filter((players) => players.every((one) => one.team === team));
  expect(asking("beast").length / parties.length).toBeCloseTo(0.25, 1);
  expect(asking("hunters").length + asking("beast").length + asking(undefined).length).toBe(parties.length);
  expect(new Set(asking("beast").map((players) => players.length))).toEqual(new Set([1]));
  expect(new Set(asking("hunters").map((players) => players.length))).toEqual(new Set([2, 4]));
});

test("generateArrivals() lets a share of the tickets give up after a patience of their own", () => {
  const events = generate({ churn: { share: 0.5, patienceSeconds: 30 } });
  const startedAt = new Map(starts(events).map(({ ticketId, at }) => [ticketId, at]));
  const patience = events.flatMap((event) =>
    event.op === "cancel" ? [event.at - (startedAt.get(event.ticketId) ?? Number.NaN)] : [],
  );
  expect(patience.length / startedAt.size).toBeCloseTo(0.5, 1);
  expect(Math.abs(mean(patience) / 30 - 1)).toBeLessThan(0.05);
});

test("generateArrivals() says how long each player stays", () => {
  const stays = partiesOf({ stay: { meanSeconds: 300, leastSeconds: 60 } })
    .flat()
    .map(({ staySeconds = 0 }) => staySeconds);
  expect(Math.min(...stays)).toBeGreaterThanOrEqual(60);
  expect(Math.abs(mean(stays) / 300 - 1)).toBeLessThan(0.05);
});
