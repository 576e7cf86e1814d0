// Population documents: whatever they hold, they are read or refused with places, and whom they draw the API would take.
import { createSeededRandom } from "@muster/kit";
import { generateArrivals, type Population, readPopulation } from "@muster/matcher";
import { parseAttributes, parseId } from "@muster/proto";
import fc from "fast-check";
import { checkPrototypes } from "../clean-refusal.ts";
import { refusable } from "../config-refusal.ts";
import { Finding } from "../finding.ts";
import { jsonInput, textOf } from "../json-input.ts";
import { withoutBlock } from "../loop-block.ts";
import { defineTarget } from "../target.ts";

const number = { distribution: { type: "normal", mean: 1500, deviation: 300 }, min: 0, max: 3000, decimals: 1 };
const good = {
  ...{ seed: 7, durationSeconds: 20, partySizes: { "1": 3, "4": 1 } },
  arrivals: [
    { fromSecond: 0, ticketsPerSecond: 2 },
    { fromSecond: 10, ticketsPerSecond: 0 },
  ],
  attributes: {
    skill: { type: "number", ...number, partyCorrelation: 0.5 },
    luck: {
      type: "number",
      distribution: {
        type: "mixture",
        parts: [
          { weight: 1, distribution: { type: "uniform", from: -1, to: 1 } },
          { weight: 2, distribution: { type: "lognormal", median: 3, deviation: 1 } },
        ],
      },
    },
    mode: { type: "string", choices: { ranked: 2, casual: 1 }, partyCorrelation: 1 },
    maps: { type: "string_list", choices: { dust: 1, reef: 2 }, counts: { "0": 1, "2": 1 } },
    roles: { type: "string_number_map", entries: { tank: number } },
  },
  latencies: {
    partyCorrelation: 0.5,
    homes: [{ name: "eu", weight: 1, latencies: { eu: { baseMs: 20, spreadMs: 9 } } }],
  },
  teams: [{ team: "red", weight: 1, partySizes: { "1": 1 } }, { weight: 2 }],
  churn: { share: 0.5, patienceSeconds: 10 },
  stay: { meanSeconds: 60, leastSeconds: 5 },
};
const words = [
  "normal",
  "uniform",
  "lognormal",
  "mixture",
  "number",
  "string_list",
  0,
  1,
  -1,
  1e15,
  1e-9,
  {},
  [],
  "__proto__",
];

/** Players that are drawn of one population: what may take longer than its turn is not drawn here. */
const PLAYERS_MAX = 2_000;

export const population = defineTarget({
  name: "population",
  about: "populations, and whom they draw",
  input: jsonInput(fc.constant(good), words),
  open: async () => ({
    async attempt(input) {
      const document = parseJson(textOf(input));
      const read = await refusable(() => withoutBlock(() => readPopulation(document)));
      checkPrototypes();
      if (read && playersAtMost(read) <= PLAYERS_MAX) checkDrawn(read);
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held.
    },
  }),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function playersAtMost({ durationSeconds, arrivals, partySizes, teams = [] }: Population): number {
  const rate = Math.max(...arrivals.map(({ ticketsPerSecond }) => ticketsPerSecond));
  const sizes = [partySizes, ...teams.map((team) => team.partySizes ?? {})].flatMap((one) =>
    Object.keys(one).map(Number),
  );
  return durationSeconds * rate * Math.max(...sizes);
}

/** @throws {Finding} unless all events are in order and in time, and the API would take every player. */
function checkDrawn(read: Population): void {
  const events = generateArrivals(read, createSeededRandom(read.seed));
  let latest = 0;
  for (const event of events) {
    if (!(event.at >= latest)) throw new Finding(`An event is at ${event.at}, after one at ${latest}`);
    latest = event.at;
    if (event.op !== "start") continue;
    for (const { attributes, latencies = {}, staySeconds = 0 } of event.players) {
      parseAttributes("attributes", attributes);
      for (const [region, ms] of Object.entries(latencies)) {
        parseId("region", region);
        if (!(ms >= 0)) throw new Finding(`A latency is ${ms}`);
      }
      if (!(staySeconds >= 0)) throw new Finding(`A stay is ${staySeconds}`);
    }
  }
}
