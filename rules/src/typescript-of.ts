// A rule set's attributes and teams as TypeScript, for the code of whoever sends tickets and whoever runs the battles.
import type { AttributeSpec, RuleSet } from "./rule-set.ts";
import { teamShapes } from "./team-shapes.ts";

const TYPES: Readonly<Record<AttributeSpec["type"], string>> = {
  number: "number",
  string: "string",
  string_list: "readonly string[]",
  string_number_map: "Readonly<Record<string, number>>",
};

/** Instances of teams that are written one by one: beyond it they are any string. */
const TEAMS_MAX = 64;

/**
 * A module without imports: `TicketAttributes`, in which whatever has a default may be left out, `PlayerAttributes`, as game servers
 * get them, and `TeamName`. `source` is named in its first line.
 */
export function writeAttributeTypes(ruleSet: RuleSet, source: string): string {
  const { attributes } = ruleSet;
  const names = teamShapes(ruleSet).map(({ name }) => JSON.stringify(name));
  return [
    `// Made by muster types from ${source.replaceAll(/[\r\n\u2028\u2029]/g, " ")}: make it again when that changes.`,
    "",
    "/** What a player brings with a ticket. More than this is passed through to the game. */",
    ...objectType("TicketAttributes", attributes, ({ default: value }) => value !== undefined),
    "",
    "/** What a game server gets to know of a player: defaults are filled in. */",
    ...objectType("PlayerAttributes", attributes, () => false),
    "",
    "/** A team of a battle. */",
    `export type TeamName = ${names.length > TEAMS_MAX ? "string" : names.join(" | ")};`,
    "",
  ].join("\n");
}

function objectType(
  name: string,
  attributes: readonly AttributeSpec[],
  mayLack: (spec: AttributeSpec) => boolean,
): readonly string[] {
  if (attributes.length === 0) return [`export type ${name} = Readonly<Record<never, never>>;`];
  const fields = attributes.flatMap((spec) => [
    ...(spec.default === undefined ? [] : [`  /** ${commented(spec.default)} where the ticket says nothing. */`]),
    `  readonly ${keyOf(spec.name)}${mayLack(spec) ? "?" : ""}: ${TYPES[spec.type]};`,
  ]);
  return [`export type ${name} = {`, ...fields, "};"];
}

/** A value that cannot end the comment that it stands in. */
function commented(value: unknown): string {
  return JSON.stringify(value).replaceAll("*/", "*\\/");
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
}
