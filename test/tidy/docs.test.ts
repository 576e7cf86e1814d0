// What the documents say is tried: samples are the files that they show, commands exist, links lead somewhere.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildProgram } from "@muster/cli";
import { expect, test } from "vitest";
import { listFiles, ROOT } from "./sources.ts";

const documents = listFiles(["*.md"]);
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

test("the README's sample is examples/minimal-server, to the letter", () => {
  const blocks = [...read("README.md").matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]);
  expect(blocks).toContain(read("examples/minimal-server/src/main.ts"));
});

const scripts = JSON.parse(read("package.json")).scripts as Record<string, string>;
const commands = new Set(
  buildProgram({ run: async () => undefined, runService: async () => undefined }).commands.map((command) =>
    command.name(),
  ),
);

for (const path of documents) {
  const text = read(path);
  const npmCommands = [...text.matchAll(/\bnpm (?:run ([a-z-]+)|(start|test)\b)/g)].map(
    (match) => match[1] ?? match[2] ?? "",
  );
  const musterCommands = [...text.matchAll(/(?:^|[`\s])(?:npx )?muster ([a-z]+)\b/gm)]
    .map((match) => match[1] ?? "")
    .filter((word) => text.includes(`\`muster ${word}`) || text.includes(`npx muster ${word}`));
  if (npmCommands.length > 0) {
    test(`${path} names npm scripts that exist`, () => {
      expect(npmCommands.filter((name) => !(name in scripts))).toEqual([]);
    });
  }
  if (musterCommands.length > 0) {
    test(`${path} names commands of muster that exist`, () => {
      expect(musterCommands.filter((name) => !commands.has(name))).toEqual([]);
    });
  }
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? "");
  if (links.length > 0) {
    test(`${path} links to files that exist`, () => {
      expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
    });
  }
}
