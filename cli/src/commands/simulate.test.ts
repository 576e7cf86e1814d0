// The command: what it prints for machines and for people, and how it ends.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { type Ended, musterHere } from "../muster-here.fixture.ts";

const COMMAND = fileURLToPath(new URL("../../bin/muster.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "muster-simulate-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** From its door, in a process of its own. */
function started(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const { NODE_OPTIONS: _, ...env } = process.env;
    execFile(process.execPath, [COMMAND, "simulate", ...args], { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}
const simulate = (...args: readonly string[]) => musterHere(["simulate", ...args]);

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const duel = {
  name: "duel",
  request_timeout_seconds: 30,
  ruleSet: { version: "v1.0", teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 1 })) },
};
const configuration = write("duel.json", JSON.stringify(duel));
const start = (at: number, id: string) =>
  JSON.stringify({ at, op: "start", ticketId: id, players: [{ playerId: id }] });
const tickets = write("tickets.jsonl", `${start(0, "a")}\n\n${start(1, "b")}\n${start(2, "c")}\n`);

test("muster simulate prints one fact a line for machines, the summary last", async () => {
  const { code, out } = await started("--configuration", configuration, "--tickets", tickets, "--json");
  expect(code).toBe(0);
  const [formed, timedOut, summary, ...more] = out.trimEnd().split("\n");
  const teams = '{"red":[{"ticketId":"a","playerId":"a"}],"blue":[{"ticketId":"b","playerId":"b"}]}';
  expect(formed).toBe(`{"at":1.010,"type":"MatchFormed","matchId":"m1","teams":${teams}}`);
  expect(timedOut).toBe('{"at":32.000,"type":"TicketTimedOut","ticketId":"c"}');
  expect(JSON.parse(summary ?? "")).toMatchObject({ type: "Summary", until: 32, ticketsLeft: 0 });
  expect(more).toEqual([]);
});

test("muster simulate prints tables for people", async () => {
  const { code, out } = await simulate("--configuration", configuration, "--tickets", tickets, "--until", "5");
  expect(code).toBe(0);
  expect(out.split("\n")).toEqual([
    "AT     WHAT         OF",
    "1.010  MatchFormed  m1  red: a; blue: b",
    "",
    "Until 5 s: 3 tickets started, 2 matched (2 players in 1 matches and 0 fills),",
    "0 timed out, 0 cancelled, 0 failed, 1 left; 0 events refused",
    "",
    "           P50   P95   P99   MAX",
    "wait in s  0.01  1.01  1.01  1.01",
    "",
  ]);
});

const broken = { ...duel, name: "a b", timeout: 3, ruleSet: { version: "v1.0", teams: [] } };
const failures = [
  {
    name: "an illegal configuration, every mistake at once",
    files: [write("broken.json", JSON.stringify(broken)), tickets],
    says: ["$.name", "$.timeout", "$.ruleSet.teams"],
  },
  { name: "a configuration that is no JSON", files: [write("no.json", "{"), tickets], says: ["no.json as JSON"] },
  { name: "a configuration that is not there", files: [join(folder, "none.json"), tickets], says: ["none.json"] },
  { name: "tickets that are not there", files: [configuration, join(folder, "none.jsonl")], says: ["none.jsonl"] },
  {
    name: "events that cannot be read, or are not sorted",
    files: [
      configuration,
      write("bad.jsonl", `${start(2, "a")}\n${start(1, "b")}\nfoo\n{"at":3}\n{"op":"start"}\n[]\n`),
    ],
    says: ["line 2", "line 3", "line 4", "line 5", "line 6"],
  },
];
for (const { name, files, says } of failures) {
  test(`muster simulate ends with 1 for ${name}`, async () => {
    const { code, out, err } = await simulate("--configuration", files[0] ?? "", "--tickets", files[1] ?? "", "--json");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    for (const words of says) expect(err).toContain(words);
  });
}

test("muster simulate stops without a word when its reader has had enough", async () => {
  const many = Array.from({ length: 20_000 }, (_, index) => start(index / 100, `t${index}`)).join("\n");
  const files = ["--configuration", configuration, "--tickets", write("many.jsonl", many)];
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [COMMAND, "simulate", ...files, "--json"], { env });
  const said: Buffer[] = [];
  child.stderr.on("data", (bytes: Buffer) => said.push(bytes));
  child.stdout.once("data", () => child.stdout.destroy());
  const [code] = await once(child, "close");
  expect({ code, said: Buffer.concat(said).toString() }).toEqual({ code: 1, said: "" });
});

test("muster simulate ends with 2 if it is not told what to simulate", async () => {
  expect((await started("--configuration", configuration)).code).toBe(2);
});
