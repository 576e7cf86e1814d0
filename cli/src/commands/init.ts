// muster init: a folder with a server to start from. Asks no service.
import { access, mkdir, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { UsageError } from "../arguments/usage-error.ts";
import { projectFiles } from "../new-project/templates.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

export type InitFlags = {
  readonly folder: string;
  readonly language: "ts" | "js";
  /** Of this command, which is that of the packages. */
  readonly version: string;
};

/**
 * Writes the files, none of which may be there yet but package.json, which is left as it is.
 *
 * @throws {UsageError} naming the files that are there. Then nothing is written.
 */
export async function initProject(flags: InitFlags, context: CommandContext): Promise<ExitCode> {
  const { language, version } = flags;
  const folder = resolve(flags.folder);
  const files = projectFiles({ name: nameOf(folder), language, version });
  const present = await asyncFilter(Object.keys(files), (file) => isThere(join(folder, file)));
  const inTheWay = present.filter((file) => file !== "package.json");
  if (inTheWay.length > 0) {
    throw new UsageError(
      `Cannot write the project to ${folder} as there is ${inTheWay.join(", ")}: name another folder`,
    );
  }
  await mkdir(folder, { recursive: true });
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
  for (const name of present) terminal.print(`kept    ${join(flags.folder, name)}: needs @muster/sdk and @muster/cli`);
  const into = relative(process.cwd(), folder);
  const steps = [...(into === "" ? [] : [`cd ${into}`]), "npm install", "npx muster dev"];
  terminal.print(`Next: ${steps.join(" && ")}`);
  terminal.print("then, in a second terminal: npx muster ticket start --players 2");
  return 0;
}

/** A name that fleets, queues and packages may have. */
function nameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return name.slice(0, 64) || "game";
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

async function asyncFilter<Item>(items: readonly Item[], fits: (item: Item) => Promise<boolean>): Promise<Item[]> {
  const verdicts = await Promise.all(items.map(fits));
  return items.filter((_, index) => verdicts[index]);
}
