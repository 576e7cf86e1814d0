// The rule sets in examples/rule-sets: what their READMEs say to run, run here, and where its output stands in them.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { invariant } from "@muster/kit";
import { runHere } from "./run-here.ts";

const FOLDER = fileURLToPath(new URL("../../examples/rule-sets/", import.meta.url));

export type RuleSetExample = {
  readonly name: string;
  /** Absolute path of a file of its folder. */
  readonly path: (file: string) => string;
  readonly readme: string;
};

export function listExamples(): readonly RuleSetExample[] {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders
    .map(({ name }) => {
      const path = (file: string) => join(FOLDER, name, file);
      return { name, path, readme: readFileSync(path("README.md"), "utf8") };
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

export type Outcome = { readonly table: string; readonly chart: string };

/** What the README's `muster simulate` prints, and the chart that it draws, which is not written to the example's folder. */
export async function runExample(example: RuleSetExample): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "muster-example-"));
  try {
    const chart = join(folder, "chart.svg");
    const words = commandOf(example).map((word) => (word.endsWith(".svg") ? chart : word));
    const lines = await runHere(words);
    return { table: `${lines.join("\n")}\n`, chart: readFileSync(chart, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The words after `npx muster` of the command that simulates. */
function commandOf({ name, readme }: RuleSetExample): readonly string[] {
  const [, command] = /^npx muster (simulate (?:.*\\\n)*.*)$/m.exec(readme) ?? [];
  invariant(command !== undefined, `the README of ${name} says how to simulate it`);
  return command.split(/[\s\\]+/).map((word) => word.replace(/^'(.*)'$/, "$1"));
}

const TABLE = /(?<=^```text\n)[^`]*(?=^```$)/m;

/** The table that the README shows. */
export function shownTable({ readme }: RuleSetExample): string | undefined {
  return TABLE.exec(readme)?.[0];
}

/** The README with `table` in it. */
export function withTable({ readme }: RuleSetExample, table: string): string {
  return readme.replace(TABLE, () => table);
}
