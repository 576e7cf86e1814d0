// muster fleet alias list | set | close | forget: what the names of destinations stand for.
import type { Alias } from "@muster/proto/fleet";
import { connectFleet } from "../contract/connection.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";

export type SetAliasOptions =
  | { readonly name: string; readonly fleet: string }
  | { readonly name: string; readonly message: string };

/** Prints all aliases by name. With --json one a line. */
export async function listAliases(context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const { aliases } = await connection.fleet.describeAliases({}, { signal: context.signal });
  if (context.json) for (const alias of aliases) printJson(context, plainAlias(alias));
  else for (const line of describeAliases(aliases)) context.terminal.print(line);
  return 0;
}

/** Points the alias at a fleet, or closes it with a message. */
export async function setAlias(options: SetAliasOptions, context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const target =
    "fleet" in options
      ? { $case: "fleet" as const, value: options.fleet }
      : { $case: "message" as const, value: options.message };
  const request = { alias: { name: options.name, target: { target } } };
  const { alias } = await connection.fleet.putAlias(request, { signal: context.signal });
  if (alias && context.json) printJson(context, plainAlias(alias));
  else if (alias) context.terminal.print(`${alias.name} ${describeTarget(alias)}`);
  return 0;
}

/** The alias is what muster.json says again. */
export async function forgetAlias(name: string, context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  await connection.fleet.deleteAlias({ name }, { signal: context.signal });
  if (context.json) printJson(context, { name });
  else context.terminal.print(`${name} is what muster.json says`);
  return 0;
}

function describeAliases(aliases: readonly Alias[]): readonly string[] {
  if (aliases.length === 0) return ["No aliases. Make one: `npx muster fleet alias set NAME FLEET`"];
  return formatTable(
    ["ALIAS", "TARGET"],
    aliases.map((alias) => [alias.name, describeTarget(alias)]),
  );
}

function describeTarget({ target }: Alias): string {
  if (target?.target?.$case === "fleet") return `-> ${target.target.value}`;
  return `closed: ${target?.target?.value ?? ""}`;
}

function plainAlias({ name, target }: Alias) {
  return target?.target?.$case === "fleet"
    ? { name, fleet: target.target.value }
    : { name, message: target?.target?.value ?? "" };
}
