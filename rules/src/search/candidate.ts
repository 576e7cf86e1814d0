// A candidate ticket as the search handles it: its groups by requested team, and its values for rules that relate any two
// players of a match, so that most of a pool is passed over without evaluating anything.

import { compiledOnce } from "../compile/compiled-once.ts";
import { type JudgedPlayer, type JudgedTicket, type Roster, readAttribute, type SeatedPlayer } from "../roster.ts";
import type { AttributeSpec } from "../rule-set.ts";
import type { Kinship } from "../rule-types/rule-type.ts";
import { type Rule, typeOf } from "../rule-types/table.ts";

export type Candidate = {
  readonly ticket: JudgedTicket;
  readonly size: number;
  readonly groups: readonly Group[];
  /** What the ticket alone has for each rule, in the order of the rules. */
  readonly traits: readonly Trait[];
};

/** Players of one ticket who sit together: the whole ticket, unless its players ask for different teams. */
export type Group = {
  readonly ticket: JudgedTicket;
  readonly team: string | undefined;
  readonly players: readonly SeatedPlayer[];
};

/** What a rule measures over some players: a range of numbers, one value, shared strings. Undefined: it says nothing. */
export type Trait =
  | { readonly type: "range"; readonly low: number; readonly high: number }
  | { readonly type: "value"; readonly value: number | string | undefined }
  | { readonly type: "set"; readonly values: ReadonlySet<number | string> }
  | undefined;

/** The ticket as a candidate, or undefined if a player lacks an attribute of `needed` that rules read. */
export function readCandidate(
  ticket: JudgedTicket,
  rules: readonly Rule[],
  needed: readonly AttributeSpec[],
): Candidate | undefined {
  const lacks = ticket.players.some((player) => needed.some((spec) => readAttribute(player, spec) === undefined));
  if (lacks || ticket.players.length === 0) return undefined;
  const seated = ticket.players.map((player) => ({ ...player, ticketId: ticket.ticketId }));
  const groups = groupsByTeam(seated).map((group) => ({ ticket, ...group }));
  // A party that splits aggregates per team, so what it measures together says nothing.
  const traits = groups.length > 1 ? rules.map(() => undefined) : traitsOf(aloneRoster(groups), rules);
  return { ticket, size: ticket.players.length, groups, traits };
}

/** Oldest first, ties by ticket id. */
export function byAge(one: Candidate, other: Candidate): number {
  const apart = one.ticket.searchingSinceMs - other.ticket.searchingSinceMs;
  if (apart !== 0) return apart;
  return one.ticket.ticketId < other.ticket.ticketId ? -1 : 1;
}

/** What the players of `roster` measure together, by rule. */
export function traitsOf(roster: Roster, rules: readonly Rule[]): readonly Trait[] {
  return rules.map((rule) => {
    const kinship = typeOf(rule).kinship(rule);
    if (!kinship) return undefined;
    const leaves = kinship.read(roster);
    if (leaves.length === 0) return undefined;
    if (kinship.type === "shared") return { type: "set", values: new Set(leaves) };
    if (kinship.type === "same") {
      return { type: "value", value: leaves.every((leaf) => leaf === leaves[0]) ? leaves[0] : undefined };
    }
    const numbers = leaves.map(Number);
    return {
      type: "range",
      low: numbers.reduce((least, value) => Math.min(least, value)),
      high: numbers.reduce((most, value) => Math.max(most, value)),
    };
  });
}

/**
 * What candidates have alone by `rules`, which are `first` as they hold at some age: a region that is too far at first may
 * suit later. Each is read once.
 */
export function traitsAt(rules: readonly Rule[], first: readonly Rule[]): (candidate: Candidate) => readonly Trait[] {
  // Of compounds, which are bound anew at every age, no trait is read.
  const isSame = rules.every((rule, index) => rule === first[index] || !typeOf(rule).kinship(rule));
  if (isSame) return (candidate) => candidate.traits;
  const known = new Map<Candidate, readonly Trait[]>();
  return (candidate) => {
    const traits =
      known.get(candidate) ?? (candidate.groups.length > 1 ? [] : traitsOf(aloneRoster(candidate.groups), rules));
    known.set(candidate, traits);
    return traits;
  };
}

/** False only if no legal match holds both: some rule forbids any two such players. */
export function areKin(
  kinships: readonly (Kinship | undefined)[],
  one: readonly Trait[],
  other: readonly Trait[],
): boolean {
  return kinships.every((kinship, index) => {
    const left = one[index];
    const right = other[index];
    if (!kinship || !left || !right) return true;
    if (left.type === "range" && right.type === "range" && kinship.type === "within") {
      return Math.max(left.high, right.high) - Math.min(left.low, right.low) <= kinship.spread;
    }
    if (left.type === "set" && right.type === "set" && kinship.type === "shared") {
      return countShared(left.values, right.values) >= kinship.least;
    }
    return left.type === "value" && right.type === "value" && left.value !== undefined && left.value === right.value;
  });
}

/** What both measure together, by rule, if `areKin`: who is kin to that is kin to each of them and to both. */
export function joinTraits(
  kinships: readonly (Kinship | undefined)[],
  one: readonly Trait[],
  other: readonly Trait[],
): readonly Trait[] | undefined {
  const joined: Trait[] = [];
  for (const [index, kinship] of kinships.entries()) {
    const left = one[index];
    const right = other[index];
    if (!kinship || !left || !right) joined.push(left ?? right);
    else if (left.type === "range" && right.type === "range" && kinship.type === "within") {
      const range = {
        type: "range",
        low: Math.min(left.low, right.low),
        high: Math.max(left.high, right.high),
      } as const;
      if (range.high - range.low > kinship.spread) return undefined;
      joined.push(range);
    } else if (left.type === "set" && right.type === "set" && kinship.type === "shared") {
      const values = new Set([...left.values].filter((value) => right.values.has(value)));
      if (values.size < kinship.least) return undefined;
      joined.push(values.size === left.values.size ? left : { type: "set", values });
    } else {
      const isSame = left.type === "value" && right.type === "value" && left.value === right.value;
      if (!isSame || left.value === undefined) return undefined;
      joined.push(left);
    }
  }
  return joined;
}

function countShared(one: ReadonlySet<number | string>, other: ReadonlySet<number | string>): number {
  let shared = 0;
  for (const value of one) if (other.has(value)) shared += 1;
  return shared;
}

/** How far two tickets are apart over all rules that measure numbers; 0 is alike. */
export function apartness(
  kinships: readonly (Kinship | undefined)[],
  one: readonly Trait[],
  other: readonly Trait[],
): number {
  return kinships.reduce((sum, kinship, index) => {
    const left = one[index];
    const right = other[index];
    if (kinship?.type !== "within" || left?.type !== "range" || right?.type !== "range") return sum;
    return sum + Math.abs(left.low + left.high - right.low - right.high) / (2 * kinship.unit);
  }, 0);
}

/** Whether no rule is broken by the ticket alone, whoever else comes. Rules about single teams are left for later. */
export function isAdmissible(rules: readonly Rule[], candidate: Candidate): boolean {
  if (candidate.groups.length > 1) return true;
  const roster = aloneRoster(candidate.groups);
  return compiledOnce(rules).mayStillHold(roster);
}

/** A team of no name: only expressions over all teams see who is in it. */
function aloneRoster(groups: readonly Group[]): Roster {
  return [{ name: "", players: groups.flatMap((group) => group.players) }];
}

/** The players by the team that they ask for. Who asks for nothing goes with the first who does. */
export function groupsByTeam<Player extends JudgedPlayer>(
  players: readonly Player[],
): readonly { readonly team: string | undefined; readonly players: readonly Player[] }[] {
  const first = players.find((player) => player.team !== undefined)?.team;
  if (players.every((player) => (player.team ?? first) === first)) return [{ team: first, players }];
  const byTeam = new Map<string | undefined, Player[]>();
  for (const player of players) {
    const team = player.team ?? first;
    const group = byTeam.get(team);
    if (group) group.push(player);
    else byTeam.set(team, [player]);
  }
  return [...byTeam].map(([team, members]) => ({ team, players: members }));
}
