// muster config list | show | put | delete: matchmaking configurations of a matcher that runs.
import { readConfigurationDocument, writeConfigurationDocument } from "@muster/matcher";
import { MusterError } from "@muster/proto";
import { AppliesTo, type MatchmakingConfiguration } from "@muster/proto/matchmaking";
import { connectMatcher } from "../contract/connection.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";
import { readJsonFile } from "./json-file.ts";

/** What a change may expect of the version that is there. Undefined: whichever it is. */
export type Expected = { readonly expectedVersion: number | undefined };

export type PutOptions = Expected & {
  /** Tickets of before play on by what they have. */
  readonly newTickets: boolean;
};

export function appliesTo(newTickets: boolean): AppliesTo {
  return newTickets ? AppliesTo.NEW_TICKETS : AppliesTo.ALL_TICKETS;
}

/** Prints all configurations by name. With --json one a line. */
export async function listConfigurations(context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { configurations } = await matcher.configurations.listConfigurations({}, { signal: context.signal });
  if (context.json) for (const one of configurations) printJson(context, plain(one));
  else for (const line of table(configurations)) context.terminal.print(line);
  return 0;
}

/** Prints one configuration as muster.json would write it. */
export async function showConfiguration(name: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { configuration } = await matcher.configurations.describeConfiguration({ name }, { signal: context.signal });
  if (!configuration) throw new MusterError("CONFIGURATION_NOT_FOUND", `Cannot find configuration ${name}`);
  const shown = plain(configuration);
  if (context.json) printJson(context, shown);
  else {
    context.terminal.print(`${name} is at version ${shown.version}, put ${shown.putAt}`);
    context.terminal.print(JSON.stringify(shown.configuration, null, 2));
  }
  return 0;
}

/** Puts the configuration of a JSON file. */
export async function putConfiguration(
  path: string,
  { expectedVersion, newTickets }: PutOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const configuration = readConfigurationDocument(await readJsonFile(path));
  await using matcher = connectMatcher(context.matcherAddress);
  const request = { configuration, expectedVersion, appliesTo: appliesTo(newTickets) };
  const { version } = await matcher.configurations.putConfiguration(request, { signal: context.signal });
  if (context.json) printJson(context, { name: configuration.name, version });
  else context.terminal.print(`${configuration.name} is at version ${version}`);
  return 0;
}

/** Deletes it; says what becomes of those who wait. */
export async function deleteConfiguration(
  name: string,
  { expectedVersion = 0 }: Expected,
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  await matcher.configurations.deleteConfiguration({ name, expectedVersion }, { signal: context.signal });
  if (context.json) printJson(context, { name, deleted: true });
  else context.terminal.print(`${name} is deleted; who searched by it is CANCELLED, CONFIGURATION_DELETED`);
  return 0;
}

function table(configurations: readonly MatchmakingConfiguration[]): readonly string[] {
  if (configurations.length === 0) return ["No configurations. Make one: `npx muster config put FILE`"];
  return formatTable(
    ["CONFIGURATION", "VERSION", "RULE SET", "QUEUE"],
    configurations.map(({ name, version = 0, ruleSet, alternatives, queue }) => [
      name,
      `${version}`,
      [ruleSet, ...alternatives.map((one) => one.ruleSet)].join(", "),
      queue || "none: groups only",
    ]),
  );
}

function plain(message: MatchmakingConfiguration) {
  const { version = 0, putAt = new Date(0) } = message;
  return { version, putAt: putAt.toISOString(), configuration: writeConfigurationDocument(message) };
}
