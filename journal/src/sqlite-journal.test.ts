import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startProcess } from "@muster/kit/processes";
import { expect, test } from "vitest";
import { all, describeJournal, record, text } from "./journal.suite.ts";
import { describeOwner } from "./owner.ts";
import { encodeRecord, FIRST_HASH } from "./record.ts";
import { openSqliteJournal } from "./sqlite-journal.ts";

async function freshPath(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "muster-journal-")), "data", "journal.sqlite");
}

describeJournal("openSqliteJournal()", async () => {
  const path = await freshPath();
  return { open: async () => openSqliteJournal(path), [Symbol.asyncDispose]: async () => undefined };
});

test("openSqliteJournal() fences an owner in another thread", async () => {
  const path = await freshPath();
  await using zombie = openSqliteJournal(path);
  await using successor = openSqliteJournal(path);
  await zombie.acquire("matcher", { owner: "elsewhere/1/1" });
  await zombie.append({ partition: "matcher", epoch: 1, afterSequence: 0, records: [record("one")] });
  await successor.acquire("matcher", { owner: "elsewhere/2/2", takeOver: true });
  await successor.append({ partition: "matcher", epoch: 2, afterSequence: 1, records: [record("two")] });
  const late = zombie.append({ partition: "matcher", epoch: 1, afterSequence: 1, records: [record("late")] });
  await expect(late).rejects.toMatchObject({ reason: "EPOCH_STALE" });
  expect((await all(successor, "matcher", 1)).map(text)).toEqual(["one", "two"]);
});

test("openSqliteJournal() makes one journal when several are opened on a new path at once", async () => {
  const path = await freshPath();
  const names = ["a", "b", "c", "d"];
  const epochs = await Promise.all(
    names.map(async (name) => {
      await using journal = openSqliteJournal(path);
      const { epoch } = await journal.acquire(name, { owner: name });
      await journal.append({ partition: name, epoch, afterSequence: 0, records: [record(name)] });
      return epoch;
    }),
  );
  expect(epochs).toEqual([1, 1, 1, 1]);
  await using journal = openSqliteJournal(path);
  for (const name of names) expect((await all(journal, name, 1)).map(text)).toEqual([name]);
});

test("openSqliteJournal() says of every call that the disk has failed, once it has", async () => {
  const path = await freshPath();
  await using journal = openSqliteJournal(path);
  await journal.acquire("matcher", { owner: "a" });
  const db = new DatabaseSync(path);
  db.exec("CREATE TRIGGER broken BEFORE INSERT ON block BEGIN SELECT raise(ABORT, 'disk I/O error'); END");
  const append = () =>
    journal.append({ partition: "matcher", epoch: 1, afterSequence: 0, records: [record("one")] }).catch((e) => e);
  expect(await append()).toMatchObject({ reason: "JOURNAL_FAILED", message: expect.stringMatching(/disk I\/O error/) });
  db.exec("DROP TRIGGER broken");
  db.close();
  expect(await append()).toMatchObject({ reason: "JOURNAL_FAILED" }); // What the disk holds is not known any more.
  await expect(journal.renew("matcher", { epoch: 1, timeMs: 1 })).rejects.toMatchObject({ reason: "JOURNAL_FAILED" });
});

test("openSqliteJournal() believes no lease that is longer than it was given for", async () => {
  const path = await freshPath();
  let wallMs = 1e12;
  await using journal = openSqliteJournal(path, { clock: { wallMs: () => wallMs } });
  await journal.acquire("matcher", { owner: "elsewhere/1/1", leaseMs: 10_000 });
  wallMs += 9_999;
  const early = journal.acquire("matcher", { owner: "elsewhere/2/2" });
  await expect(early).rejects.toMatchObject({ reason: "PARTITION_OWNED" });
  wallMs -= 3_600_000; // The clock was set back: the old lease would now last an hour.
  expect(await journal.acquire("matcher", { owner: "elsewhere/2/2" })).toMatchObject({ epoch: 2 });
});

test("openSqliteJournal() does not wait for the lease of a process that is dead on this machine", async () => {
  await using journal = openSqliteJournal(await freshPath());
  const child = startProcess({ command: [process.execPath, "-e", ""], env: {}, output: "inherit" });
  const [host] = describeOwner().split("/");
  await child.exited;
  await journal.acquire("matcher", { owner: `${host}/${child.pid}/1` });
  expect(await journal.acquire("matcher", { owner: describeOwner() })).toMatchObject({ epoch: 2 });
});

const unreadable = [
  { name: "a file of another program", says: /another program/, make: makeForeign },
  { name: "a file of a newer build", says: /newer build/, make: makeNewer },
  { name: "a file that is no database", says: /as a journal: file is not a database/, make: makeText },
];
for (const { name, says, make } of unreadable) {
  test(`openSqliteJournal() refuses ${name} and leaves it as it is`, async () => {
    const path = join(await mkdtemp(join(tmpdir(), "muster-journal-")), "journal.sqlite");
    await make(path);
    const before = await readFile(path);
    await using journal = openSqliteJournal(path);
    const acquire = journal.acquire("matcher", { owner: "a" });
    await expect(acquire).rejects.toMatchObject({ reason: "JOURNAL_UNREADABLE", message: expect.stringMatching(says) });
    expect((await readFile(path)).equals(before)).toBe(true);
  });
}

function makeForeign(path: string): void {
  const db = new DatabaseSync(path);
  db.exec("CREATE TABLE other (x)");
  db.close();
}
function makeNewer(path: string): void {
  const db = new DatabaseSync(path);
  db.exec(`CREATE TABLE later (x); PRAGMA application_id = ${0x4d757374}; PRAGMA user_version = 99`);
  db.close();
}
function makeText(path: string): Promise<void> {
  return writeFile(
    path,
    "nothing that SQLite would write, but long enough to be looked at as a header of a file\n".repeat(9),
  );
}

const damages = [
  {
    name: "a body that was changed",
    sql: "UPDATE block SET bytes = cast(substr(bytes, 1, 112) || 'xyz' AS BLOB) WHERE last = 2",
  },
  { name: "a block that is missing", sql: "DELETE FROM block WHERE last = 2" },
  { name: "a block that was cut", sql: "UPDATE block SET bytes = substr(bytes, 1, 115) WHERE last = 5" },
  {
    name: "a block that was put in another's place",
    sql: "UPDATE block SET bytes = (SELECT bytes FROM block WHERE last = 1) WHERE last = 2",
  },
];
for (const { name, sql } of damages) {
  test(`openSqliteJournal() finds ${name}`, async () => {
    const path = await freshPath();
    await using journal = openSqliteJournal(path);
    await journal.acquire("matcher", { owner: "a" });
    for (const afterSequence of [0, 1, 2]) {
      const records = [record(String(afterSequence))];
      await journal.append({ partition: "matcher", epoch: 1, afterSequence, records });
    }
    await journal.append({ partition: "matcher", epoch: 1, afterSequence: 3, records: [record("4"), record("5")] });
    const db = new DatabaseSync(path);
    db.exec(sql);
    db.close();
    await expect(all(journal, "matcher", 1)).rejects.toMatchObject({ reason: "JOURNAL_UNREADABLE" });
  });
}

test("openSqliteJournal() has everything that was acknowledged after its process is killed", async () => {
  const path = await freshPath();
  const program = `
    import { openSqliteJournal } from ${JSON.stringify(new URL("./sqlite-journal.ts", import.meta.url).href)};
    import { describeOwner } from ${JSON.stringify(new URL("./owner.ts", import.meta.url).href)};
    const journal = openSqliteJournal(${JSON.stringify(path)});
    let { epoch, lastSequence } = await journal.acquire("matcher", { owner: describeOwner() });
    for (;;) {
      const records = [0, 1, 2].map((i) => ({ timeMs: 1, kind: 1, body: Buffer.from(String(lastSequence + 1 + i)) }));
      await journal.append({ partition: "matcher", epoch, afterSequence: lastSequence, records });
      lastSequence += 3;
      console.log(lastSequence);
      if (lastSequence % 15 > 0) continue;
      const chunks = [Buffer.from("state at "), Buffer.from(String(lastSequence))];
      void journal.writeSnapshot("matcher", epoch, { sequence: lastSequence, chunks })
        .then(() => journal.compact("matcher", epoch, lastSequence - 10))
        .catch(() => undefined); // The one before may still be on its way.
    }`;
  let acknowledged = 0;
  for (let round = 1; round <= 3; round += 1) {
    let enough: () => void = () => undefined;
    const seenEnough = new Promise<void>((resolve) => {
      enough = resolve;
    });
    let lines = 0;
    const child = startProcess({
      command: [process.execPath, "-C", "@muster/source", "--input-type=module", "-e", program],
      env: {},
      output: {
        onLine: (line) => {
          acknowledged = Math.max(acknowledged, Number(line));
          lines += 1;
          if (lines === 30 * round) enough();
        },
      },
    });
    await seenEnough;
    child.signalGroup("SIGKILL");
    await child.exited;
    await using journal = openSqliteJournal(path);
    const { epoch, firstSequence, lastSequence } = await journal.acquire("matcher", { owner: describeOwner() });
    expect(epoch).toBe(2 * round);
    expect(lastSequence).toBeGreaterThanOrEqual(acknowledged);
    const bodies = (await all(journal, "matcher", 1)).map(text);
    const kept = Array.from({ length: lastSequence + 1 - firstSequence }, (_, index) => String(firstSequence + index));
    expect(bodies).toEqual(kept);
    const snapshot = await journal.readSnapshot("matcher");
    let state = "";
    for await (const chunk of snapshot?.chunks ?? []) state += text({ body: chunk });
    expect(state).toBe(snapshot ? `state at ${snapshot.sequence}` : "");
    expect(firstSequence).toBeLessThanOrEqual((snapshot?.sequence ?? 0) + 1);
    await journal.release("matcher", { epoch, timeMs: 1 });
  }
});

test("openSqliteJournal() leaves nothing of an erased body in its files", async () => {
  const path = await freshPath();
  await using journal = openSqliteJournal(path);
  const { epoch } = await journal.acquire("matcher", { owner: "a" });
  const short = "the-player-who-wants-to-be-forgotten";
  const records = Array.from({ length: 600 }, (_, index) =>
    record(index % 3 === 0 ? `${short}-${index}`.repeat(index % 2 === 0 ? 1 : 200) : `somebody-${index}`),
  );
  await journal.append({ partition: "matcher", epoch, afterSequence: 0, records });
  await journal.writeSnapshot("matcher", epoch, { sequence: 600, chunks: [new TextEncoder().encode(short)] });
  await journal.writeSnapshot("matcher", epoch, { sequence: 600, chunks: [Uint8Array.of(1)] });
  const erased = records.flatMap((one, index) => (text(one).startsWith(short) ? [index + 1] : []));
  await journal.eraseBodies("matcher", epoch, erased);
  for (const name of await readdir(dirname(path))) {
    expect((await readFile(join(dirname(path), name))).includes(short), name).toBe(false);
  }
  const read = await all(journal, "matcher", 1);
  expect(read.filter((one) => one.erased).map((one) => one.sequence)).toEqual(erased);
  expect(read.filter((one) => !one.erased).map(text)).toEqual(
    records.map(text).filter((body) => !body.startsWith(short)),
  );
});

test("openSqliteJournal() takes over the file of a former build", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "muster-journal-")), "journal.sqlite");
  const db = new DatabaseSync(path);
  db.exec(`
    CREATE TABLE partition (
      name TEXT PRIMARY KEY, number INTEGER NOT NULL, epoch INTEGER NOT NULL,
      owner TEXT, lease_until_ms REAL NOT NULL, lease_ms REAL NOT NULL,
      last_time_ms REAL NOT NULL, last_wall_ms REAL NOT NULL
    ) STRICT;
    CREATE TABLE record (
      partition INTEGER NOT NULL, sequence INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (partition, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE snapshot (partition INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
    INSERT INTO partition VALUES ('matcher', 1, 5, NULL, 0, 0, 12.5, 1);
    PRAGMA application_id = ${0x4d757374};
    PRAGMA user_version = 1;`);
  const { bytes } = encodeRecord(record("old"), {
    partition: "matcher",
    epoch: 5,
    sequence: 1,
    previousHash: FIRST_HASH,
  });
  db.prepare("INSERT INTO record VALUES (1, 1, ?)").run(bytes);
  db.close();
  await using journal = openSqliteJournal(path);
  const owned = await journal.acquire("matcher", { owner: "a" });
  expect(owned).toMatchObject({ epoch: 6, firstSequence: 1, lastSequence: 1, lastTimeMs: 12.5 });
  await journal.append({ partition: "matcher", epoch: 6, afterSequence: 1, records: [record("new")] });
  expect((await all(journal, "matcher", 1)).map(text)).toEqual(["old", "new"]);
  await journal.writeSnapshot("matcher", 6, { sequence: 2, chunks: [] });
  expect(await journal.compact("matcher", 6, 2)).toBe(3);
});
