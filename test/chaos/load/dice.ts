// What chance decides in a run, drawn from its seed.
import type { Random } from "@muster/kit";

/** True with a probability of `share`, 0..1. */
export function chance(random: Random, share: number): boolean {
  return random.fraction() < share;
}

/** A number from `least` up to `most`. */
export function between(random: Random, least: number, most: number): number {
  return least + random.fraction() * (most - least);
}

/** One of the weighted, or undefined if all weigh nothing. */
export function drawWeighted<Item extends { readonly weight: number }>(
  random: Random,
  items: readonly Item[],
): Item | undefined {
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.fraction() * total;
  return items.find(({ weight }) => {
    left -= weight;
    return weight > 0 && left < 0;
  });
}
