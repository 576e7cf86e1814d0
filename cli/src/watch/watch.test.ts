// Watching files: what is left out, what belongs together, whom it concerns, and real folders.
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createVirtualClock } from "@muster/kit/testing";
import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import { createChangeCollector } from "./collect-changes.ts";
import { IGNORED_DEFAULT, isIgnored } from "./is-ignored.ts";
import { type RestartOptions, restartOnChange, type WatchEvent } from "./restart-on-change.ts";
import { type FolderWatch, watchFolder } from "./watch-folder.ts";
import { concerned, foldersOf, nameChanged, watchedFleets } from "./watched-fleets.ts";

const paths = [
  { path: "server.js", ignored: false },
  { path: "src/rules/duel.ts", ignored: false },
  { path: "assets/map.db2", ignored: false },
  { path: "node_modules/ws/index.js", ignored: true },
  { path: "src/.server.js.swp", ignored: true },
  { path: ".git/index", ignored: true },
  { path: "server.js~", ignored: true },
  { path: "logs/today.log", ignored: true },
  { path: "scores.sqlite-wal", ignored: true },
  { path: "4913", ignored: true },
  { path: "", ignored: false },
  { path: "out/cache-7.bin", ignored: true },
  { path: "out/cache.bin", ignored: false },
  { path: "aXbYc", ignored: true },
  { path: "aXc", ignored: false },
];
for (const { path, ignored } of paths) {
  test(`isIgnored() is ${ignored} for "${path}"`, () => {
    expect(isIgnored(path, [...IGNORED_DEFAULT, "cache-*.bin", "a*b*c"])).toBe(ignored);
  });
}

test("what is saved at once is one change, and what never stops is told after two seconds", async () => {
  const clock = createVirtualClock();
  const changes = createChangeCollector(clock);
  const { signal } = new AbortController();
  const heard: (readonly string[])[] = [];
  const hear = async () => {
    for (;;) heard.push(await changes.next(signal));
  };
  void hear();
  for (const path of ["b", "a", "b"]) {
    changes.note(path);
    await clock.advance(100);
  }
  expect(heard).toEqual([]);
  await clock.advance(300);
  expect(heard).toEqual([["a", "b"]]);
  for (let file = 0; file < 24; file += 1) {
    changes.note(`f${file}`);
    await clock.advance(100);
  }
  expect(heard.length).toBeGreaterThan(1);
});

const launch = (cwd: string) => ({ name: cwd, command: ["game"], cwd, env: {}, processes: 1 });
const fleet = (name: string, folders: readonly string[], more: object = {}) =>
  ({ name, builds: [{ name: "", launches: folders.map(launch) }], ...more }) as never;

test("watchedFleets() names the folders that servers are started in, or those that were asked for", () => {
  const fleets = [fleet("eu", ["/g/a", "/g/a"]), fleet("us", ["/g"]), fleet("bots", ["/g"], { simulated: {} })];
  const watched = watchedFleets({ fleets }, []);
  expect(watched).toEqual([
    { name: "eu", folders: [resolve("/g/a")] },
    { name: "us", folders: [resolve("/g")] },
  ]);
  expect(foldersOf(watched)).toEqual([resolve("/g")]);
  expect(concerned(watched, [resolve("/g/b.js")]).map(({ name }) => name)).toEqual(["us"]);
  expect(concerned(watched, [resolve("/g/a/b.js")]).map(({ name }) => name)).toEqual(["eu", "us"]);
  expect(concerned(watched, [resolve("/gh/b.js")])).toEqual([]);
  expect(watchedFleets({ fleets }, ["/lib"])[0]?.folders).toEqual([resolve("/lib")]);
});

test("nameChanged() names as many files as fit", () => {
  expect(nameChanged(["/a/x.js", "/b/x.js", "/c/y.js"])).toBe("x.js, y.js");
  expect(nameChanged(["/1", "/2", "/3", "/4", "/5"])).toBe("1, 2 and 3 more");
});

test("restartOnChange() restarts whom a change concerns, and goes on when the fleet refuses", async () => {
  const clock = createVirtualClock();
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const watches: FolderWatch[] = [];
  const restarted: object[] = [];
  let isAway = false;
  const options: RestartOptions = {
    ...{ fleets: [{ name: "eu", folders: ["/g"] }], except: new Set(["/g/muster.json"]), ignored: ["*.log"] },
    ...{ graceMs: 5_000, clock, onEvent: (event) => void events.push(event) },
    async watch(folder) {
      watches.push(folder);
      return { [Symbol.dispose]: () => void watches.pop() };
    },
    async restart(request) {
      if (isAway) throw new MusterError("PEER_UNREACHABLE", "nobody answers");
      restarted.push(request);
      return { processes: 2, battles: 1 };
    },
  };
  const done = restartOnChange(options, stop.signal);
  await clock.advance(0);
  const [watch] = watches;
  expect(watch?.isLeftOut("/g/muster.json")).toBe(true);
  expect(watch?.isLeftOut("/g/a.log")).toBe(true);
  expect(watch?.isLeftOut("/g/a.js")).toBe(false);
  watch?.onChange("/g/a.js");
  await clock.advance(1_000);
  isAway = true;
  watch?.onChange("/g/b.js");
  await clock.advance(1_000);
  expect(restarted).toEqual([{ fleet: "eu", reason: "FILES_CHANGED", graceMs: 5_000 }]);
  expect(events).toEqual([
    { type: "watching", folders: ["/g"] },
    { type: "restarted", fleet: "eu", changed: "a.js", processes: 2, battles: 1 },
    { type: "problem", why: "Cannot restart fleet eu: nobody answers" },
  ]);
  stop.abort();
  await done;
  expect(watches).toEqual([]);
});

test("watchFolder() tells of files that are written, made, moved and removed, in new folders too", async () => {
  const folder = await mkdtemp(join(tmpdir(), "muster-watch-"));
  const heard = new Set<string>();
  const waiting = new Map<string, () => void>();
  const problems: string[] = [];
  const onChange = (path: string) => {
    heard.add(path);
    waiting.get(path)?.();
  };
  const hears = (path: string) =>
    new Promise<void>((done) => (heard.has(path) ? done() : waiting.set(path, done))).then(() => heard.clear());
  const at = (...path: string[]) => join(folder, ...path);
  await mkdir(at("src"));
  await mkdir(at("left"));
  await writeFile(at("src", "a.js"), "1");
  {
    const isLeftOut = (path: string) => path.includes("left");
    using _ = await watchFolder({ folder, isLeftOut, onChange, onProblem: (why) => void problems.push(why) });
    await writeFile(at("left", "x.js"), "1");
    await writeFile(at("src", "a.js"), "2");
    await hears(at("src", "a.js"));
    await mkdir(at("src", "new", "deep"), { recursive: true });
    await writeFile(at("src", "new", "deep", "b.js"), "1");
    await hears(at("src", "new", "deep", "b.js"));
    await writeFile(at("src", "new", "deep", "b.js"), "2");
    await hears(at("src", "new", "deep", "b.js"));
    await rename(at("src", "a.js"), at("src", "c.js"));
    await hears(at("src", "c.js"));
    await rm(at("src", "c.js"));
    await hears(at("src", "c.js"));
  }
  await rm(folder, { recursive: true });
  expect(problems).toEqual([]);
  expect([...heard].filter((path) => path.includes("left"))).toEqual([]);
});
