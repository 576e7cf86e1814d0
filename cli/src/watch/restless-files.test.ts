import { expect, test } from "vitest";
import { createRestlessFiles } from "./restless-files.ts";

/** Changes `path` again and again, each time so long after the restart that it made; what counted, one word a time. */
function changing(paths: readonly (readonly string[])[], afterMs: number) {
  const files = createRestlessFiles();
  let nowMs = 0;
  return paths.map((changed) => {
    nowMs += afterMs;
    const { counts, new: found } = files.sift(changed, nowMs);
    if (counts.length > 0) files.noteRestart(nowMs);
    return [...counts, ...found.map((path) => `${path} no more`)].join();
  });
}

const log = Array.from({ length: 8 }, () => ["log"]);

test("a file that each restart changes counts five times and no more, which is told once", () => {
  expect(changing(log, 300)).toEqual(["log", "log", "log", "log", "log", "log no more", "", ""]);
});

test("a file that somebody saves now and then counts always", () => {
  expect(changing(log, 3_000)).toEqual(log.map(() => "log"));
});

test("a file that rests between restarts counts, and so do others beside one that does not", () => {
  const with1 = changing([["log"], ["log"], ["log"], ["a.js"], ["log"], ["log"], ["log"], ["log"]], 300);
  expect(with1).toEqual(["log", "log", "log", "a.js", "log", "log", "log", "log"]);
  const beside = changing([...log.slice(0, 6), ["log", "a.js"]], 300);
  expect(beside.at(-1)).toBe("a.js");
});
