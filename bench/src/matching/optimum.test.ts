// The bound that matches are measured by, beside two searches that take nothing for granted: one over all plans of neighbours,
// and one over all plans whatsoever, for lanes so small that it ends.
import fc from "fast-check";
import { expect, test } from "vitest";
import { mostMatches } from "./optimum.ts";

/** Over all ways to take groups of neighbours from a sorted lane: each either begins a group or is left out. */
function mostOfNeighbours(skills: readonly number[], { players, spread }: Parameters<typeof mostMatches>[1]): number {
  const sorted = skills.toSorted((one, other) => one - other);
  const most = [0];
  for (let count = 1; count <= sorted.length; count += 1) {
    const skipped = most[count - 1] ?? 0;
    const first = sorted[count - players];
    const isGroup = first !== undefined && (sorted[count - 1] ?? 0) - first <= spread;
    most.push(Math.max(skipped, isGroup ? (most[count - players] ?? 0) + 1 : 0));
  }
  return most.at(-1) ?? 0;
}

/** Over all sets of disjoint groups: the first is in none, or in one with any others. */
function mostOfAll(skills: readonly number[], window: Parameters<typeof mostMatches>[1]): number {
  const [first, ...others] = skills;
  if (first === undefined || skills.length < window.players) return 0;
  let most = mostOfAll(others, window);
  for (const group of choose(others, window.players - 1)) {
    const chosen = [first, ...group.map((index) => others[index] ?? 0)];
    if (Math.max(...chosen) - Math.min(...chosen) > window.spread) continue;
    const left = others.filter((_, index) => !group.includes(index));
    most = Math.max(most, 1 + mostOfAll(left, window));
  }
  return most;
}

function choose(from: readonly number[], count: number, start = 0): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return Array.from({ length: Math.max(0, from.length - start) }, (_, offset) => start + offset).flatMap((index) =>
    choose(from, count - 1, index + 1).map((rest) => [index, ...rest]),
  );
}

test("mostMatches() finds as many as a search of all plans of neighbours", () => {
  const skill = fc.integer({ min: 0, max: 600 });
  fc.assert(
    fc.property(fc.array(skill, { maxLength: 120 }), fc.integer({ min: 1, max: 10 }), (skills, players) => {
      const window = { players, spread: 100 };
      expect(mostMatches(skills, window)).toBe(mostOfNeighbours(skills, window));
    }),
  );
});

test("mostMatches() finds as many as a search of all plans whatsoever", () => {
  const skill = fc.integer({ min: 0, max: 30 });
  fc.assert(
    fc.property(fc.array(skill, { maxLength: 9 }), fc.constantFrom(2, 3, 4), (skills, players) => {
      const window = { players, spread: 6 };
      expect(mostMatches(skills, window)).toBe(mostOfAll(skills, window));
    }),
    { numRuns: 200 },
  );
});
