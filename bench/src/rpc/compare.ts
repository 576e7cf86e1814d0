// Ours beside its floor, block by block in turn, so that whatever else runs on the machine hits both.
import type { Block } from "./load.ts";
import { median, medianRatio, percentile } from "./statistics.ts";

export type Round = { readonly ours: Block; readonly floor: Block };

export type Sides = {
  readonly ours: () => Promise<Block>;
  readonly floor: () => Promise<Block>;
};

export type Rounds = {
  /** Not counted: connections open, code gets hot. */
  readonly warmUps: number;
  readonly rounds: number;
};

/** Who begins changes with every round, so that neither is always the one that comes after the other's garbage. */
export async function compare({ warmUps, rounds }: Rounds, sides: Sides): Promise<readonly Round[]> {
  const counted: Round[] = [];
  for (let index = 0; index < warmUps + rounds; index += 1) {
    const round = index % 2 === 0 ? await runOursFirst(sides) : await runFloorFirst(sides);
    if (index >= warmUps) counted.push(round);
  }
  return counted;
}

async function runOursFirst(sides: Sides): Promise<Round> {
  const ours = await sides.ours();
  return { ours, floor: await sides.floor() };
}

async function runFloorFirst(sides: Sides): Promise<Round> {
  const floor = await sides.floor();
  return { ours: await sides.ours(), floor };
}

/** Calls a second as the median over the rounds, latencies over all samples; the floor's with "Echo" in their names. */
export function figuresOf(name: string, rounds: readonly Round[]): Record<string, number> {
  const side = (prefix: string, blocks: readonly Block[]) => {
    const latenciesMs = blocks.flatMap((block) => block.latenciesMs);
    return {
      [`${prefix}PerSecond`]: median(blocks.map((block) => block.perSecond)),
      [`${prefix}P50Ms`]: percentile(latenciesMs, 0.5),
      [`${prefix}P99Ms`]: percentile(latenciesMs, 0.99),
    };
  };
  const ours = rounds.map((round) => round.ours);
  const floor = rounds.map((round) => round.floor);
  return { ...side(name, ours), ...side(`${name}Echo`, floor) };
}

/** Throughput of ours ÷ the floor's: the more the better, 1 is the floor. */
export function throughputRatio(rounds: readonly Round[]): number {
  return medianRatio(
    rounds,
    (round) => round.ours.perSecond,
    (round) => round.floor.perSecond,
  );
}

/** 99th percentile of ours ÷ the floor's: the less the better, 1 is the floor. */
export function p99Ratio(rounds: readonly Round[]): number {
  return medianRatio(
    rounds,
    (round) => percentile(round.ours.latenciesMs, 0.99),
    (round) => percentile(round.floor.latenciesMs, 0.99),
  );
}
