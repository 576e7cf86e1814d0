import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MusterError } from "@muster/proto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashKey, readAccess } from "./access-config.ts";

const KEY = "canary-key-of-at-least-thirty-two-characters";
let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "muster-access-"));
  await writeFile(join(directory, "key"), `${KEY}\n`);
  await writeFile(join(directory, "short"), "canary");
});
afterAll(() => rm(directory, { recursive: true }));

const fileWith = (access: unknown) => ({ path: join(directory, "muster.json"), directory, sections: { access } });
const keyed = (key: unknown, more: object = {}) => ({ keys: [{ name: "arena", role: "BACKEND", key, ...more }] });

const sources = [
  { name: "a variable", key: { env: "ARENA_KEY" } },
  { name: "a file beside muster.json", key: { file: "key" } },
  { name: "a hash", key: { sha256: hashKey(KEY) } },
] as const;

for (const { name, key } of sources) {
  test(`readAccess() reads a key from ${name}, and keeps only its hash`, async () => {
    const access = await readAccess(fileWith(keyed(key)), { ARENA_KEY: KEY });
    expect(access.identities).toEqual([
      { name: "arena", role: "BACKEND", project: "default", rate: undefined, proof: { sha256: hashKey(KEY) } },
    ]);
    expect(JSON.stringify(access)).not.toContain(KEY);
  });
}

test("readAccess() finds nobody where the section is missing", async () => {
  const access = await readAccess(fileWith(undefined), {});
  expect(access).toEqual({ secretVariables: [], identities: [], perKey: undefined, perPlayer: undefined });
});

test("readAccess() gives a rate that says no burst what a second allows", async () => {
  const rates = { perKey: { perSecond: 2.5 }, perPlayer: { perSecond: 0.2, burst: 4 } };
  const access = await readAccess(fileWith({ rates }), {});
  expect(access.perKey).toEqual({ perSecond: 2.5, burst: 3 });
  expect(access.perPlayer).toEqual({ perSecond: 0.2, burst: 4 });
});

const refusals = [
  {
    name: "a variable that is not set",
    access: keyed({ env: "NOBODY" }),
    says: /\$\.access\.keys\[0\]\.key.*NOBODY is not set/,
  },
  { name: "a file that is not there", access: keyed({ file: "none" }), says: /ENOENT/ },
  { name: "a key that could be guessed", access: keyed({ file: "short" }), says: /fewer than 32 characters/ },
  { name: "a key in plain text", access: keyed(KEY), says: /\$\.access\.keys\[0\]\.key/ },
  {
    name: "a key from two places",
    access: keyed({ env: "ARENA_KEY", file: "key" }),
    says: /one of env, file and sha256/,
  },
  { name: "a hash that is none", access: keyed({ sha256: "abc" }), says: /64 digits/ },
  { name: "a role that is none", access: keyed({ file: "key" }, { role: "ROOT" }), says: /BACKEND/ },
  {
    name: "two holders of one key",
    access: { keys: [...keyed({ file: "key" }).keys, { name: "other", role: "OPERATOR", key: { file: "key" } }] },
    says: /arena and other share one/,
  },
  {
    name: "a rate of nothing",
    access: { rates: { perKey: { perSecond: 0 } } },
    says: /\$\.access\.rates\.perKey\.perSecond/,
  },
] as const;

for (const { name, access, says } of refusals) {
  test(`readAccess() refuses ${name}`, async () => {
    const error = await readAccess(fileWith(access), { ARENA_KEY: KEY }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(MusterError);
    expect(String(error)).toMatch(says);
    if (name !== "a key in plain text") expect(String(error)).not.toContain("canary");
  });
}
