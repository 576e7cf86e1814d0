// The commands of a guide as a shell reads them: quotes and all.
import { fileURLToPath } from "node:url";
import { type Finished, muster } from "../e2e/muster-command.ts";

const COMMAND = fileURLToPath(new URL("../../cli/bin/muster.js", import.meta.url));
const LINE = /^npx muster (?<command>.*?)(?: {2,}#.*)?$/gm;

/** What stands after `npx muster` in every line of the guide that begins with it, without remarks. */
export function findShellCommands(guide: string): readonly string[] {
  return [...guide.matchAll(LINE)].map(({ groups }) => groups?.command ?? "");
}

/** Lets a shell run the command, with `more` arguments behind it. */
export async function runInShell(command: string, more: readonly string[]): Promise<Finished> {
  return await muster(["sh", ...more], { program: ["sh", "-c", `"${process.execPath}" "${COMMAND}" ${command} "$@"`] });
}
