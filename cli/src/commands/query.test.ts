import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { buildProgram } from "../program.ts";
import type { CommandContext } from "./context.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-query-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "tickets.jsonl");
writeFileSync(
  path,
  [
    { at: 3, op: "start", ticketId: "t3", stringProperties: { region: "eu", mode: "ranked" } },
    { at: 1, op: "cancel", ticketId: "t3" },
    { at: 2, op: "start", ticketId: "t2", stringProperties: { region: "eu" }, numericProperties: { rank: 8 } },
    { ticketId: "t1", stringProperties: { region: "eu" } },
    { ticketId: "t0", stringProperties: { region: "us", mode: "ranked" } },
  ]
    .map((one) => JSON.stringify(one))
    .join("\n"),
);

/** What the command prints, and its exit code. */
async function muster(...args: string[]): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  let code = -1;
  const terminal = { print: (line: string) => void lines.push(line) } as unknown as CommandContext["terminal"];
  const program = buildProgram({
    run: async ({ json = false }, command) => {
      const signal = new AbortController().signal;
      code = await command({ terminal, json, matcherAddress: "", fleetAddress: "", signal });
    },
    runService: () => Promise.resolve(),
  });
  await program.parseAsync(["query", ...args], { from: "user" });
  return { code, lines };
}

test("query test lists the best first, then the oldest", async () => {
  const { code, lines } = await muster(
    "test",
    "+properties.region:eu properties.mode:ranked",
    "--tickets",
    path,
    "--json",
  );
  expect(lines).toEqual(['{"ticketId":"t3","score":2}', '{"ticketId":"t1","score":1}', '{"ticketId":"t2","score":1}']);
  expect(code).toBe(0);
});

test("query test takes a query that begins with a minus, and the other reading", async () => {
  const text = '-properties.region:"eu"';
  expect((await muster("test", text, "--tickets", path, "--json", "--mode", "compatible")).lines).toHaveLength(4);
  expect((await muster("test", "--tickets", path, "--json", text)).lines).toEqual(['{"ticketId":"t0","score":1}']);
});

test("query test takes a list, and prints a table for people", async () => {
  const list = join(folder, "tickets.json");
  writeFileSync(list, JSON.stringify([{ ticketId: "a", numericProperties: { rank: 9 } }, { ticketId: "b" }]));
  const { lines } = await muster("test", "properties.rank:>8^2", "--tickets", list);
  expect(lines.map((line) => line.trim())).toEqual(["TICKET  SCORE", "a       2", "1 of 2 tickets"]);
});

test("query test names what is wrong with a ticket", async () => {
  const wrong = join(folder, "wrong.jsonl");
  writeFileSync(wrong, '{"ticketId":"a","numericProperties":{"rank":"9"}}');
  const asked = muster("test", "*", "--tickets", wrong);
  await expect(asked).rejects.toThrow(/Cannot read rank of numericProperties in line 1 of .* as a number: it is "9"/);
});

test("query why counts what each clause leaves, and names the nearest", async () => {
  const { lines } = await muster("why", "+properties.region:eu +properties.mode:ranked", "--tickets", path);
  expect(lines.map((line) => line.trim().replace(/ {2,}/g, " | "))).toEqual([
    "CLAUSE | HOLDS FOR | LEAVES",
    'properties.region is "eu" | 3 | 3',
    'properties.mode is "ranked" | 2 | 1',
    "1 of 4 tickets",
    "nearest: t1, whose properties.mode is not there",
    'nearest: t0, whose properties.region is "us"',
    "nearest: t2, whose properties.mode is not there",
  ]);
});

test("query check explains and lints", async () => {
  expect(await muster("check", '+properties.region:eu^2 properties.map:"old town"', "--mode", "compatible")).toEqual({
    code: 0,
    lines: [
      "the query can be read (compatible); it asks for:",
      "  all of:",
      '    properties.region is "eu", counts 4',
      "  better if:",
      "    properties.map is never so",
      '  perhaps not meant: "+properties.region:eu^2" counts 4: the boost of a text is squared',
      '  perhaps not meant: "properties.map:"old town"" finds nobody: a text in quotes never matches; write a backslash before each space instead',
    ],
  });
});

test("query check says where a query cannot be read", async () => {
  expect(await muster("check", "properties.rank:>abc")).toEqual({
    code: 1,
    lines: [
      'Cannot read the query as it compares with "abc", which must be a number or a date such as 2026-03-01: at character 18',
      "  properties.rank:>abc",
      "                   ^",
    ],
  });
});

test("query check answers machines with one value", async () => {
  const legal = await muster("check", "properties.rank:>5", "--json");
  expect(JSON.parse(legal.lines.join(""))).toMatchObject({ legal: true, explanation: ["properties.rank is above 5"] });
  const illegal = await muster("check", "eu", "--json");
  expect(illegal.code).toBe(1);
  expect(JSON.parse(illegal.lines.join(""))).toMatchObject({ legal: false, problems: [{ start: 0, end: 2 }] });
});
