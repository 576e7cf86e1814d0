// A balanced search makes the teams of a match alike: groups of one size change places for as long as that brings the
// teams' averages nearer to one another and the rules allow it.
import { type RosterTeam, readAttribute, type SeatedPlayer } from "../roster.ts";
import type { AttributeSpec } from "../rule-set.ts";
import type { Budget } from "./budget.ts";
import type { Bench, Placed } from "./seat-tickets.ts";

export type BalanceTask = {
  readonly benches: readonly Bench[];
  readonly placed: readonly Placed[];
  readonly attribute: AttributeSpec;
  readonly isLegal: (roster: readonly RosterTeam[]) => boolean;
};

/** The placing after the best changes, one after the other; as it came where none helps. Each look costs a step. */
export function balanceTeams(task: BalanceTask, budget: Budget): readonly Placed[] {
  let placed = task.placed;
  for (let better = findBetter(task, placed, budget); better; better = findBetter(task, placed, budget))
    placed = better;
  return placed;
}

/** The first change that brings the averages nearer, of those that bring them nearest. */
function findBetter(task: BalanceTask, placed: readonly Placed[], budget: Budget): readonly Placed[] | undefined {
  const changes: { readonly placed: readonly Placed[]; readonly gap: number }[] = [];
  const present = gapOf(task, placed);
  for (const [index, one] of placed.entries()) {
    for (const [offset, other] of placed.slice(index + 1).entries()) {
      if (budget.left <= 0) return undefined;
      if (!mayChange(one, other)) continue;
      budget.left -= 1;
      const changed = placed
        .with(index, { ...one, bench: other.bench })
        .with(index + 1 + offset, { ...other, bench: one.bench });
      const gap = gapOf(task, changed);
      if (gap < present) changes.push({ placed: changed, gap });
    }
  }
  changes.sort((one, other) => one.gap - other.gap); // Stable: of equals the first found.
  return changes.find((change) => task.isLegal(rosterOf(task.benches, change.placed)))?.placed;
}

function mayChange(one: Placed, other: Placed): boolean {
  const asks = one.group.team !== undefined || other.group.team !== undefined;
  return !asks && one.bench !== other.bench && one.group.players.length === other.group.players.length;
}

/** How far the teams' averages are from one another: the sum of the squares of their distances from the average of all. */
function gapOf({ benches, attribute }: BalanceTask, placed: readonly Placed[]): number {
  const averages = rosterOf(benches, placed).flatMap(({ players }) => averageOf(players, attribute) ?? []);
  const middle = averages.reduce((sum, value) => sum + value, 0) / Math.max(1, averages.length);
  return averages.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}

function averageOf(players: readonly SeatedPlayer[], attribute: AttributeSpec): number | undefined {
  const values = players.map((player) => readAttribute(player, attribute)).filter((value) => typeof value === "number");
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rosterOf(benches: readonly Bench[], placed: readonly Placed[]): readonly RosterTeam[] {
  return benches.map((bench, index) => ({
    name: bench.name,
    players: [...bench.seated, ...placed.filter((one) => one.bench === index).flatMap((one) => one.group.players)],
  }));
}
