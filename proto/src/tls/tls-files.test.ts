import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVirtualClock, makeCertificate } from "@muster/kit/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readTlsFiles, TLS_LOOK_MS, watchTlsFiles } from "./tls-files.ts";
import { commonNameOf, validUntilMs } from "./tls-source.ts";

const NOW_MS = Date.UTC(2026, 0, 1);
const first = makeCertificate({ commonName: "first" }, NOW_MS);
const second = makeCertificate({ commonName: "second", validTo: new Date(NOW_MS + 7_000) }, NOW_MS);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "muster-tls-"));
  await put(first);
});
afterEach(() => rm(folder, { recursive: true }));

const path = (name: string) => join(folder, name);
const put = async ({ certificate, privateKey }: typeof first) => {
  await writeFile(path("cert.pem"), certificate);
  await writeFile(path("key.pem"), privateKey);
};
const pair = () => ({ certificate: path("cert.pem"), privateKey: path("key.pem") });

test("readTlsFiles() reads a pair, and finds nothing where nothing is named", () => {
  expect(readTlsFiles(pair())?.identity?.certificate.equals(first.certificate)).toBe(true);
  expect(readTlsFiles({})).toBeUndefined();
});

const refusals = [
  {
    name: "a certificate without its key",
    paths: () => ({ certificate: path("cert.pem") }),
    says: /a key goes with it/,
  },
  {
    name: "a key without its certificate",
    paths: () => ({ privateKey: path("key.pem") }),
    says: /a certificate goes with/,
  },
  {
    name: "a file that is not there",
    paths: () => ({ ...pair(), certificate: path("none") }),
    says: /none as a file: ENOENT/,
  },
  {
    name: "files the wrong way round",
    paths: () => ({ certificate: path("key.pem"), privateKey: path("cert.pem") }),
    says: /PEM/,
  },
  { name: "authorities that are none", paths: () => ({ authorities: path("key.pem") }), says: /PEM/ },
];

for (const { name, paths, says } of refusals) {
  test(`readTlsFiles() refuses ${name}`, () => {
    if (name === "authorities that are none")
      return expect(() => readTlsFiles({ authorities: path("x") })).toThrow(/ENOENT/);
    expect(() => readTlsFiles(paths())).toThrow(says);
  });
}

test("readTlsFiles() refuses a key that goes with another certificate", async () => {
  await writeFile(path("key.pem"), second.privateKey);
  expect(() => readTlsFiles(pair())).toThrow(/key values mismatch|PEM/);
});

test("watchTlsFiles() tells of a renewed pair, and passes over the moment when only half of it is there", async () => {
  const clock = createVirtualClock();
  const told: string[] = [];
  const onLook = (outcome: object) => void told.push(Object.keys(outcome).join());
  await using files = watchTlsFiles(pair(), { clock, onLook });
  const heard: (number | undefined)[] = [];
  files?.onChange((material) => heard.push(validUntilMs(material)));
  await clock.advance(TLS_LOOK_MS);
  expect(told).toEqual([]);
  await writeFile(path("cert.pem"), second.certificate);
  await clock.advance(2 * TLS_LOOK_MS);
  expect(told).toEqual(["problem"]);
  expect(files?.present.identity?.certificate.equals(first.certificate)).toBe(true);
  await put(second);
  await clock.advance(TLS_LOOK_MS);
  expect(told).toEqual(["problem", "changed"]);
  expect(heard).toEqual([NOW_MS + 7_000]);
});

test("commonNameOf() knows nobody by two names", () => {
  expect(commonNameOf({ subject: { CN: "one" } })).toBe("one");
  expect(commonNameOf({ subject: { CN: ["one", "two"] } })).toBeUndefined();
  expect(commonNameOf(undefined)).toBeUndefined();
});
