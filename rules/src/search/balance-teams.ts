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

/** Changes of places that a step weighs: what each makes of the averages is worked out from sums. */
const CHANGES_PER_STEP = 16;

/** Less than so much nearer is the rounding of sums, and could go on for ever. */
const NEARER_RATIO = 1 - 1e-9;

/** The placing after the best changes, one after the other; as it came where none helps, or the budget is spent. */
export function balanceTeams(task: BalanceTask, budget: Budget): readonly Placed[] {
  const values = task.placed.map(({ group }) => totalOf(group.players, task.attribute));
  let placed = task.placed;
  for (let better = findBetter(task, { placed, values }, budget); better; ) {
    placed = better;
    better = findBetter(task, { placed, values }, budget);
  }
  return placed;
}

/** Values of some players: how many have one, and what they come to. */
type Total = { readonly count: number; readonly sum: number };

type Placing = {
  readonly placed: readonly Placed[];
  /** What each placed group has; a change of places leaves it. */
  readonly values: readonly Total[];
};

/** The first change that brings the averages nearer, of those that bring them nearest. */
function findBetter(task: BalanceTask, { placed, values }: Placing, budget: Budget): readonly Placed[] | undefined {
  const totals = task.benches.map((bench) => totalOf(bench.seated, task.attribute));
  for (const [index, { bench }] of placed.entries()) {
    const [before, value] = [totals[bench] ?? nothing, values[index] ?? nothing];
    totals[bench] = { count: before.count + value.count, sum: before.sum + value.sum };
  }
  const present = gapOf(totals);
  const changes: { readonly one: number; readonly other: number; readonly gap: number }[] = [];
  let weighed = 0;
  for (const [one, left] of placed.entries()) {
    for (let other = one + 1; other < placed.length; other += 1) {
      const right = placed[other];
      if (!right || !mayChange(left, right)) continue;
      weighed += 1;
      if (weighed % CHANGES_PER_STEP === 1) budget.left -= Math.ceil(totals.length / CHANGES_PER_STEP);
      if (budget.left <= 0) return undefined;
      const gap = gapAfter(totals, { left, right, leftValue: values[one], rightValue: values[other] });
      if (gap < present * NEARER_RATIO) changes.push({ one, other, gap });
    }
  }
  changes.sort((one, other) => one.gap - other.gap); // Stable: of equals the first found.
  for (const { one, other } of changes) {
    const [left, right] = [placed[one], placed[other]];
    if (!left || !right) continue;
    budget.left -= Math.ceil(placed.length / CHANGES_PER_STEP);
    if (budget.left <= 0) return undefined;
    const changed = placed.with(one, { ...left, bench: right.bench }).with(other, { ...right, bench: left.bench });
    if (task.isLegal(rosterOfPlaced(task.benches, changed))) {
      return changed;
    }
  }
  return undefined;
}

function mayChange(one: Placed, other: Placed): boolean {
  const asks = one.group.team !== undefined || other.group.team !== undefined;
  return !asks && one.bench !== other.bench && one.group.players.length === other.group.players.length;
}

type Change = {
  readonly left: Placed;
  readonly right: Placed;
  readonly leftValue: Total | undefined;
  readonly rightValue: Total | undefined;
};

function gapAfter(totals: Total[], { left, right, leftValue = nothing, rightValue = nothing }: Change): number {
  const [one, other] = [totals[left.bench] ?? nothing, totals[right.bench] ?? nothing];
  const count = rightValue.count - leftValue.count;
  const sum = rightValue.sum - leftValue.sum;
  totals[left.bench] = { count: one.count + count, sum: one.sum + sum };
  totals[right.bench] = { count: other.count - count, sum: other.sum - sum };
  const gap = gapOf(totals);
  totals[left.bench] = one;
  totals[right.bench] = other;
  return gap;
}

/** How far the teams' averages are from one another: the sum of the squares of their distances from the average of all. */
function gapOf(totals: readonly Total[]): number {
  let teams = 0;
  let sum = 0;
  for (const total of totals) {
    if (total.count === 0) continue;
    teams += 1;
    sum += total.sum / total.count;
  }
  const middle = sum / Math.max(1, teams);
  let gap = 0;
  for (const total of totals) if (total.count > 0) gap += (total.sum / total.count - middle) ** 2;
  return gap;
}

const nothing: Total = { count: 0, sum: 0 };

function totalOf(players: readonly SeatedPlayer[], attribute: AttributeSpec): Total {
  const values = players.map((player) => readAttribute(player, attribute)).filter((value) => typeof value === "number");
  return { count: values.length, sum: values.reduce((sum, value) => sum + value, 0) };
}

/** Who sits on the benches with those who are placed there. */
export function rosterOfPlaced(benches: readonly Bench[], placed: readonly Placed[]): readonly RosterTeam[] {
  const byBench = Map.groupBy(placed, (one) => one.bench);
  return benches.map((bench, index) => ({
    name: bench.name,
    players: [...bench.seated, ...(byBench.get(index) ?? []).flatMap((one) => one.group.players)],
  }));
}
