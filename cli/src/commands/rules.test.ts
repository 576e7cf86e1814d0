import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { CommandContext } from "./context.ts";
import { checkRules } from "./rules.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-rules-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function check(
  document: string,
  json: boolean,
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const path = join(folder, "rules.json");
  writeFileSync(path, document);
  const lines: string[] = [];
  const terminal = { print: (line: string) => void lines.push(line) } as unknown as CommandContext["terminal"];
  const signal = new AbortController().signal;
  const code = await checkRules(path, { terminal, json, matcherAddress: "", fleetAddress: "", signal });
  return { code, lines: lines.map((line) => line.replace(path, "FILE")) };
}

const duel = {
  version: "v1.0",
  teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 1 })),
  rules: [{ name: "near", type: "latencyRule", maxLatency: 80 }],
};

test("checkRules() explains a legal rule set", async () => {
  expect(await check(JSON.stringify(duel), false)).toEqual({
    code: 0,
    lines: [
      "FILE is a legal rule set",
      "PGOS, up to 2 players: red of 1, blue of 1",
      "  near  mask: regions, one at 80 ms or less for all",
      "nothing expands",
      "the engine: matches of up to 2 players are counted",
      "  near: lanes of what players share, one for each; costs a look-up for each that a ticket has",
    ],
  });
});

test("checkRules() names every problem of an illegal one, with path, rule and value", async () => {
  const document = JSON.stringify({ ...duel, teams: [], rules: [{ ...duel.rules[0], maxLatency: -1 }] });
  expect(await check(document, false)).toEqual({
    code: 1,
    lines: [
      "FILE is not a legal rule set",
      "  $.teams must be a list of 1 to 64 items: it is []",
      "  $.rules[0].maxLatency must be a number from 0 to 999999: it is -1",
    ],
  });
});

test("checkRules() takes a configuration for the rule set in it", async () => {
  const legal = await check(JSON.stringify({ name: "duel", ruleSet: duel }), false);
  expect(legal).toEqual(await check(JSON.stringify(duel), false));
  const illegal = await check(JSON.stringify({ name: "duel", ruleSet: { ...duel, teams: [] } }), false);
  expect(illegal.lines[1]).toBe("  $.ruleSet.teams must be a list of 1 to 64 items: it is []");
});

test("checkRules() answers machines with one value", async () => {
  const legal = await check(JSON.stringify(duel), true);
  expect(legal.code).toBe(0);
  expect(JSON.parse(legal.lines.join(""))).toMatchObject({ legal: true, dialect: "PGOS", isIndexed: true, lints: [] });
  const illegal = await check("{", true);
  expect(illegal.code).toBe(1);
  expect(JSON.parse(illegal.lines.join(""))).toMatchObject({ legal: false, problems: [{ path: "$" }] });
});
