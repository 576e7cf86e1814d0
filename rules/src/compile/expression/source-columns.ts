// The columns that expressions begin with: what players bring, by party where the rule says so; their ids; the teams.
import type { Expression, PartyAggregation } from "../../language/expression.ts";
import type { JudgedPlayer } from "../../roster.ts";
import { attributeReader } from "./attribute-reader.ts";
import { oncePerLook } from "./look.ts";
import { type Column, createColumn, type Leaf } from "./node.ts";
import { type Parties, partiesOf } from "./parties.ts";
import type { Scope } from "./scope.ts";
import { type Seats, seatsOf } from "./seats.ts";
import { distinct, shared } from "./string-sets.ts";

type Source = Exclude<Expression, { readonly type: "call" }>;
type AttributeSource = Extract<Expression, { readonly type: "attribute" }>;

/** One item a player; of `teams`, one a team. */
export function sourceColumn(scope: Scope, source: Source): () => Column {
  switch (source.type) {
    case "teams": // Never measured, only counted: their names do not matter.
      return groupColumn(scope, source);
    case "players":
    case "player-ids":
      return playerColumn(seatsOf(scope, source.teams), scope, (player) => player.playerId);
    case "attribute":
      return attributeColumn(scope, source);
  }
}

function groupColumn(scope: Scope, { teams }: Source): () => Column {
  const seats = seatsOf(scope, teams);
  return oncePerLook(scope.look, createColumn(), (column) => {
    const { groups } = seats();
    for (let group = column.items.length; group < groups; group += 1) column.items.push("");
    column.length = groups;
    return column;
  });
}

function playerColumn(seats: () => Seats, { look }: Scope, read: (player: JudgedPlayer) => Leaf): () => Column {
  return oncePerLook(look, createColumn(), (column) => {
    const { players, length, ends, groups } = seats();
    const { items } = column;
    let hasNothing = false;
    for (let at = 0; at < length; at += 1) {
      const player = players[at];
      const value = player && read(player);
      items[at] = value;
      if (value === undefined) hasNothing = true;
    }
    column.length = length;
    column.ends = ends;
    column.groups = groups;
    column.hasNothing = hasNothing;
    return column;
  });
}

function attributeColumn(scope: Scope, { aggregation, attribute, mapKey, teams }: AttributeSource): () => Column {
  const seats = seatsOf(scope, teams);
  const each = playerColumn(seats, scope, attributeReader(attribute, mapKey));
  if (aggregation === "each") return each;
  const parties = partiesOf(scope, teams);
  const column = createColumn();
  const isOfLists = aggregation === "union" || aggregation === "intersection";
  return oncePerLook<Column>(scope.look, column, () => {
    const own = each();
    const { hasAny, first, next } = parties();
    if (!hasAny && !isOfLists) return own;
    const party: Party = { values: own.items, players: seats().players, next };
    let hasNothing = false;
    for (let at = 0; at < own.length; at += 1) {
      const leader = first[at] ?? at;
      // Each member counts with the party's number; a list that a party has together counts once.
      const value = leader === at ? partyValue(aggregation, party, at) : isOfLists ? undefined : column.items[leader];
      column.items[at] = value;
      if (value === undefined) hasNothing = true;
    }
    column.length = own.length;
    column.ends = own.ends;
    column.groups = own.groups;
    column.hasNothing = hasNothing;
    return column;
  });
}

/** Each player's own values, and who comes after whom in a party. */
type Party = { readonly values: readonly Leaf[]; readonly players: Seats["players"]; readonly next: Parties["next"] };

/** What the party whose first member sits at `first` counts with. */
function partyValue(how: PartyAggregation, party: Party, first: number): Leaf {
  const { values, players, next } = party;
  const second = next[first] ?? -1;
  switch (how) {
    case "each":
      return values[first];
    case "any": {
      let chosen = first;
      for (let at = second; at >= 0; at = next[at] ?? -1) {
        if ((players[at]?.playerId ?? "") < (players[chosen]?.playerId ?? "")) chosen = at;
      }
      return values[chosen];
    }
    case "union":
    case "intersection":
      if (players[first]?.ticketId === undefined) return values[first];
      return how === "union" ? unite(party, first) : intersect(party, first);
    case "min":
    case "max":
    case "avg":
      return second < 0 ? values[first] : summarise(how, party, first);
  }
}

function summarise(how: "min" | "max" | "avg", { values, next }: Party, first: number): number | undefined {
  let count = 0;
  let result = 0;
  for (let at = first; at >= 0; at = next[at] ?? -1) {
    const value = values[at];
    if (typeof value !== "number") continue;
    if (how === "avg") result += value;
    else if (count === 0) result = value;
    else result = how === "min" ? Math.min(result, value) : Math.max(result, value);
    count += 1;
  }
  if (count === 0) return undefined;
  return how === "avg" ? result / count : result;
}

function unite({ values, next }: Party, first: number): readonly string[] {
  let all: readonly string[] | undefined;
  for (let at = first; at >= 0; at = next[at] ?? -1) {
    const list = values[at];
    if (typeof list === "object") all = all ? all.concat(list) : list;
  }
  return all ? distinct(all) : noStrings;
}

const noStrings: readonly string[] = [];

function intersect({ values, next }: Party, first: number): readonly string[] {
  let common: readonly string[] | undefined;
  for (let at = first; at >= 0; at = next[at] ?? -1) {
    const list = values[at];
    if (typeof list === "object") common = common ? shared(common, list) : distinct(list);
  }
  return common ?? noStrings;
}
