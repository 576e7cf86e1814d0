// The TypeScript of documents fits the packages that it speaks of: every block is typed, with what a reader would have at hand
// (a session, a matcher) where a block does not make it itself. Names of the reader's own game are the reader's.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listFiles, ROOT } from "../tidy/sources.ts";

const AT_HAND: Readonly<Record<string, string>> = {
  sidecar: 'import("@muster/sdk").Sidecar',
  session: 'import("@muster/sdk").BattleSession',
  player: 'import("@muster/sdk").Player',
  matcher: 'import("@muster/sdk/backend").Matcher',
  connect: 'typeof import("@muster/sdk").connect',
  z: 'typeof import("zod").z',
};

/** "Cannot find name": the reader's own. */
const OF_THE_READER = "TS2304";

type Block = { readonly name: string; readonly code: string };

function findBlocks(path: string): readonly Block[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(/^```ts\n(?<code>.*?)^```$/gms)].map(({ groups: { code = "" } = {}, index }) => {
    const line = text.slice(0, index).split("\n").length;
    return { name: `${path.replaceAll("/", "_")}_line${line}.ts`, code };
  });
}

/** The block as a module, on as many lines as it has. */
function asModule(code: string): string {
  const declared = Object.entries(AT_HAND).filter(
    ([name]) => !new RegExp(`\\b(?:const|using|import) [^=;]*\\b${name}\\b`).test(code),
  );
  return `${declared.map(([name, type]) => `declare const ${name}: ${type};`).join(" ")} export {}; ${code}`;
}

const documents = [...listFiles(["docs/*.md"]), "README.md"];
// Those of the guides for newcomers are files of their own, and typed there.
const blocks = documents.filter((path) => !path.includes("/coming-from/")).flatMap(findBlocks);

/** A call that is not there: it has to be told, so that silence means something. */
const planted: Block = { name: "planted.ts", code: "await session.begin();" };

test("the TypeScript of documents fits the packages, and a call that is not there would be told", () => {
  expect(blocks.length).toBeGreaterThan(10);
  mkdirSync(join(ROOT, ".muster"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, ".muster/code-in-documents-"));
  try {
    for (const { name, code } of [...blocks, planted]) writeFileSync(join(folder, name), asModule(code));
    const settings = {
      extends: "../../tsconfig.base.json",
      compilerOptions: { noEmit: true, noUnusedLocals: false, noUnusedParameters: false },
      include: ["*.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const { stdout, error } = spawnSync("tsc", ["-p", folder], { cwd: folder, encoding: "utf8" });
    expect(error).toBeUndefined();
    const mistakes = stdout.split("\n").filter((line) => line !== "" && !line.includes(OF_THE_READER));
    expect(mistakes).toEqual([expect.stringContaining("Property 'begin' does not exist")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
