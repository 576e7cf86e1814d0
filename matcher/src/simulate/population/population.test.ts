import { expect, test } from "vitest";
import { readPopulation } from "./population.ts";

const least = { durationSeconds: 60, arrivals: [{ fromSecond: 0, ticketsPerSecond: 1 }] };
const skill = { type: "number", distribution: { type: "normal", mean: 1_500, deviation: 300 } };

test("readPopulation() fills in defaults: solos who bring nothing, from seed 1", () => {
  expect(readPopulation(least)).toEqual({ ...least, seed: 1, partySizes: { "1": 1 }, attributes: {} });
});

const refused: readonly { readonly name: string; readonly change: object; readonly says: string }[] = [
  {
    name: "no duration",
    change: { durationSeconds: undefined },
    says: "Cannot read $.durationSeconds as number: it is missing",
  },
  {
    name: "rates out of order",
    change: { arrivals: [...least.arrivals, { fromSecond: 0, ticketsPerSecond: 2 }] },
    says: "Cannot read $.arrivals as a list with rising `fromSecond`",
  },
  {
    name: "more tickets than one run may draw",
    change: { durationSeconds: 100_000, arrivals: [{ fromSecond: 0, ticketsPerSecond: 100 }] },
    says: "Cannot read $.arrivals as rates that bring at most 2000000 tickets, not 10000000",
  },
  {
    name: "a party of nobody",
    change: { partySizes: { "0": 1 } },
    says: 'Cannot read $.partySizes.0 as a key that is a whole number from 1 to 100: it is "0"',
  },
  {
    name: "an unknown distribution",
    change: { attributes: { skill: { type: "number", distribution: { type: "normel" } } } },
    says: 'Cannot read $.attributes.skill.distribution.type as one of "normal", "uniform", "lognormal", "mixture": it is "normel"',
  },
  {
    name: "bounds the wrong way round",
    change: { attributes: { skill: { ...skill, min: 2, max: 1 } } },
    says: "Cannot read $.attributes.skill.max as at least `min`: it is 1",
  },
  {
    name: "a uniform distribution the wrong way round",
    change: { attributes: { skill: { type: "number", distribution: { type: "uniform", from: 2, to: 1 } } } },
    says: "Cannot read $.attributes.skill.distribution.to as at least `from`: it is 1",
  },
  {
    name: "more texts of a list than there are",
    change: { attributes: { maps: { type: "string_list", choices: { dust: 1 }, counts: { "2": 1 } } } },
    says: 'Cannot read $.attributes.maps.counts as keys up to the number of choices: it is {"2":1}',
  },
  {
    name: "a home that nobody lives in",
    change: { latencies: { homes: [{ name: "eu", weight: 0, latencies: {} }] } },
    says: "Cannot read $.latencies.homes[0].weight as number > 0: it is 0",
  },
  {
    name: "an attribute that no ticket may have",
    change: { attributes: { constructor: skill } },
    says: "Cannot read $.attributes.constructor as a key that is a name of 1 to 64 characters",
  },
  {
    name: "a region that no fleet may have",
    change: { latencies: { homes: [{ name: "eu", weight: 1, latencies: { "eu west": { baseMs: 1 } } }] } },
    says: "as a key that is 1 to 128 of A-Z a-z 0-9",
  },
  {
    name: "a longer least stay than the mean one",
    change: { stay: { meanSeconds: 10, leastSeconds: 20 } },
    says: "Cannot read $.stay.leastSeconds as at most `meanSeconds`: it is 20",
  },
  {
    name: "a misspelt key",
    change: { partySize: { "2": 1 } },
    says: 'Cannot read $.partySize as there is no such key: did you mean "partySizes"?',
  },
];
for (const { name, change, says } of refused) {
  test(`readPopulation() refuses ${name}, with path, rule and value`, () => {
    expect(() => readPopulation({ ...least, ...change })).toThrow(says);
  });
}

test("readPopulation() tells every problem at once", () => {
  const read = () => readPopulation({ ...least, seed: -1, churn: { share: 2, patienceSeconds: 0 } });
  expect(read).toThrow(/\$\.seed .*\n.*\$\.churn\.share .*\n.*\$\.churn\.patienceSeconds /);
  expect(read).toThrow(expect.objectContaining({ reason: "CONFIG_INVALID", metadata: { path: "$.seed" } }));
});
