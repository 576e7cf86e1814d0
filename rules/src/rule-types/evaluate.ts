// The value of an expression over a roster: the reference reading of the language, written for clarity.
import { unreachable } from "@muster/kit";
import type { AttributeValue } from "@muster/proto";
import type { Expression, FunctionName, TeamReference } from "../language/expression.ts";
import { type Roster, type RosterTeam, readAttribute, type SeatedPlayer } from "../roster.ts";

/** Undefined is "nothing": the average of nobody. Rules pass over it, as FlexMatch does while a team is empty. */
export type Value = number | string | undefined | StringList | readonly Value[];

/** A list of strings that counts as one value: what one player, or one party, brings. */
export type StringList = { readonly strings: readonly string[] };

/** What `expression` comes to for the open teams of `roster`. A team that is not open has no players. */
export function evaluate(expression: Expression, roster: Roster): Value {
  switch (expression.type) {
    case "teams":
      return perTeam(expression.teams, roster, (team) => team.name);
    case "players":
    case "player-ids":
      return perTeam(expression.teams, roster, (team) => team.players.map((player) => player.playerId));
    case "attribute":
      return perTeam(expression.teams, roster, (team) => readValues(team.players, expression));
    case "call":
      return apply(expression.name, evaluate(expression.argument, roster), expression.argument.depth);
    default:
      return unreachable(expression);
  }
}

/** The numbers and strings of a nested value, without the nothings. */
export function leavesOf(value: Value): readonly (number | string)[] {
  if (value === undefined || isStringList(value)) return [];
  return typeof value === "object" ? value.flatMap(leavesOf) : [value];
}

/** The numbers and strings that `measurements` come to, all in one list. */
export function readLeaves(measurements: readonly Expression[]): (roster: Roster) => readonly (number | string)[] {
  return (roster) => measurements.flatMap((measurement) => leavesOf(evaluate(measurement, roster)));
}

/** The string lists of a nested value, without the nothings. */
export function listsOf(value: Value): readonly (readonly string[])[] {
  if (typeof value !== "object") return [];
  return isStringList(value) ? [value.strings] : value.flatMap(listsOf);
}

function isStringList(value: Value): value is StringList {
  return typeof value === "object" && "strings" in value;
}

/**
 * Each measured value with what it is compared with: a single reference meets every value; a list meets the measured
 * list element by element, and so on inward. Undefined when such lists differ in length. Nothings are left out.
 */
export function pairUp(measured: Value, reference: Value): readonly Pair[] | undefined {
  if (measured === undefined || reference === undefined) return [];
  if (isStringList(measured) || isStringList(reference)) return [];
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
  const byName = new Map(roster.map((team) => [team.name, team]));
  return teams.instances.flatMap((name) => byName.get(name) ?? []).map(read);
}

const nobody: RosterTeam = { name: "", players: [] };

type AttributeExpression = Extract<Expression, { readonly type: "attribute" }>;

function readValues(players: readonly SeatedPlayer[], expression: AttributeExpression): readonly Value[] {
  const { aggregation } = expression;
  if (aggregation === "each") return players.map((player) => readLeaf(player, expression));
  const parties = Map.groupBy(players, (player) => player.ticketId);
  return players.map((player) => {
    if (player.ticketId === undefined) return readLeaf(player, expression);
    const party = parties.get(player.ticketId) ?? [];
    if (aggregation === "any") return readLeaf(party.toSorted(byId)[0] ?? player, expression);
    const values = party.map((member) => readLeaf(member, expression));
    if (aggregation === "union" || aggregation === "intersection") {
      // The party's list once: a rule that counts a value would count it for every member.
      return player === party[0] ? { strings: combine(aggregation, values.flatMap(listsOf)) } : undefined;
    }
    return reduce(aggregation, values);
  });
}

function readLeaf(player: SeatedPlayer, { attribute, mapKey }: AttributeExpression): Value {
  const value = readAttribute(player, attribute);
  if (mapKey !== undefined) return isNumberMap(value) && Object.hasOwn(value, mapKey) ? value[mapKey] : undefined;
  if (Array.isArray(value)) return { strings: value };
  return typeof value === "object" ? undefined : value;
}

function isNumberMap(value: AttributeValue | undefined): value is Readonly<Record<string, number>> {
  return typeof value === "object" && !Array.isArray(value);
}

/** The strings of any of `lists`, or those of all. Each once, in the order of the first list that has them. */
export function combine(how: "union" | "intersection", lists: readonly (readonly string[])[]): readonly string[] {
  if (how === "union") return [...new Set(lists.flat())];
  const [first = [], ...others] = lists;
  let shared = [...new Set(first)];
  for (const list of others) {
    if (shared.length === 0) break;
    const texts = new Set(list);
    shared = shared.filter((text) => texts.has(text));
  }
  return shared;
}

function byId(one: SeatedPlayer, other: SeatedPlayer): number {
  return one.playerId < other.playerId ? -1 : 1;
}

/** `depth` is how deep the argument is nested: a function works on each innermost list. */
function apply(name: FunctionName, argument: Value, depth: number): Value {
  if (isStringList(argument)) return argument.strings.length; // Only count() is given a single list.
  const list = typeof argument === "object" ? argument : [];
  if (name === "flatten") return flatten(list);
  if (depth > 1) return list.map((inner) => apply(name, inner, depth - 1));
  if (name === "set_intersection") {
    const lists = list.flatMap(listsOf);
    return lists.length === 0 ? undefined : { strings: combine("intersection", lists) };
  }
  return reduce(name, list);
}

function flatten(list: readonly Value[]): readonly Value[] {
  return list.flatMap((value) => {
    if (value === undefined) return [];
    return typeof value === "object" && !isStringList(value) ? flatten(value) : [value];
  });
}

function reduce(
  name: Exclude<FunctionName, "flatten" | "set_intersection">,
  list: readonly Value[],
): number | undefined {
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
