// The command on real journals of both kinds: sound, damaged in known places, foreign.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, open, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { type Journal, type JournalKind, openServiceJournal } from "@muster/journal";
import { factCodec } from "@muster/mock-fleet";
import type { ProcessId } from "@muster/proto";
import { expect, test } from "vitest";
import { musterHere } from "../muster-here.fixture.ts";

const COMMAND = fileURLToPath(new URL("../../bin/muster.js", import.meta.url));
const SECRET = "nobody-may-read-this";
const KINDS: readonly JournalKind[] = ["sqlite", "file"];

const muster = (...args: readonly string[]) => musterHere(["journal", ...args]);

const opened = (sequence: number) => ({
  timeMs: sequence,
  ...factCodec.encode({ type: "opened", journalId: `journal ${sequence} ${"x".repeat(600)}` }),
});

/** A journal of the fleet with six records, one append each, and a secret in the fourth. */
async function build(kind: JournalKind, more?: (journal: Journal, epoch: number) => Promise<void>): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), "muster-data-"));
  await using journal = openServiceJournal(kind, { data, service: "fleet" });
  const { epoch } = await journal.acquire("fleet", { owner: "elsewhere/1/1" });
  const launched = factCodec.encode({
    ...{ type: "process-launched", processId: "process-1" as ProcessId, fleet: "f", region: "r", incarnation: 1 },
    ...{ build: "", launch: "", hostNumber: 1 },
    ...{ secret: SECRET, address: { host: "h", ports: {} }, startedAtWallMs: 1, readyByMs: undefined },
  });
  for (let sequence = 1; sequence <= 6; sequence += 1) {
    const records = [sequence === 4 ? { timeMs: sequence, ...launched } : opened(sequence)];
    await journal.append({ partition: "fleet", epoch, afterSequence: sequence - 1, records });
  }
  await more?.(journal, epoch);
  await journal.release("fleet", { epoch, timeMs: 6 });
  return join(data, kind === "sqlite" ? "fleet.sqlite" : "fleet.journal");
}

/** Changes one byte in the body of a record; each has its number in it. */
async function damageRecord(path: string, sequence: number): Promise<void> {
  const text = `journal ${sequence} xxxx`;
  if (path.endsWith(".sqlite")) {
    const db = new DatabaseSync(path);
    const { bytes } = db.prepare("SELECT bytes FROM block WHERE last = ?").get(sequence) ?? {};
    if (bytes instanceof Uint8Array) bytes[Buffer.from(bytes).indexOf(text)] = 0x4a;
    db.prepare("UPDATE block SET bytes = ? WHERE last = ?").run(bytes ?? null, sequence);
    return db.close();
  }
  await damageFile(path, "segment", text);
}

async function damageFile(path: string, kind: string, text: string): Promise<void> {
  const name = (await readdir(path)).find((one) => one.includes(kind)) ?? "";
  const at = (await readFile(join(path, name))).indexOf(text);
  expect(at).toBeGreaterThan(0);
  await using file = await open(join(path, name), "r+");
  await file.write(Buffer.from("J"), 0, 1, at);
}

const exported = async (path: string, ...more: readonly string[]) => {
  const { out } = await muster("export", path, ...more);
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
};
const sequences = (lines: readonly { sequence: number }[]) => lines.map(({ sequence }) => sequence);

for (const kind of KINDS) {
  test(`muster journal says what a sound journal holds (${kind}), and has nothing to repair`, async () => {
    const path = await build(kind, async (journal, epoch) => {
      await journal.writeSnapshot("fleet", epoch, { sequence: 5, chunks: [Buffer.from("a state")] });
      await journal.moveCursor("fleet", epoch, { name: "push", sequence: 2 });
      await journal.eraseBodies("fleet", epoch, [3]);
    });
    const verified = await muster("verify", path);
    expect(verified).toMatchObject({ code: 0, err: "" });
    expect(verified.out).toMatch(/fleet +1 +- +1\.\.6 +1 +5 +push=2 +sound/);
    const { out } = await muster("verify", "--json", path);
    expect(JSON.parse(out)).toMatchObject({
      kind,
      isSound: true,
      partitions: [{ lastSequence: 6, cursors: { push: 2 } }],
    });
    expect(await muster("repair", path)).toMatchObject({ code: 0, out: expect.stringMatching(/nothing to repair/) });
  });

  test(`muster journal export shows facts, says what was erased, and tells no secret (${kind})`, async () => {
    const path = await build(kind, (journal, epoch) => journal.eraseBodies("fleet", epoch, [5]));
    const lines = await exported(path);
    expect(sequences(lines)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(lines[3]).toMatchObject({
      epoch: 1,
      atMs: 4,
      body: { type: "process-launched", secret: expect.stringMatching(/^#/) },
    });
    expect(JSON.stringify(lines)).not.toContain(SECRET);
    expect(lines[4]).toMatchObject({ sequence: 5, erased: true });
    expect(lines[4]).not.toHaveProperty("body");
    expect(sequences(await exported(path, "--from", "5", "--partition", "fleet"))).toEqual([5, 6]);
    const other = await muster("export", path, "--partition", "matcher");
    expect(other).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/no such partition: there is fleet/) });
  });

  test(`muster journal repair loses nothing acknowledged unless told to, and keeps the damaged journal (${kind})`, async () => {
    const path = await build(kind);
    await damageRecord(path, 5);
    expect(await muster("verify", path)).toMatchObject({ code: 1, out: expect.stringMatching(/1\.\.4 .*damaged/) });
    const before = await readdir(join(path, ".."));
    const refused = await muster("repair", path);
    expect(refused).toMatchObject({ code: 1, out: expect.stringMatching(/records 5 to 6 are lost.*--accept-loss/s) });
    expect(await readdir(join(path, ".."))).toEqual(before);
    const done = await muster("repair", path, "--accept-loss");
    expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/records 1 to 4 are kept.*is repaired/s) });
    expect(await muster("verify", path)).toMatchObject({ code: 0 });
    expect(sequences(await exported(path))).toEqual([1, 2, 3, 4]);
    const copy = (await readdir(join(path, ".."))).find(
      (name) => name.includes("before-repair") && !/-(mark|wal|shm)$/.test(name),
    );
    expect(await muster("verify", join(path, "..", copy ?? ""))).toMatchObject({ code: 1 });
    await using journal = openServiceJournal(kind, { data: join(path, ".."), service: "fleet" });
    const { epoch, lastSequence } = await journal.acquire("fleet", { owner: "elsewhere/2/2" });
    expect({ epoch, lastSequence }).toEqual({ epoch: 3, lastSequence: 4 });
    await journal.append({ partition: "fleet", epoch, afterSequence: 4, records: [opened(5)] });
  });

  test(`muster journal repair keeps what goes on from a snapshot when what is before it is damaged (${kind})`, async () => {
    const path = await build(kind, async (journal, epoch) => {
      await journal.writeSnapshot("fleet", epoch, { sequence: 3, chunks: [Buffer.from("a state")] });
      await journal.moveCursor("fleet", epoch, { name: "push", sequence: 5 });
    });
    await damageRecord(path, 2);
    expect(await muster("repair", path)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/records 2 to 3 are lost/),
    });
    expect(await muster("repair", path, "--accept-loss")).toMatchObject({ code: 0 });
    expect(await muster("verify", path)).toMatchObject({ code: 0, out: expect.stringMatching(/4\.\.6 +0 +3 +push=5/) });
  });

  test(`muster journal repair refuses while an owner's lease is fresh (${kind})`, async () => {
    const path = await build(kind);
    await damageRecord(path, 5);
    await using journal = openServiceJournal(kind, { data: join(path, ".."), service: "fleet" });
    await journal.acquire("matcher", { owner: "elsewhere/7/7", leaseMs: 60_000 });
    const { code, err } = await muster("repair", path, "--accept-loss");
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/in use: stop elsewhere\/7\/7 first/) });
  });
}

test("muster journal repair mends what holds no record without a loss", async () => {
  const path = await build("file", (journal, epoch) =>
    journal.writeSnapshot("fleet", epoch, { sequence: 5, chunks: [Buffer.from("a state of the fleet")] }),
  );
  await damageFile(path, "epoch", '"sequence":6');
  await damageFile(path, "snapshot", "state of the");
  expect(await muster("verify", path)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/mark is damaged.*chunk 0 is damaged/s),
  });
  expect(await muster("repair", path)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/records 1 to 6 are kept/),
  });
  expect(await muster("verify", path)).toMatchObject({ code: 0 });
});

const unreadable: readonly { name: string; says: RegExp; make: (path: string) => Promise<void> }[] = [
  { name: "nothing", says: /no such file/, make: async () => undefined },
  { name: "a text", says: /not a database/, make: (path) => writeFile(path, "something else\n".repeat(99)) },
  { name: "an empty file", says: /empty/, make: (path) => writeFile(path, "") },
  {
    name: "another program's database",
    says: /another program/,
    make: (path) => makeDatabase(path, "CREATE TABLE x (y)"),
  },
  {
    name: "a newer build's database",
    says: /newer build/,
    make: (path) =>
      makeDatabase(path, `CREATE TABLE x (y); PRAGMA application_id = ${0x4d757374}; PRAGMA user_version = 99`),
  },
  { name: "another program's folder", says: /another program/, make: (path) => makeFolder(path, "a.txt", "hello") },
  { name: "an empty folder", says: /empty/, make: async (path) => void (await mkdir(path)) },
  {
    name: "a newer build's folder",
    says: /newer build/,
    make: (path) => makeFolder(path, "muster-journal", "Muster journal, format 9\n"),
  },
];
for (const { name, says, make } of unreadable) {
  test(`muster journal says of ${name} in one sentence that it is none`, async () => {
    const path = join(await mkdtemp(join(tmpdir(), "muster-data-")), "thing");
    await make(path);
    for (const command of ["verify", "repair", "export"]) {
      const { code, out, err } = await muster(command, path);
      expect({ command, code, out }).toEqual({ command, code: 1, out: "" });
      expect(err).toMatch(says);
      expect(err).toMatch(/^Cannot read [^\n]*\n$/);
    }
  });
}

async function makeDatabase(path: string, sql: string): Promise<void> {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

async function makeFolder(path: string, name: string, text: string): Promise<void> {
  await mkdir(path);
  await writeFile(join(path, name), text);
}

test("muster journal ends as it says from its door too, and without a path says how it is used", async () => {
  const started = (...args: readonly string[]) =>
    new Promise((resolve) => {
      const { NODE_OPTIONS: _, ...env } = process.env;
      execFile(process.execPath, [COMMAND, "journal", "verify", ...args], { env }, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err });
      });
    });
  const nothing = { code: 1, out: "", err: expect.stringMatching(/^Cannot read [^\n]*\n$/) };
  expect(await started(join(tmpdir(), "muster-no-journal"))).toEqual(nothing);
  expect(await started()).toMatchObject({ code: 2, err: expect.stringMatching(/path/) });
});
