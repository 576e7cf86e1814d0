// Divisions of players into teams, the benches that are open for one, and the match of those who have sat down on them.
import { compiledOnce } from "../compile/compiled-once.ts";
import { openInstances, type RosterTeam } from "../roster.ts";
import type { Tier } from "../rule-set.ts";
import { balanceTeams } from "./balance-teams.ts";
import type { Budget } from "./budget.ts";
import { byAge, type Candidate } from "./candidate.ts";
import { type Found, type Plan, type TierPlan, tierOf } from "./search-plan.ts";
import type { Bench, Seating } from "./seat-tickets.ts";
import { isLegalSizes, listSizes, type Room, type Sizes, type Sizing } from "./team-sizes.ts";

export type Division = { readonly tierPlan: TierPlan; readonly tickets: readonly Candidate[]; readonly sizes: Sizes };

export function sizesFor(
  plan: Plan,
  { tierPlan, players }: { readonly tierPlan: TierPlan; readonly players: number },
  budget: Budget,
): readonly Sizes[] {
  const known = tierPlan.sizesByTotal.get(players);
  if (known) return known;
  const { list, steps } = listSizes(tierPlan.sizing, players, plan.distinct);
  budget.left = Math.max(0, budget.left - steps);
  tierPlan.sizesByTotal.set(players, list);
  return list;
}

/** The benches that are open for a division into teams, and when who sits on them is a match. */
export function layTable(plan: Plan, { tierPlan, sizes }: Pick<Division, "tierPlan" | "sizes">) {
  const { sizing } = tierPlan;
  const seated = new Map(plan.search.seated.map(({ name, players }) => [name, players]));
  const indexOf = new Map(sizing.rooms.map((room, index) => [room.name, index]));
  const sizeOf = (name: string) => sizes[indexOf.get(name) ?? -1] ?? 0;
  const benches: readonly Bench[] = openRooms(sizing, sizeOf).map((room) => ({
    name: room.name,
    template: room.template.name,
    seated: seated.get(room.name) ?? [],
    wanted: sizeOf(room.name) - room.seated,
    hasTwins: room.seated === 0 && !plan.distinct.has(room.name),
  }));
  const isLegal = (roster: readonly RosterTeam[], chosen: readonly Candidate[]) => {
    const own = tierOf(plan, chosen); // All may be older than the tier they were sought for.
    return Boolean(own && isLegalSizes(own.sizing, sizes) && compiledOnce(own.tier.rules).holds(roster));
  };
  return { benches, isLegal };
}

type Finished = Pick<ReturnType<typeof layTable>, "benches" | "isLegal"> & {
  readonly tierPlan: TierPlan;
  readonly seating: Seating;
};

/** What was found, its teams made alike where the rule set says so. */
export function finish(plan: Plan, { tierPlan, benches, isLegal, seating }: Finished, budget: Budget): Found {
  const held = tierOf(plan, seating.tickets)?.tier ?? tierPlan.tier;
  const { balancedAttribute: attribute, strategy } = held.algorithm;
  if (strategy !== "balanced" || !attribute) return foundOf(held, benches, seating);
  const isStillLegal = (roster: readonly RosterTeam[]) => isLegal(roster, seating.tickets);
  const placed = balanceTeams({ benches, placed: seating.placed, attribute, isLegal: isStillLegal }, budget);
  return foundOf(held, benches, { ...seating, placed });
}

function openRooms(sizing: Sizing, sizeOf: (instance: string) => number): readonly Room[] {
  const open = new Set(sizing.teams.flatMap((team) => openInstances(team, sizeOf)));
  return sizing.rooms.filter((room) => open.has(room.name));
}

function foundOf(tier: Tier, benches: readonly Bench[], { tickets, placed }: Seating): Found {
  const byBench = Map.groupBy(placed, (one) => one.bench);
  const teams = benches.map((bench, index) => ({ bench, added: byBench.get(index) ?? [] }));
  return { tier, tickets: tickets.toSorted(byAge), teams };
}
