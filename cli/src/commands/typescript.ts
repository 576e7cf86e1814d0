// muster types: what a rule set declares, as TypeScript. Asks no service.
import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseRuleSet, writeAttributeTypes } from "@muster/rules";
import type { CommandContext, ExitCode } from "./context.ts";
import { readRuleSetFile } from "./rules.ts";

/**
 * Prints the types, or writes them into the file `out`.
 *
 * @throws {MusterError} RULE_SET_INVALID as `muster rules check` tells.
 */
export async function writeTypes(
  path: string,
  { out }: { readonly out?: string },
  { terminal }: CommandContext,
): Promise<ExitCode> {
  const { document } = await readRuleSetFile(path);
  const types = writeAttributeTypes(parseRuleSet(document), basename(path));
  if (out === undefined) terminal.print(types.trimEnd());
  else {
    await writeFile(out, types);
    terminal.print(`Written to ${out}`);
  }
  return 0;
}
