// From a matcher's journal on disk to a replay of it, by the command alone.
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openServiceJournal } from "@muster/journal";
import { factCodec } from "@muster/matcher";
import type { MatchId, PlayerId, TicketId } from "@muster/proto";
import { expect, test } from "vitest";
import { musterHere } from "../muster-here.fixture.ts";

const muster = (...args: readonly string[]) => musterHere(args);

type JournaledFact = Parameters<typeof factCodec.encode>[0]["fact"];

const duel = { version: "v1.0", teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 1 })) };
const configurationPut = (name: string): JournaledFact => ({
  type: "configuration-put",
  configuration: {
    ...{ name, ruleSet: "duel", queue: undefined, requestTimeoutMs: 30_000, autoBackfill: false, settleMs: 10 },
    ...{ properties: {}, data: "", placementRetries: 2 },
  },
});
const ticketCreated = (id: string): JournaledFact => ({
  ...{ type: "ticket-created", ticketId: id as TicketId, configuration: "a", bodyDigest: id, timesOutAtMs: 99_000 },
  players: [{ playerId: id as PlayerId, attributes: { skill: 1 }, latenciesMs: {}, team: undefined }],
});
const seat = (id: string, team: string) => ({ ticketId: id as TicketId, playerId: id as PlayerId, team });
const matchFormed: JournaledFact = {
  type: "match-formed",
  match: {
    ...{ matchId: "match_x" as MatchId, configuration: "a", queue: undefined, teams: [], capacity: 2 },
    ...{
      players: [seat("t1", "red"), seat("t3", "blue")],
      properties: {},
      data: "",
      backfillId: undefined,
      regions: [],
    },
    ...{ capabilityKey: new Uint8Array(), placementRetries: 2, matcherEndpoint: "" },
  },
};
/** By journal time in ms. The round came late: by itself a simulation would have matched t1 and t2. */
const history: readonly (readonly [number, JournaledFact])[] = [
  [5_000.25, { type: "rule-set-put", name: "duel", document: JSON.stringify(duel) }],
  [5_000.25, configurationPut("a")],
  [5_000.25, configurationPut("b")],
  [6_000.5, ticketCreated("t1")],
  [6_100.5, ticketCreated("t2")],
  [6_200.75, { type: "ticket-cancelled", ticketId: "t2" as TicketId }],
  [6_300.25, ticketCreated("t3")],
  [7_000.125, matchFormed],
];

async function build(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), "muster-recording-"));
  await using journal = openServiceJournal("sqlite", { data, service: "matcher" });
  const { epoch } = await journal.acquire("matcher", { owner: "elsewhere/1/1" });
  const records = history.map(([timeMs, fact]) => ({ timeMs, ...factCodec.encode({ atWallMs: 1, fact }) }));
  await journal.append({ partition: "matcher", epoch, afterSequence: 0, records });
  await journal.release("matcher", { epoch, timeMs: 8_000 });
  return data;
}

test("a journal exports as tickets and configuration, which simulate replays round by round", async () => {
  const data = await build();
  const path = join(data, "matcher.sqlite");
  const unnamed = await muster("journal", "export", path, "--as", "tickets");
  expect(unnamed).toMatchObject({ code: 1, out: "", err: expect.stringContaining("there is a, b") });
  const files = [join(data, "a.json"), join(data, "a.jsonl")] as const;
  for (const [index, as] of ["configuration", "tickets"].entries()) {
    const { code, out, err } = await muster("journal", "export", path, "--as", as, "--config-name", "a");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    await writeFile(files[index] ?? "", out);
  }
  const replayed = await muster("simulate", "--configuration", files[0], "--tickets", files[1], "--json");
  expect(replayed.code).toBe(0);
  const facts = replayed.out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const teams = { red: [{ ticketId: "t1", playerId: "t1" }], blue: [{ ticketId: "t3", playerId: "t3" }] };
  expect(facts).toMatchObject([
    { at: 1.201, type: "TicketCancelled", ticketId: "t2" },
    { at: 2, type: "MatchFormed", matchId: "m1", teams },
    { type: "Summary", ticketsLeft: 0 },
  ]);
});

test("a configuration that the journal never had is named", async () => {
  const path = join(await build(), "matcher.sqlite");
  const { code, err } = await muster("journal", "export", path, "--as", "tickets", "--config-name", "c");
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/Cannot find configuration c .*there is a, b/) });
});
