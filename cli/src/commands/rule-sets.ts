// muster rules list | show | put | delete: rule sets of a matcher that runs.
import { MusterError } from "@muster/proto";
import type { RuleSet } from "@muster/proto/matchmaking";
import { connectMatcher } from "../contract/connection.ts";
import { appliesTo, type Expected, type PutOptions } from "./config.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";
import { readTextFile } from "./json-file.ts";

/** Prints all rule sets by name, with who plays by them. With --json one a line. */
export async function listRuleSets(context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { ruleSets } = await matcher.configurations.listRuleSets({}, { signal: context.signal });
  if (context.json) {
    for (const { name, version, putAt, usedBy } of ruleSets) printJson(context, { name, version, putAt, usedBy });
  } else for (const line of table(ruleSets)) context.terminal.print(line);
  return 0;
}

/** Prints the document of one rule set. */
export async function showRuleSet(name: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { ruleSet } = await matcher.configurations.describeRuleSet({ name }, { signal: context.signal });
  if (!ruleSet) throw new MusterError("RULE_SET_NOT_FOUND", `Cannot find rule set ${name}`);
  const { version, putAt = new Date(0), usedBy, document } = ruleSet;
  if (context.json) printJson(context, { name, version, putAt, usedBy, document: JSON.parse(document) });
  else {
    context.terminal.print(`${name} is at version ${version}, put ${putAt.toISOString()}; ${describeUsers(usedBy)}`);
    context.terminal.print(JSON.stringify(JSON.parse(document), null, 2));
  }
  return 0;
}

/** Puts the rule set of a JSON file under the name, as it stands in the file. */
export async function putRuleSet(
  { name, path }: { readonly name: string; readonly path: string },
  { expectedVersion, newTickets }: PutOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const document = await readTextFile(path);
  await using matcher = connectMatcher(context.matcherAddress);
  const request = { name, document, expectedVersion, appliesTo: appliesTo(newTickets) };
  const { version } = await matcher.configurations.putRuleSet(request, { signal: context.signal });
  if (context.json) printJson(context, { name, version });
  else context.terminal.print(`${name} is at version ${version}`);
  return 0;
}

/** Deletes a rule set that no configuration uses. */
export async function deleteRuleSet(
  name: string,
  { expectedVersion = 0 }: Expected,
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  await matcher.configurations.deleteRuleSet({ name, expectedVersion }, { signal: context.signal });
  if (context.json) printJson(context, { name, deleted: true });
  else context.terminal.print(`${name} is deleted`);
  return 0;
}

function table(ruleSets: readonly RuleSet[]): readonly string[] {
  if (ruleSets.length === 0) return ["No rule sets. Make one: `npx muster rules put NAME FILE`"];
  return formatTable(
    ["RULE SET", "VERSION", "USED BY"],
    ruleSets.map(({ name, version, usedBy }) => [name, `${version}`, usedBy.join(", ") || "none"]),
  );
}

function describeUsers(usedBy: readonly string[]): string {
  return usedBy.length === 0 ? "no configuration uses it" : `used by ${usedBy.join(", ")}`;
}
