// What the page to try things on says of two minutes of players.
import { expect, test } from "vitest";
import { type Simulated, simulatePopulation } from "./simulation.ts";

const given: Simulated = {
  rules: '{ "version": "v1.0", "teams": [{ "name": "all", "minPlayers": 2, "maxPlayers": 2 }] }',
  settings: '{ "requestTimeoutSeconds": 60 }',
  population:
    '{ "seed": 1, "durationSeconds": 120, "arrivals": [{ "fromSecond": 0, "ticketsPerSecond": 1 }], "partySizes": { "1": 1 } }',
};

const rows: readonly { name: string; change: Partial<Simulated>; isGood: boolean; says: RegExp }[] = [
  {
    name: "players who fit",
    change: {},
    isGood: true,
    says: /^Two minutes: \d+ tickets came, \d+ of them were matched/,
  },
  {
    name: "a rule set that is no JSON",
    change: { rules: "{" },
    isGood: false,
    says: /^Cannot read the rule set as JSON/,
  },
  { name: "a rule set that is not legal", change: { rules: '{ "version": "v1.0" }' }, isGood: false, says: /teams/ },
  { name: "settings that are a list", change: { settings: "[]" }, isGood: false, says: /^Cannot read the settings as/ },
  { name: "a population of no one", change: { population: "{}" }, isGood: false, says: /arrivals/ },
];
for (const { name, change, isGood, says } of rows) {
  test(`simulatePopulation() tells of ${name}`, () => {
    const verdict = simulatePopulation({ ...given, ...change });
    expect(verdict.isGood).toBe(isGood);
    expect(verdict.lines.join("\n")).toMatch(says);
  });
}
