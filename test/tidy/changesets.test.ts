// What a release makes changelogs of can be read by it: all published packages have one version, and each change names some of them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listFiles, ROOT } from "./sources.ts";

const FOLDER = join(ROOT, ".changeset");
const read = (path: string) => readFileSync(path, "utf8");
const published = listFiles(["*/package.json"])
  .map((path): { readonly name: string; readonly private?: boolean } => JSON.parse(read(join(ROOT, path))))
  .filter((manifest) => manifest.private !== true)
  .map(({ name }) => name)
  .toSorted();
const changes = readdirSync(FOLDER).filter((name) => name.endsWith(".md") && name !== "README.md");

/** The packages that a change names, with the level of each; undefined if it is no change. */
function readChange(text: string): readonly (readonly [string, string])[] | undefined {
  const { head, words } = /^---\n(?<head>[\s\S]*?)\n---\n+(?<words>\S[\s\S]*)$/.exec(text)?.groups ?? {};
  if (head === undefined || words === undefined) return undefined;
  const lines = head.split("\n").map((line) => /^"(?<name>[^"]+)": (?<level>patch|minor|major)$/.exec(line)?.groups);
  return lines.every((line) => line !== undefined)
    ? lines.map(({ name = "", level = "" }) => [name, level] as const)
    : undefined;
}

test("every published package is in the one group that is released together", () => {
  const { fixed } = JSON.parse(read(join(FOLDER, "config.json")));
  expect(published.length).toBeGreaterThan(5);
  expect(fixed).toEqual([published]);
});

test("a change is packages, a level for each, and words", () => {
  const { sample = "" } = /```md\n(?<sample>[\s\S]*?)```/.exec(read(join(FOLDER, "README.md")))?.groups ?? {};
  expect(readChange(sample)).toEqual([["@muster/sdk", "minor"]]);
  for (const text of ["no head", '---\n"@muster/sdk": huge\n---\n\nwords', '---\n"@muster/sdk": minor\n---\n']) {
    expect(readChange(text)).toBeUndefined();
  }
  const problems = changes.filter((name) => {
    const named = readChange(read(join(FOLDER, name)));
    return !named?.length || named.some(([one]) => !published.includes(one));
  });
  expect(problems).toEqual([]);
});
