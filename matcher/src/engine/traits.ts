// What one ticket shows of itself to lanes, buckets and masks. The usual shapes (everybody's value of one attribute) are read
// without evaluating an expression: a million tickets pass here after a restart.
import type { JudgedPlayer, JudgedTicket } from "@muster/rules";
import {
  type AttributeSpec,
  groupsByTeam,
  isPerPlayer,
  type Kinship,
  type Roster,
  type Rule,
  readAttribute,
  sourceOf,
  typeOf,
} from "@muster/rules/plan";

/** The ticket's range. Answers false if it has no value at all. */
export type ReadRange = (ticket: JudgedTicket, into: Range) => boolean;
export type Range = { low: number; high: number };

/** The one value of all players of the ticket; `mixed` if they differ, undefined if they have none. */
export type ReadValue = (ticket: JudgedTicket) => number | string | Mixed | undefined;
export const mixed = Symbol("mixed");
export type Mixed = typeof mixed;

/** The strings that all players of the ticket share; undefined if they have none to share. */
export type ReadShared = (ticket: JudgedTicket) => readonly string[] | undefined;

export function rangeReader(kinship: Kinship): ReadRange {
  const plain = plainAttribute(kinship);
  const read = (ticket: JudgedTicket, into: Range) => {
    const numbers = kinship.read(rosterAlone(ticket)).map(Number);
    if (numbers.length === 0) return false;
    into.low = numbers.reduce((least, value) => Math.min(least, value));
    into.high = numbers.reduce((most, value) => Math.max(most, value));
    return true;
  };
  if (plain?.attribute.type !== "number") return read;
  const { attribute, aggregation } = plain;
  return (ticket, into) => {
    const { players } = ticket;
    const [first] = players;
    if (players.length > 1 && (isSplit(players) || aggregation === "any")) return read(ticket, into);
    const value = first && numberOf(first, attribute);
    if (value === undefined) return read(ticket, into);
    let low = value;
    let high = value;
    let sum = value;
    for (let index = 1; index < players.length; index += 1) {
      const player = players[index];
      const next = player && numberOf(player, attribute);
      if (next === undefined) return read(ticket, into);
      if (next < low) low = next;
      if (next > high) high = next;
      sum += next;
    }
    if (aggregation === "min") high = low;
    else if (aggregation === "max") low = high;
    else if (aggregation === "avg") {
      low = sum / players.length;
      high = low;
    }
    into.low = low;
    into.high = high;
    return true;
  };
}

export function valueReader(kinship: Kinship): ReadValue {
  const plain = plainAttribute(kinship);
  const read: ReadValue = (ticket) => {
    const leaves = kinship.read(rosterAlone(ticket));
    if (leaves.length === 0) return undefined;
    return leaves.every((leaf) => leaf === leaves[0]) ? leaves[0] : mixed;
  };
  if (!plain || (plain.attribute.type !== "string" && plain.attribute.type !== "number")) return read;
  const { attribute, aggregation } = plain;
  return (ticket) => {
    const { players } = ticket;
    if (players.length > 1 && (aggregation !== "each" || isSplit(players))) return read(ticket);
    const [first] = players;
    const value = first && readAttribute(first, attribute);
    if (typeof value !== "string" && typeof value !== "number") return read(ticket);
    for (let index = 1; index < players.length; index += 1) {
      const player = players[index];
      if (player && readAttribute(player, attribute) !== value) return read(ticket);
    }
    return value;
  };
}

export function sharedReader(kinship: Kinship): ReadShared {
  return (ticket) => {
    const leaves = kinship.read(rosterAlone(ticket));
    return leaves.length === 0 ? undefined : [...new Set(leaves.map(String))];
  };
}

/** The numbers of everybody who sits there, from the lowest to the highest. Answers false if nobody has any. */
export function seatedRangeReader(kinship: Kinship): (seated: Roster, into: Range) => boolean {
  const read = seatedReader(kinship, "number");
  return (seated, into) => {
    into.low = Number.POSITIVE_INFINITY;
    into.high = Number.NEGATIVE_INFINITY;
    for (const value of read(seated)) {
      into.low = Math.min(into.low, Number(value));
      into.high = Math.max(into.high, Number(value));
    }
    return into.low <= into.high;
  };
}

/** The one value of everybody who sits there; `mixed` if they differ, undefined if nobody has any. */
export function seatedValueReader(kinship: Kinship): (seated: Roster) => ReturnType<ReadValue> {
  const read = seatedReader(kinship, "string");
  return (seated) => {
    const values = read(seated);
    return values.every((value) => value === values[0]) ? values[0] : mixed;
  };
}

/** What the demand is about, of everybody who sits there: of a plain attribute without evaluating an expression. */
function seatedReader(kinship: Kinship, type: "number" | "string"): (seated: Roster) => readonly (number | string)[] {
  const plain = plainAttribute(kinship);
  if (plain?.attribute.type !== type || plain.aggregation !== "each") return kinship.read;
  const { attribute } = plain;
  return (seated) => {
    const values: (number | string)[] = [];
    for (const { players } of seated) {
      for (const player of players) {
        const value = readAttribute(player, attribute);
        if (typeof value !== "string" && typeof value !== "number") return kinship.read(seated);
        values.push(value);
      }
    }
    return values;
  };
}

/** The ticket as a match of its own: its groups, each in a team that has no name. Only rules over all teams see them. */
export function rosterAlone({ ticketId, players }: JudgedTicket): Roster {
  return groupsByTeam(players).map((group) => ({
    name: "",
    players: group.players.map((player) => ({ ...player, ticketId })),
  }));
}

/** Whether the rule's constraint alone on the ticket is kept. */
export function isAdmitted(rule: Rule, ticket: JudgedTicket): boolean {
  return typeOf(rule).mayStillHold(rule, rosterAlone(ticket));
}

type Plain = { readonly attribute: AttributeSpec; readonly aggregation: string };

/** The one attribute whose values of everybody the demand is about, if that is all that it reads. */
function plainAttribute({ measures }: Kinship): Plain | undefined {
  const [measurement, another] = measures ?? [];
  if (!measurement || another || !isPerPlayer(measurement)) return undefined;
  const source = sourceOf(measurement);
  if (source.type !== "attribute" || !source.teams.isAll || source.mapKey !== undefined) return undefined;
  return { attribute: source.attribute, aggregation: source.aggregation };
}

function isSplit(players: readonly JudgedPlayer[]): boolean {
  return players.some((player) => player.team !== undefined) && groupsByTeam(players).length > 1;
}

function numberOf(player: JudgedPlayer, spec: AttributeSpec): number | undefined {
  const value = readAttribute(player, spec);
  return typeof value === "number" ? value : undefined;
}
