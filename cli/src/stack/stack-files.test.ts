import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import { readCompanions } from "./companions.ts";
import { forgetData } from "./forget-data.ts";
import { findFreePort, isPortFree } from "./free-port.ts";
import { findPortHolder } from "./port-holder.ts";
import { searchPathWith } from "./search-path.ts";

test("forgetData() removes journals and logs, and leaves what is somebody else's", async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-"));
  const ours = ["matcher/matcher.sqlite", "matcher/matcher.sqlite-wal", "fleet/fleet.sqlite", "logs/matcher.log"];
  const process = ["fleet/processes/proc_1a.log", "fleet/processes/proc_1a.log.json"];
  const foreign = ["matcher/notes.txt", "fleet/ships.csv", "logs/Server Log.log", "muster.json"];
  for (const name of [...ours, ...process, ...foreign]) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), "");
  }
  await forgetData(folder);
  const left = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = left.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.sort()).toEqual(foreign.map((name) => join(folder, name)).sort());
});

test("forgetData() takes a folder that is not there for empty", async () => {
  await forgetData(join(tmpdir(), "muster-nowhere"));
});

test("a port is free until somebody listens, and its holder has a name", async () => {
  const port = await findFreePort();
  expect(await isPortFree("127.0.0.1", port)).toBe(true);
  const server = createServer().listen(port, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  expect(await isPortFree("127.0.0.1", port)).toBe(false);
  if (process.platform === "linux") expect(findPortHolder(port)).toContain(`(process ${process.pid})`);
  await new Promise((resolve) => server.close(resolve));
  expect(findPortHolder(port)).toBeUndefined();
});

const paths = [
  { path: ["/usr/bin", "/bin"], with: ["/node", "/usr/bin", "/bin"] },
  { path: ["/usr/bin", "/node"], with: ["/node", "/usr/bin"] },
  { path: [], with: ["/node"] },
];
for (const { path, with: wanted } of paths) {
  test(`searchPathWith() puts a folder in front of ${path.join(" ") || "nothing"}, once`, () => {
    expect(searchPathWith("/node", path.join(delimiter))).toBe(wanted.join(delimiter));
  });
}

const fileOf = (companions: unknown) => ({ path: "/muster.json", directory: "/", sections: { companions } });

test("readCompanions() fills in what is left out", () => {
  expect(readCompanions(fileOf(undefined))).toEqual([]);
  expect(readCompanions(fileOf([{ name: "bots", command: ["bots"] }]))).toEqual([
    { name: "bots", command: ["bots"], env: {} },
  ]);
});

const refused = [
  { name: "a name of ours", companion: { name: "matcher", command: ["x"] }, path: "$.companions[0].name" },
  { name: "a name that is no file name", companion: { name: "../x", command: ["x"] }, path: "$.companions[0].name" },
  { name: "no command", companion: { name: "x", command: [] }, path: "$.companions[0].command" },
  { name: "a bad address", companion: { name: "x", command: ["x"], readyUrl: "x" }, path: "$.companions[0].readyUrl" },
  { name: "a misspelt key", companion: { name: "x", command: ["x"], redyUrl: "x" }, path: "$.companions[0].redyUrl" },
];
for (const { name, companion, path } of refused) {
  test(`readCompanions() refuses ${name}`, () => {
    const read = () => readCompanions(fileOf([companion]));
    expect(read).toThrow(MusterError);
    expect(read).toThrow(path);
  });
}

test("readCompanions() refuses a name that comes twice", () => {
  const twice = [
    { name: "bots", command: ["a"] },
    { name: "bots", command: ["b"] },
  ];
  expect(() => readCompanions(fileOf(twice))).toThrow(/\$\.companions.*bots/);
});
