// Every example of a rule set: it is legal and means what it says, its population gets the matches that it should, and its
// README shows what the command in it prints.
import { readFileSync } from "node:fs";
import { compareVariants, readPopulation, readSimulationSetting } from "@muster/matcher";
import { explainRuleSet, parseRuleSet } from "@muster/rules";
import { expect, test } from "vitest";
import { listExamples, runExample, shownTable } from "./rule-set-example.ts";

/**
 * What two minutes of each population come to at least, tickets that still search counted as waiting: the share of tickets
 * that is matched, in percent; the wait of all but one in twenty, in seconds; the mean share of seats that are taken, in percent.
 */
const bounds: Readonly<Record<string, { matched: number; waitP95: number; filled: number }>> = {
  "battle-royale": { matched: 60, waitP95: 40, filled: 90 },
  "beast-hunt": { matched: 60, waitP95: 70, filled: 80 },
  "duel-ladder": { matched: 75, waitP95: 40, filled: 100 },
  "lobby-1000": { matched: 98, waitP95: 3, filled: 5 },
  "map-voting": { matched: 60, waitP95: 45, filled: 100 },
  "ranked-5v5": { matched: 60, waitP95: 60, filled: 100 },
  "region-latency": { matched: 75, waitP95: 45, filled: 100 },
  roles: { matched: 30, waitP95: 110, filled: 100 },
  trios: { matched: 60, waitP95: 60, filled: 100 },
};

const examples = listExamples();

test("every example has bounds, and every bound an example", () => {
  expect(examples.map(({ name }) => name)).toEqual(Object.keys(bounds).toSorted());
});

for (const example of examples) {
  const { name, path } = example;
  const document: unknown = JSON.parse(readFileSync(path("configuration.json"), "utf8"));
  const population = readPopulation(JSON.parse(readFileSync(path("population.json"), "utf8")));

  test(`${name} has a rule set that nothing is to be said against`, () => {
    const setting = readSimulationSetting(document);
    expect(setting.configuration.name).toBe(name);
    expect(explainRuleSet(parseRuleSet(setting.ruleSet)).lints).toEqual([]);
  });

  test(`${name} matches its population well within two minutes`, () => {
    const [result] = compareVariants({ document, population, untilSeconds: 120 });
    const { tickets, waits, qualities } = result ?? expect.fail("there is a result");
    const wanted = bounds[name] ?? expect.fail(`bounds of ${name} are missing`);
    const empty = qualities.find((quality) => quality.name === "empty")?.mean ?? Number.NaN;
    expect(tickets.refused).toBe(0);
    expect((100 * tickets.matched) / tickets.started).toBeGreaterThanOrEqual(wanted.matched);
    expect(waits.p95).toBeLessThanOrEqual(wanted.waitP95);
    expect(100 - empty).toBeGreaterThanOrEqual(wanted.filled);
  });

  test(`${name} shows in its README what its command gives (npm run examples writes it anew)`, async () => {
    const { table, chart } = await runExample(example);
    expect(shownTable(example)).toBe(table);
    expect(readFileSync(path("chart.svg"), "utf8")).toBe(chart);
  }, 120_000);
}
