// Many battles with a free seat over many who wait: each battle is looked at anew, and whoever fits one is held for it.
import { createEngine, type EngineBattle, type Search } from "@muster/matcher/testing";
import type { PlayerId } from "@muster/proto";
import { ruleSetOf } from "./pool-rule-sets.ts";
import { createDraw, searchesOf } from "./pool-tickets.ts";
import { radixSort, sortKeysOf } from "./radix-sort.ts";
import { mapsFor } from "./standing-pool.ts";
import { bestOf, collectGarbage, startWatch, type Taken } from "./stopwatch.ts";

export type BackfillsTask = { readonly waiting: number; readonly battles: number };

export type BackfillsFigures = {
  /** Each looked at again, their rosters known. */
  readonly again: Taken;
  readonly filled: number;
  /** Each looked at with another seat free: their rosters are new. */
  readonly changed: Taken;
  readonly changedFilled: number;
  readonly radixSortMs: number;
};

const TEAM_PLAYERS = 5;

export function measureBackfills({ waiting, battles: count }: BackfillsTask): BackfillsFigures {
  const ruleSet = ruleSetOf("standing");
  const draw = createDraw({ mix: "mix", seed: 19, maps: mapsFor(waiting) });
  const engine = createEngine(ruleSet);
  const draws = Array.from({ length: count }, draw);
  const battles = draws.map((ticket, index) => battleOf(ticket, { index, free: 1 }));
  engine.begin(0);
  for (const battle of battles) engine.fill(battle); // Nobody waits yet: they are registered.
  const searches = searchesOf(Array.from({ length: waiting }, draw));
  const places = new Map(searches.map((search) => [search.ticketId as string, search]));
  for (const search of searches) engine.add(search);
  engine.takeWoken();
  collectGarbage();
  const again = lookAt(engine, battles, places);
  engine.begin(0); // Who was held waits again.
  const changedBattles = draws.map((ticket, index) => battleOf(ticket, { index, free: 2 }));
  collectGarbage();
  const changed = lookAt(engine, changedBattles, places);
  const keys = sortKeysOf(searches.map(({ ticket }) => ticket));
  return {
    ...{ again: again.taken, filled: again.filled, changed: changed.taken, changedFilled: changed.filled },
    radixSortMs: bestOf(5, () => radixSort(keys)).wallMs,
  };
}

function lookAt(
  engine: ReturnType<typeof createEngine>,
  battles: readonly EngineBattle[],
  places: ReadonlyMap<string, Search>,
): { readonly taken: Taken; readonly filled: number } {
  let filled = 0;
  const watch = startWatch();
  for (const battle of battles) {
    const found = engine.fill(battle);
    if (found.type !== "fill") continue;
    filled += 1;
    for (const { ticket } of found.seats) {
      const search = places.get(ticket.ticketId);
      if (search) engine.hold(search);
    }
  }
  return { taken: watch(), filled };
}

/** A battle of ten seats, `free` of them in the second team, with players like those of `ticket`. */
function battleOf(
  { players: [player] }: ReturnType<ReturnType<typeof createDraw>>,
  { index, free }: { readonly index: number; readonly free: number },
): EngineBattle {
  const id = `battle-${index}`;
  const attributes = player?.attributes ?? {};
  const seated = [TEAM_PLAYERS, TEAM_PLAYERS - free].map((size, team) => ({
    name: team === 0 ? "red" : "blue",
    players: Array.from({ length: size }, (_, seat) => ({ playerId: `${id}.${team}.${seat}` as PlayerId, attributes })),
  }));
  return {
    ...{ id, rosterVersion: free, terms: undefined, seated, room: free, region: "" },
    goal: { strategy: "MAX_POSSIBLE" },
  };
}
