// Whole runs: a population against variants of a small configuration.
import { createSeededRandom } from "@muster/kit";
import { expect, test } from "vitest";
import { generateArrivals } from "../population/generate-arrivals.ts";
import { readPopulation } from "../population/population.ts";
import { readSimulationSetting } from "../read-simulation-setting.ts";
import { simulate } from "../simulate.ts";
import { chartOf } from "./chart-of.ts";
import { type Comparison, compareVariants } from "./compare-variants.ts";
import { EMPTY_SEATS } from "./quality.ts";
import { parseVariation } from "./vary-configuration.ts";

const ruleSet = {
  version: "v1.0",
  playerAttributes: [{ name: "skill", type: "number" }],
  teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 1 })),
  rules: [{ name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 100 }],
};
const document = { name: "duel", requestTimeoutSeconds: 60, ruleSet };
const population = readPopulation({
  durationSeconds: 300,
  arrivals: [{ fromSecond: 0, ticketsPerSecond: 0.5 }],
  attributes: { skill: { type: "number", distribution: { type: "uniform", from: 0, to: 1_000 } } },
  churn: { share: 0.2, patienceSeconds: 60 },
});
const compare = (more: Partial<Comparison> & { vary?: string }) => {
  const { vary, ...rest } = more;
  const variation = vary === undefined ? undefined : parseVariation(vary);
  return [...compareVariants({ document, population, variation, ...rest })];
};

test("compareVariants() plays every variant with the same arrivals, all of whose tickets are accounted for", () => {
  const results = compare({ vary: "rules[near].maxDistance=10,100,1000" });
  expect(results.map(({ value }) => value)).toEqual([10, 100, 1_000]);
  const arrivals = generateArrivals(population, createSeededRandom(population.seed)).filter(({ op }) => op === "start");
  for (const { tickets } of results) {
    const { started, matched, timedOut, left, searching, refused } = tickets;
    expect(started).toBe(arrivals.length);
    expect(matched + timedOut + left + searching).toBe(started);
    expect({ searching, refused }).toEqual({ searching: 0, refused: 0 });
  }
});

test("compareVariants() shows the frontier: a wider distance is waited for less, and is worse", () => {
  const results = compare({ vary: "rules[near].maxDistance=10,100,1000" });
  const waits = results.map(({ waits: { p95 = 0 } }) => p95);
  const spreads = results.map(({ qualities: [near] }) => near?.mean ?? 0);
  expect(waits).toEqual(waits.toSorted((one, other) => other - one));
  expect(spreads).toEqual(spreads.toSorted((one, other) => one - other));
  for (const [index, limit] of [10, 100, 1_000].entries()) {
    expect(results[index]?.qualities[0]?.p95).toBeLessThanOrEqual(limit);
  }
});

test("compareVariants() counts the waits and spreads that the simulation's own summary has", () => {
  const [result] = compare({});
  const arrivals = generateArrivals(population, createSeededRandom(population.seed));
  const summary = [...simulate(readSimulationSetting(document), arrivals)].at(-1);
  expect(summary).toMatchObject({
    type: "Summary",
    waits: result?.waits,
    spreads: { near: { p95: result?.qualities[0]?.p95 } },
  });
});

test("compareVariants() gives the same results for the same seed, others for another", () => {
  expect(compare({ seed: 7 })).toEqual(compare({ seed: 7 }));
  expect(compare({ seed: 7 })).not.toEqual(compare({ seed: 8 }));
});

test("compareVariants() stops when it is told to", () => {
  expect(compare({ untilSeconds: 10 })[0]?.tickets.started).toBeLessThan(20);
});

test("compareVariants() measures the whole battle after a fill, without those who left", () => {
  const [result] = compare({
    document: {
      ...document,
      autoBackfill: true,
      ruleSet: { version: "v1.0", teams: [{ name: "plaza", minPlayers: 1, maxPlayers: 4 }] },
    },
    population: readPopulation({ ...population, attributes: {}, stay: { meanSeconds: 30 } }),
  });
  expect(result?.fills).toBeGreaterThan(0);
  const empty = result?.matched.map(({ qualities }) => qualities.get(EMPTY_SEATS) ?? Number.NaN) ?? [];
  for (const one of empty) expect([0, 25, 50, 75]).toContain(one);
});

test("compareVariants() measures the worst round trip in the region that suits a match best", () => {
  const latencies = {
    homes: ["eu", "us"].map((name) => ({
      ...{ name, weight: 1 },
      latencies: { eu: { baseMs: name === "eu" ? 20 : 100 }, us: { baseMs: name === "us" ? 30 : 110 } },
    })),
  };
  const rules = [{ name: "quick", type: "latencyRule", maxLatency: 200 }];
  const [result] = compare({
    document: { ...document, ruleSet: { ...ruleSet, rules } },
    population: readPopulation({ ...population, latencies }),
  });
  const measured = new Set(result?.matched.map(({ qualities }) => qualities.get("quick")));
  expect(measured).toEqual(new Set([20, 30, 100]));
});

const refused = [
  {
    name: "a variant that is not legal, before any is played",
    comparison: { vary: "rules[near].maxDistance=10,-1" },
    says: /^Cannot set rules\[near\]\.maxDistance to -1:\n\$\.ruleSet\.rules\[0\]\.maxDistance must be/,
  },
  { name: "a misspelt key", comparison: { vary: "setleMs=1" }, says: /did you mean "settleMs"\?/ },
  {
    name: "a population that no variant takes",
    comparison: { population: readPopulation({ ...population, attributes: {} }) },
    says: /^Cannot play \$\.attributes\.skill as the rule set declares a number without a default/,
  },
];
for (const { name, comparison, says } of refused) {
  test(`compareVariants() refuses ${name}`, () => {
    const { vary, ...rest } = comparison as { vary?: string };
    const variation = vary === undefined ? undefined : parseVariation(vary);
    expect(() => compareVariants({ document, population, variation, ...rest })).toThrow(says);
  });
}

test("chartOf() shows a mark a variant, and none for one without a match", () => {
  const results = compare({ vary: "rules[near].maxDistance=0,100" });
  const quality = results[0]?.qualities[0] ?? { name: "near", title: "near" };
  const chart = chartOf(results, { quality, target: "rules[near].maxDistance" });
  const labels = chart.marks.map(({ label }) => label);
  expect(labels).toEqual(results.flatMap(({ matches }, index) => (matches > 0 ? [["0", "100"][index]] : [])));
  expect(chart.course).toEqual([]);
});

test("chartOf() shows what waiting does to the matches of a single run: groups of equal size, by wait", () => {
  const results = compare({});
  const quality = results[0]?.qualities[0] ?? { name: "near", title: "near" };
  const { course, marks } = chartOf(results, { quality });
  expect(marks).toMatchObject([
    { label: undefined, wait: { typical: results[0]?.waits.p50, high: results[0]?.waits.p95 } },
  ]);
  expect(course.length).toBe(8);
  expect(course.map(({ wait }) => wait)).toEqual(course.map(({ wait }) => wait).toSorted((one, other) => one - other));
});
