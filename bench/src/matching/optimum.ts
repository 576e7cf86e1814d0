// How many matches there could have been, knowing everybody beforehand. In one lane, sorted by skill, some best plan takes only
// neighbours, and takes them from the lowest on whenever they lie near enough: shown beside a search of all plans in the test.
import type { Ticket } from "@muster/matcher/testing";

export type Window = {
  /** Players of a match. */
  readonly players: number;
  readonly spread: number;
};

/**
 * The most matches that one lane allows, if everybody came alone: of `skills`, whose order means nothing. Where parties are
 * taken apart into players it is an upper bound: whatever they can form, their players could.
 */
export function mostMatches(skills: readonly number[], { players, spread }: Window): number {
  const sorted = Float64Array.from(skills).sort();
  let matches = 0;
  for (let first = 0; first + players <= sorted.length; ) {
    const reach = (sorted[first + players - 1] ?? 0) - (sorted[first] ?? 0);
    if (reach <= spread) {
      matches += 1;
      first += players;
    } else {
      first += 1;
    }
  }
  return matches;
}

/** The same over all lanes of region and mode. */
export function mostMatchesOf(tickets: readonly Ticket[], window: Window): number {
  const lanes = new Map<string, number[]>();
  for (const { players } of tickets) {
    for (const { attributes } of players) {
      const key = `${String(attributes.region)} ${String(attributes.mode)}`;
      const lane = lanes.get(key);
      if (lane) lane.push(Number(attributes.skill));
      else lanes.set(key, [Number(attributes.skill)]);
    }
  }
  let matches = 0;
  for (const skills of lanes.values()) matches += mostMatches(skills, window);
  return matches;
}
