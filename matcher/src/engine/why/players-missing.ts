// What a match with the ticket lacks by numbers alone: if all who fit the ticket also fitted one another, how many more players
// would have to come, and to which teams.
import { parsePlayerId } from "@muster/proto";
import { createPartyKinds, type PartyKind, type PartyKinds } from "../party.ts";
import type { Level } from "../plan.ts";
import { createRecipes, type Recipe, type Recipes } from "../recipes.ts";

export type PlayersMissing = {
  /** Players of the ticket, and of all others that fit it. */
  readonly present: number;
  /** The fewest players of a match. */
  readonly needed: number;
  /** At least so many single players who ask for no team have to come; undefined: it was not found out. */
  readonly missing: number | undefined;
  /** The same by team, as the smallest addition goes; empty where nobody is missing, or it was not found out. */
  readonly byTeam: readonly { readonly team: string; readonly players: number }[];
};

export interface MissingFinder {
  /** `supply`: tickets that fit by kind, the asking one among them. `isCut`: there may be more of them. */
  find(level: Level, supply: ReadonlyMap<number, number>, own: number, isCut: boolean): PlayersMissing;
}

/** Larger matches, and teams of more different sizes, are told by sums alone: not all of their sizes are gone through. */
const ROOM_MAX = 64;
const SIZES_MAX = 256;
/** Steps of one look for a match: some 0.2 ms. */
const STEPS_MAX = 2_000;
const ANYBODY = parsePlayerId("playerId", "anybody");

export function createMissingFinder(kinds: PartyKinds): MissingFinder {
  /** Kinds of its own, as nobody may have come alone yet. */
  const known = createPartyKinds(kinds.named);
  const single = known.kindOf([playerFor(undefined)]);
  const recipesByLevel = new Map<number, Recipes>();
  /** Levels at which a look ended for want of steps: what is remembered of it may be wrong. */
  const unsure = new Set<number>();
  const ownKind = (kind: number): PartyKind =>
    known.kindOf(
      kinds.get(kind).groups.flatMap(({ team, size }) => Array.from({ length: size }, () => playerFor(team))),
    );

  return {
    find(level, supply, own, isCut) {
      const recipes = recipesByLevel.get(level.index) ?? createRecipes(level.sizing, known, { steps: STEPS_MAX });
      recipesByLevel.set(level.index, recipes);
      const counts: number[] = [];
      let present = 0;
      for (const [kind, count] of supply) {
        const of = ownKind(kind);
        counts[of.kind] = count;
        present += count * of.size;
      }
      const must = ownKind(own).kind;
      const needed = recipes.least;
      const bySum = { present, needed, missing: isCut ? undefined : Math.max(0, needed - present), byTeam: [] };
      if (recipes.room > ROOM_MAX || sizesOf(level) > SIZES_MAX) return bySum;
      const withSingles = (more: number): Recipe | undefined => {
        const all = Array.from({ length: known.size }, (_, kind) => counts[kind] ?? 0);
        all[single.kind] = (all[single.kind] ?? 0) + more;
        const from = recipes.steps;
        const recipe = recipes.find(all, must);
        if (!recipe && recipes.steps - from >= STEPS_MAX) unsure.add(level.index);
        return recipe;
      };
      if (withSingles(0)) return { ...bySum, missing: 0 };
      if (isCut) return bySum;
      let least = Math.max(1, needed - present);
      let most = recipes.room;
      let found = withSingles(most);
      while (found && least < most && !unsure.has(level.index)) {
        const middle = (least + most) >> 1;
        const recipe = withSingles(middle);
        if (recipe) {
          found = recipe;
          most = middle;
        } else least = middle + 1;
      }
      if (!found || unsure.has(level.index)) return { ...bySum, missing: undefined };
      return { present, needed, missing: most, byTeam: lackOf(found, level, { single: single.kind, more: most }) };
    },
  };
}

/** How many combinations of team sizes there are at most. */
function sizesOf({ sizing }: Level): number {
  return sizing.rooms.reduce(
    (product, { max, template }) => product * (max - Math.min(max, template.minPlayers) + 2),
    1,
  );
}

/** The last seats of single players are those of the missing ones: all of them are needed. */
function lackOf(
  { courses }: Recipe,
  { sizing }: Level,
  { single, more }: { readonly single: number; readonly more: number },
): PlayersMissing["byTeam"] {
  const seats = courses.find(({ kind }) => kind === single)?.seats.slice(-more) ?? [];
  const byTeam = new Map<string, number>();
  for (const [room] of seats) {
    const team = sizing.rooms[room ?? -1]?.name ?? "";
    byTeam.set(team, (byTeam.get(team) ?? 0) + 1);
  }
  return [...byTeam].map(([team, players]) => ({ team, players }));
}

function playerFor(team: string | undefined) {
  return { playerId: ANYBODY, attributes: {}, team };
}
