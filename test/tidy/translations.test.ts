// The README in other languages says what it says in English: the same headings, programs, commands and links, in the same order.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./sources.ts";

const read = (name: string) => readFileSync(join(ROOT, name), "utf8");

/** What no language changes. */
function skeletonOf(text: string) {
  const prose = text.replaceAll(/```.*?```/gs, "");
  return {
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, level]) => level),
    programs: text.match(/```.*?```/gs) ?? [],
    // What stands in the first column of a table, and in the steps, in the order in which it is named there.
    commands: prose
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.split(/(?<!\\)\|/)[1]?.trim()),
    names: (prose.match(/`[^`\n]+`/g) ?? []).toSorted(),
    steps: [...prose.matchAll(/^(\d+)\. /gm)].map(([, number]) => number),
    links: [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to).filter((to) => !to?.startsWith("README")),
  };
}

const english = skeletonOf(read("README.md"));

for (const name of ["README.zh-CN.md", "README.ko.md"]) {
  test(`${name} is in step with README.md`, () => {
    expect(skeletonOf(read(name))).toEqual(english);
    expect(read(name)).toContain("[English](README.md)");
  });
}
