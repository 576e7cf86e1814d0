// Choices by weight: how often each of several things is drawn, relative to the others.
import type { Random } from "@muster/kit";
import { invariant } from "@muster/kit";
import { z } from "zod";

export const weight = z.number().gt(0).max(1_000_000).describe("How often, relative to the others.");

/** One of `choices`, each as often as its weight says. There must be one. */
export function drawWeighted<Choice extends { readonly weight: number }>(
  choices: readonly Choice[],
  random: Random,
): Choice {
  const last = choices.at(-1);
  invariant(last, "there is something to choose from");
  let left = random.fraction() * choices.reduce((sum, choice) => sum + choice.weight, 0);
  for (const choice of choices) {
    left -= choice.weight;
    if (left < 0) return choice;
  }
  return last; // Rounding alone comes here.
}

/** One key of `weights`, each as often as its weight says. There must be one. */
export function drawKey(weights: Readonly<Record<string, number>>, random: Random): string {
  return drawWeighted(
    Object.entries(weights).map(([key, value]) => ({ key, weight: value })),
    random,
  ).key;
}
