import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readMusterFile } from "@muster/service";
import { expect, test } from "vitest";
import { readLegalConfig, readMatcherConfig } from "./config.ts";
import { DUEL } from "./matcher-world.fixture.ts";

async function write(sections: object, files: Readonly<Record<string, string>> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "muster-matcher-"));
  await writeFile(join(directory, "muster.json"), JSON.stringify(sections));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return await readMusterFile(join(directory, "muster.json"));
}

async function read(sections: object, files: Readonly<Record<string, string>> = {}) {
  return readMatcherConfig(await write(sections, files));
}

test("readMatcherConfig() fills in the defaults of a configuration", async () => {
  const { ruleSets, configurations } = await read({
    ruleSets: { duel: DUEL },
    configurations: [{ name: "ranked", ruleSet: "duel", queue: "eu" }],
  });
  expect(ruleSets).toEqual([{ name: "duel", document: JSON.stringify(DUEL) }]);
  expect(configurations).toEqual([
    {
      ...{ name: "ranked", ruleSet: "duel", queue: "eu", requestTimeoutMs: 60_000, autoBackfill: false, settleMs: 10 },
      ...{ properties: {}, data: "", placementRetries: 2 },
    },
  ]);
});

test("readMatcherConfig() reads a rule set from the file that the section names", async () => {
  const { ruleSets } = await read({ ruleSets: { duel: "duel.json" } }, { "duel.json": JSON.stringify(DUEL) });
  expect(ruleSets).toEqual([{ name: "duel", document: JSON.stringify(DUEL) }]);
});

test("readMatcherConfig() takes a file without its sections for one without rule sets", async () => {
  expect(await read({})).toEqual({ ruleSets: [], configurations: [] });
});

test("readMatcherConfig() gives players who are asked 30 s, and lets the others search on, unless told otherwise", async () => {
  const asks = (acceptance: object) =>
    read({ ruleSets: { duel: DUEL }, configurations: [{ name: "a", ruleSet: "duel", acceptance }] });
  const told = { timeoutSeconds: 8, autoContinue: false };
  const settings = [await asks({}), await asks(told)].map(({ configurations: [one] }) => one?.acceptance);
  expect(settings).toEqual([
    { timeoutMs: 30_000, autoContinue: true },
    { timeoutMs: 8_000, autoContinue: false },
  ]);
});

test("readMatcherConfig() reads what sessions are made with, and leaves to the fleet what is not said", async () => {
  const of = async (session: object) => {
    const sections = { ruleSets: { duel: DUEL }, configurations: [{ name: "a", ruleSet: "duel", session }] };
    return (await read(sections)).configurations[0]?.session;
  };
  expect(await of({})).toEqual({});
  expect(await of({ name: "Duel", reservationSeconds: 20, disconnectGraceSeconds: 0 })).toEqual({
    ...{ name: "Duel", reservationMs: 20_000, disconnectGraceMs: 0 },
  });
});

const noTeams = { version: "v1.0", teams: [{ name: "red", minPlayers: 3, maxPlayers: 1 }] };
const duel = { ruleSets: { duel: DUEL } };
const refused = [
  {
    name: "a bad rule set, by the place in the file",
    sections: { ruleSets: { odd: noTeams } },
    says: /\$\.ruleSets\.odd\.teams\[0\]\.maxPlayers of .*muster\.json as rule set odd/,
  },
  {
    name: "a bad rule set in a file of its own, by that file",
    sections: { ruleSets: { odd: "odd.json" } },
    files: { "odd.json": JSON.stringify(noTeams) },
    says: /\$\.teams\[0\]\.maxPlayers of .*odd\.json/,
  },
  {
    name: "a file that is not there",
    sections: { ruleSets: { odd: "none.json" } },
    says: /none\.json as rule set odd/,
  },
  {
    name: "a misspelt key",
    sections: { ...duel, configurations: [{ name: "a", ruleSet: "duel", autoBackfil: true }] },
    says: /muster\.json:\nCannot read \$\.configurations\[0\]\.autoBackfil .*did you mean "autoBackfill"\?/,
  },
  {
    name: "an unknown rule set",
    sections: { ...duel, configurations: [{ name: "a", ruleSet: "dual" }] },
    says: /\$\.configurations\[0\] .*there is no dual/,
  },
  {
    name: "one name twice",
    sections: {
      ...duel,
      configurations: [
        { name: "a", ruleSet: "duel" },
        { name: "a", ruleSet: "duel" },
      ],
    },
    says: /\$\.configurations\[1\] .*a is there twice/,
  },
  {
    name: "backfill without a queue",
    sections: { ...duel, configurations: [{ name: "a", ruleSet: "duel", autoBackfill: true }] },
    says: /\$\.configurations\[0\] .*has no queue/,
  },
  {
    name: "acceptance beside backfill",
    sections: {
      ...duel,
      configurations: [{ name: "a", ruleSet: "duel", queue: "q", autoBackfill: true, acceptance: {} }],
    },
    says: /\$\.configurations\[0\] .*Cannot backfill matches of a as it asks players for acceptance/,
  },
  {
    name: "longer than ten minutes to accept",
    sections: { ...duel, configurations: [{ name: "a", ruleSet: "duel", acceptance: { timeoutSeconds: 601 } }] },
    says: /\$\.configurations\[0\]\.acceptance\.timeoutSeconds/,
  },
  {
    name: "a number out of range",
    sections: { ...duel, configurations: [{ name: "a", ruleSet: "duel", settleMs: 20_000 }] },
    says: /\$\.configurations\[0\]\.settleMs/,
  },
];
for (const { name, sections, files, says } of refused) {
  test(`readMatcherConfig() refuses ${name}`, async () => {
    const reading = read(sections, files);
    await expect(reading).rejects.toThrow(says);
    await expect(reading).rejects.toMatchObject({ reason: "CONFIG_INVALID" });
  });
}

test("readLegalConfig() reads what is legal beside what is not, and says what is wrong with each", async () => {
  const file = await write({
    ruleSets: { duel: DUEL, odd: noTeams, lost: "lost.json" },
    configurations: [
      { name: "a", ruleSet: "duel" },
      { name: "b" },
      { name: "c", ruleSet: "odd" },
      { name: "a", ruleSet: "duel" },
    ],
  });
  const { config, refused: wrong } = await readLegalConfig(file);
  expect([config.ruleSets.map(({ name }) => name), config.configurations.map(({ name }) => name)]).toEqual([
    ["duel"],
    ["a", "c"], // Whether the rule set of c is there, the matcher knows.
  ]);
  expect(wrong.map(({ message }) => /rule set (odd|lost)|configurations\[\d\]/.exec(message)?.[0])).toEqual([
    ...["rule set odd", "rule set lost", "configurations[1]", "configurations[3]"],
  ]);
  await expect(readMatcherConfig(file)).rejects.toThrow(/rule set odd[\s\S]*rule set lost[\s\S]*configurations\[3\]/);
});
