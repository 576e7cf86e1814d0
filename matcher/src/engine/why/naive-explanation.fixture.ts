// For tests only: what an explanation should say, found by looking at every other ticket with the rules' own words and by trying
// every seat. Knows nothing of lanes, buckets, recipes and bounds.
import {
  groupsByTeam,
  isLegalSizes,
  type Roster,
  type Rule,
  type Sizing,
  sizingOf,
  type Tier,
  typeOf,
} from "@muster/rules/plan";
import type { PooledTicket } from "../pool.ts";

export type NaiveWorld = {
  readonly tiers: readonly Tier[];
  readonly isByOldest: boolean;
  readonly nowMs: number;
  readonly ticket: PooledTicket;
  /** Who may be matched beside it. */
  readonly others: readonly PooledTicket[];
};

export type ConstraintName = "same" | "shared" | "within" | "admission" | "seats";

/** Of the rule at that place in each tier; `seats` of none. */
export function countNaively(world: NaiveWorld, of: { readonly index: number; readonly is: ConstraintName }): number {
  return world.others.filter((other) => isKept(world, other, of)).length;
}

/** Others that keep all of `constraints`, the ticket itself being admitted too. */
export function findFittingNaively(
  world: NaiveWorld,
  constraints: readonly { readonly index: number; readonly is: ConstraintName }[],
): readonly PooledTicket[] {
  return world.others.filter((other) => {
    const tier = tierOf(world, other);
    return constraints.every((one) => {
      const rule = tier.rules[one.index];
      const isWelcome = one.is !== "admission" || !rule || isAdmitted(rule, world.ticket);
      return isWelcome && isKept(world, other, one);
    });
  });
}

/** How far beyond what is allowed the other is along the rule of that place. */
export function excessOf(world: NaiveWorld, other: PooledTicket, index: number): number {
  const rule = tierOf(world, other).rules[index];
  const kinship = rule && typeOf(rule).kinship(rule);
  if (kinship?.type !== "within") return 0;
  const numbers = kinship.read([...alone(world.ticket), ...alone(other)]).map(Number);
  return Math.max(...numbers) - Math.min(...numbers) - kinship.spread;
}

/** The fewest single players that make a match of the ticket and some of `fitting` legal by numbers; undefined: no number does. */
export function missingNaively(world: NaiveWorld, fitting: readonly PooledTicket[]): number | undefined {
  const age = world.nowMs - world.ticket.searchingSinceMs;
  const tier = world.tiers.findLast(({ fromAgeMs }) => fromAgeMs <= age);
  const sizing = tier && sizingOf(tier, new Map());
  if (!sizing) return undefined;
  const room = sizing.rooms.reduce((sum, { max }) => sum + max, 0);
  for (let more = 0; more <= room; more += 1) {
    const groups = [world.ticket, ...fitting].map(groupsFor);
    const singles = Array.from({ length: more }, () => [{ team: undefined, size: 1 }]);
    if (canFill(sizing, [...groups, ...singles])) return more;
  }
  return undefined;
}

type Group = { readonly team: string | undefined; readonly size: number };

/** Whether some of the parties, the first among them, make teams of legal sizes. */
function canFill(sizing: Sizing, parties: readonly (readonly Group[])[]): boolean {
  const seen = new Set<string>();
  const go = (index: number, sizes: readonly number[]): boolean => {
    const key = `${index} ${sizes.join()}`;
    if (seen.has(key)) return false;
    seen.add(key);
    const party = parties[index];
    if (!party) return isLegalSizes(sizing, sizes);
    if (index > 0 && go(index + 1, sizes)) return true;
    return seatings(sizing, party, sizes).some((next) => go(index + 1, next));
  };
  return go(
    0,
    sizing.rooms.map(() => 0),
  );
}

/** Every way to seat the groups beside those who sit there. */
function seatings(sizing: Sizing, groups: readonly Group[], sizes: readonly number[]): readonly (readonly number[])[] {
  const [group, ...rest] = groups;
  if (!group) return [sizes];
  return sizing.rooms.flatMap((room, index) => {
    const suits = group.team === undefined || group.team === room.name || group.team === room.template.name;
    const size = (sizes[index] ?? 0) + group.size;
    return suits && size <= room.max ? seatings(sizing, rest, sizes.with(index, size)) : [];
  });
}

function isKept(
  world: NaiveWorld,
  other: PooledTicket,
  { index, is }: { readonly index: number; readonly is: ConstraintName },
): boolean {
  const tier = tierOf(world, other);
  if (is === "seats") {
    const sizing = sizingOf(tier, new Map());
    const none = sizing.rooms.map(() => 0);
    return seatings(sizing, [...groupsFor(world.ticket), ...groupsFor(other)], none).length > 0;
  }
  const rule = tier.rules[index];
  if (!rule) return true;
  if (is === "admission") return isAdmitted(rule, other);
  const kinship = typeOf(rule).kinship(rule);
  if (!kinship) return true;
  const read = kinship.read([...alone(world.ticket), ...alone(other)]);
  switch (kinship.type) {
    case "same":
      return new Set(read).size <= 1;
    case "shared":
      return read.length >= kinship.least;
    case "within":
      return read.length === 0 || excessOf(world, other, index) <= 0;
  }
}

function isAdmitted(rule: Rule, ticket: PooledTicket): boolean {
  return typeOf(rule).mayStillHold(rule, alone(ticket));
}

function tierOf({ tiers, isByOldest, nowMs, ticket }: NaiveWorld, other: PooledTicket): Tier {
  const ages = [ticket, other].map(({ searchingSinceMs }) => nowMs - searchingSinceMs);
  const age = isByOldest ? Math.max(...ages) : Math.min(...ages);
  const tier = tiers.findLast(({ fromAgeMs }) => fromAgeMs <= age) ?? tiers[0];
  if (!tier) throw new Error("a rule set has a tier");
  return tier;
}

function alone({ ticketId, players }: PooledTicket): Roster {
  return groupsByTeam(players).map((group) => ({
    name: "",
    players: group.players.map((player) => ({ ...player, ticketId })),
  }));
}

function groupsFor({ players }: PooledTicket): readonly Group[] {
  return groupsByTeam(players).map(({ team, players: members }) => ({ team, size: members.length }));
}
