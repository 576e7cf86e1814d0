// What a player shows of itself to rule sets: the same for as long as the world lasts. Most are alike, so that a small world makes
// matches; some are far from everybody, or say nothing of what others do.
import type { Attributes } from "@muster/proto";
import { createChance } from "../engine/chance.ts";

export type Traits = {
  readonly attributes: Attributes;
  readonly latenciesMs: Readonly<Record<string, number>>;
};

export const TRAITLESS: Traits = { attributes: {}, latenciesMs: {} };

export function traitsOf(seed: number, playerId: string): Traits {
  const chance = createChance(seed, `traits of ${playerId}`);
  const skill = chance.happens(0.8) ? chance.pick([2, 3, 3, 4, 4, 5]) : chance.below(12) - 2;
  const ratings: Record<string, number> = {};
  if (chance.happens(0.8)) ratings.arena = chance.pick([1, 2, 2, 3, 5]);
  if (chance.happens(0.85)) ratings.patch = chance.happens(0.8) ? 7 : 8;
  const maps = ["x", "y", "z"].filter(() => chance.happens(0.6));
  const latency = () => chance.pick([20, 40, 60, 80, 200, 400]);
  return {
    attributes: {
      skill,
      ratings,
      mode: chance.happens(0.75) ? "a" : "b",
      maps: maps.length === 0 ? ["x"] : maps,
      ...(chance.happens(0.8) && { rank: chance.below(3) }),
    },
    latenciesMs: { eu: latency(), ...(chance.happens(0.9) && { us: latency() }) },
  };
}
