// What the command prints and writes for a population, and what it refuses.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { buildProgram } from "../program.ts";
import type { CommandContext } from "./context.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-population-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const write = (name: string, value: unknown) => {
  writeFileSync(at(name), JSON.stringify(value));
  return at(name);
};

const duel = {
  name: "duel",
  requestTimeoutSeconds: 30,
  ruleSet: {
    version: "v1.0",
    playerAttributes: [{ name: "skill", type: "number" }],
    teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 1 })),
    rules: [{ name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 100 }],
  },
};
const configuration = write("duel.json", duel);
const population = write("evening.json", {
  durationSeconds: 60,
  arrivals: [{ fromSecond: 0, ticketsPerSecond: 1 }],
  attributes: { skill: { type: "number", distribution: { type: "uniform", from: 0, to: 500 } } },
});

async function simulate(...args: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const terminal = { print: (line: string) => void lines.push(line) } as unknown as CommandContext["terminal"];
  const signal = new AbortController().signal;
  const program = buildProgram({
    runService: async () => undefined,
    async run({ json }, command) {
      await command({ terminal, json: json === true, matcherAddress: "", fleetAddress: "", signal });
    },
  });
  await program.parseAsync(["simulate", "--configuration", configuration, ...args], { from: "user" });
  return lines;
}

test("muster simulate --population prints a line a variant under what it varies", async () => {
  const lines = await simulate("--population", population, "--vary", "rules[near].maxDistance=50,500");
  expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual(["rules[near].maxDistance", "50", "500"]);
  expect(lines[0]).toMatch(/MATCHES +WAIT P50 +P95 +P99 +MAX +MATCHED +TIMED OUT +LEFT +near MEAN +P95 +SEATS FILLED$/);
});

test("muster simulate --population warns of variants that may not be meant", async () => {
  const widening = write("widening.json", {
    ...duel,
    ruleSet: {
      ...duel.ruleSet,
      expansions: [{ target: "rules[near].maxDistance", steps: [{ waitTimeSeconds: 10, value: 200 }] }],
    },
  });
  const lines = await simulate(
    "--population",
    population,
    "--vary",
    "rules[near].maxDistance=50,500",
    "--configuration",
    widening,
  );
  expect(lines.slice(3)).toEqual([expect.stringMatching(/^warning TIGHTENS rules\[near\]\.maxDistance with 500: /)]);
});

test("muster simulate --population prints a value a variant for machines", async () => {
  const [line, ...more] = await simulate("--population", population, "--json");
  expect(more).toEqual([]);
  expect(JSON.parse(line ?? "")).toMatchObject({ type: "Variant", name: "duel", tickets: { refused: 0 }, fills: 0 });
});

test("muster simulate --population writes its chart and its tickets, which play again", async () => {
  const files = ["--chart", at("chart.svg"), "--write-tickets", at("tickets.jsonl")];
  const [line] = await simulate("--population", population, "--json", ...files);
  expect(readFileSync(at("chart.svg"), "utf8")).toMatch(/^<svg .*near: spread of a match.*<\/svg>\n$/s);
  const facts = await simulate("--tickets", at("tickets.jsonl"), "--json");
  const { matches, waits } = JSON.parse(line ?? "") as { matches: number; waits: object };
  expect(JSON.parse(facts.at(-1) ?? "")).toMatchObject({ type: "Summary", counts: { matches }, waits });
});

const refused = [
  { name: "neither tickets nor a population", args: [], says: /--tickets FILE or --population FILE/ },
  { name: "variants of a ticket file", args: ["--tickets", "x", "--vary", "settleMs=1"], says: /go with --population/ },
  {
    name: "a chart of what is not measured",
    args: ["--population", population, "--chart", at("x.svg"), "--quality", "far"],
    says: /Cannot chart far as the rule set measures near, empty/,
  },
  { name: "a file that is not there", args: ["--population", at("nowhere")], says: /nowhere: ENOENT/ },
];
for (const { name, args, says } of refused) {
  test(`muster simulate refuses ${name}`, async () => {
    await expect(simulate(...args)).rejects.toThrow(says);
  });
}
