// The value of an expression over a roster: the reference reading of the language, written for clarity.
import { unreachable } from "@muster/kit";
import type { Expression, FunctionName, PartyAggregation, TeamReference } from "../language/expression.ts";
import { type Roster, type RosterTeam, readAttribute, type SeatedPlayer } from "../roster.ts";
import type { AttributeSpec } from "../rule-set.ts";

/** Undefined is "nothing": the average of nobody. Rules pass over it, as FlexMatch does while a team is empty. */
export type Value = number | string | undefined | readonly Value[];

/** What `expression` comes to for the open teams of `roster`. A team that is not open has no players. */
export function evaluate(expression: Expression, roster: Roster): Value {
  switch (expression.type) {
    case "teams":
      return perTeam(expression.teams, roster, (team) => team.name);
    case "players":
    case "player-ids":
      return perTeam(expression.teams, roster, (team) => team.players.map((player) => player.playerId));
    case "attribute":
      return perTeam(expression.teams, roster, (team) =>
        readValues(team.players, expression.attribute, expression.aggregation),
      );
    case "call":
      return apply(expression.name, evaluate(expression.argument, roster), expression.argument.depth);
    default:
      return unreachable(expression);
  }
}

/** The single values of a nested one, without the nothings. */
export function leavesOf(value: Value): readonly (number | string)[] {
  if (value === undefined) return [];
  return typeof value === "object" ? value.flatMap(leavesOf) : [value];
}

/**
 * Each measured value with what it is compared with: a single reference meets every value; a list meets the measured
 * list element by element, and so on inward. Undefined when such lists differ in length. Nothings are left out.
 */
export function pairUp(measured: Value, reference: Value): readonly Pair[] | undefined {
  if (measured === undefined || reference === undefined) return [];
  if (typeof measured !== "object") return typeof reference === "object" ? undefined : [{ measured, reference }];
  if (typeof reference !== "object") return leavesOf(measured).map((leaf) => ({ measured: leaf, reference }));
  if (measured.length !== reference.length) return undefined;
  const pairs: Pair[] = [];
  for (const [index, inner] of measured.entries()) {
    const innerPairs = pairUp(inner, reference[index]);
    if (!innerPairs) return undefined;
    pairs.push(...innerPairs);
  }
  return pairs;
}

export type Pair = { readonly measured: number | string; readonly reference: number | string };

function perTeam(teams: TeamReference, roster: Roster, read: (team: RosterTeam) => Value): Value {
  if (teams.isAll) return roster.map(read);
  if (!teams.isList) return read(roster.find((team) => team.name === teams.instances[0]) ?? nobody);
  return teams.instances.flatMap((name) => roster.filter((team) => team.name === name)).map(read);
}

const nobody: RosterTeam = { name: "", players: [] };

function readValues(
  players: readonly SeatedPlayer[],
  attribute: AttributeSpec,
  aggregation: PartyAggregation,
): readonly Value[] {
  return players.map((player) => {
    if (aggregation === "each" || player.ticketId === undefined) return readScalar(player, attribute);
    const party = players.filter((other) => other.ticketId === player.ticketId);
    if (aggregation === "any") return readScalar(party.toSorted(byId)[0] ?? player, attribute);
    const values = party.map((member) => readScalar(member, attribute));
    return reduce(aggregation, values);
  });
}

function readScalar(player: SeatedPlayer, attribute: AttributeSpec): number | string | undefined {
  const value = readAttribute(player, attribute);
  return typeof value === "object" ? undefined : value;
}

function byId(one: SeatedPlayer, other: SeatedPlayer): number {
  return one.playerId < other.playerId ? -1 : 1;
}

/** `depth` is how deep the argument is nested: a function works on each innermost list. */
function apply(name: FunctionName, argument: Value, depth: number): Value {
  if (name === "flatten") return leavesOf(argument);
  const list = typeof argument === "object" ? argument : [];
  if (depth > 1) return list.map((inner) => apply(name, inner, depth - 1));
  return reduce(name, list);
}

function reduce(name: Exclude<FunctionName, "flatten">, list: readonly Value[]): number | undefined {
  if (name === "count") return list.length;
  const numbers = list.filter((value) => typeof value === "number");
  if (name === "sum") return sum(numbers);
  if (numbers.length === 0) return undefined;
  const average = sum(numbers) / numbers.length;
  switch (name) {
    case "min":
      return numbers.reduce((least, value) => Math.min(least, value));
    case "max":
      return numbers.reduce((most, value) => Math.max(most, value));
    case "avg":
      return average;
    case "median":
      return median(numbers);
    case "stddev": // Of the whole group, not of a sample: no player is left out.
      return Math.sqrt(sum(numbers.map((value) => (value - average) ** 2)) / numbers.length);
    default:
      return unreachable(name);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return (lower + upper) / 2;
}
