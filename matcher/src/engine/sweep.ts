// Matches of one size along the axis: from below, whoever is lowest and can be matched at all is, with the next above. No other
// choice makes more matches of single players. Afterwards older tickets that were left take the places of younger ones where
// the match stays legal (M-NO-BYPASS), which costs no match.
import { sortAlongAxis } from "./axis-order.ts";
import { grown, type Rows } from "./columns.ts";
import { type Formed, formedOf, type Search } from "./forming.ts";
import type { Recipe } from "./recipes.ts";

type Group = { readonly recipe: Recipe; readonly members: number[]; low: number };

/** The stretch that is swept, by place along the axis. Used over and over: stretches come one after the other. */
let low = new Float64Array(0);
let high = new Float64Array(0);
let arrival = new Float64Array(0);
let kind = new Uint16Array(0);
/** 1: in a match, or passed over. */
let gone = new Uint8Array(0);
let inWindow = new Uint8Array(0);
/** Places in the order of their tickets' highest values. */
let byHigh = new Int32Array(0);

/** The matches that `slots`, eligible tickets of the search's lane, make. */
export function sweep(search: Search, slots: Rows): readonly Formed[] {
  const { pool, spread, recipes } = search;
  sortAlongAxis(pool, slots);
  const count = slots.length;
  layOut(search, slots);
  const sizes = new Int32Array(pool.kinds.size);
  for (let index = 0; index < sizes.length; index += 1) sizes[index] = pool.kinds.get(index).size;
  /** Who is in the window, by kind. */
  const counts = new Int32Array(pool.kinds.size);
  const wanted = new Int32Array(pool.kinds.size);
  const groups: Group[] = [];
  let left: number[] = [];

  do {
    walkUp();
  } while (letOldestIn()); // Who had to make room may find others among those who were left.
  return groups
    .map(({ recipe, members }) =>
      formedOf(
        search,
        recipe,
        members.map((member) => slots.at(member)),
      ),
    )
    .filter(search.isLegal);

  /** Whoever is not in a match yet: each in turn from below with the next above, or left. */
  function walkUp(): void {
    left = [];
    let entered = 0;
    let players = 0;
    for (let first = 0; first < count; first += 1) {
      if (gone[first] === 1) continue;
      const limit = (low[first] ?? 0) + spread;
      for (; entered < count; entered += 1) {
        const next = byHigh[entered] ?? 0;
        if ((high[next] ?? 0) > limit) break;
        if (gone[next] === 1 || next < first) continue;
        const of = kind[next] ?? 0;
        inWindow[next] = 1;
        counts[of] = (counts[of] ?? 0) + 1;
        players += sizes[of] ?? 0;
      }
      const own = kind[first] ?? 0;
      const recipe = players >= recipes.least ? recipes.find(counts, own) : undefined;
      if (recipe) {
        const members = pick(recipe, first);
        for (const member of members) {
          const of = kind[member] ?? 0;
          gone[member] = 1;
          inWindow[member] = 0;
          counts[of] = (counts[of] ?? 0) - 1;
        }
        players -= recipe.players;
        groups.push({ recipe, members, low: low[first] ?? 0 });
        continue;
      }
      gone[first] = 1;
      left.push(first);
      if (inWindow[first] === 0) continue; // It is wider than a window.
      inWindow[first] = 0;
      counts[own] = (counts[own] ?? 0) - 1;
      players -= sizes[own] ?? 0;
    }
  }
  /** `first`, and the lowest of the window that the recipe asks for. */
  function pick(recipe: Recipe, first: number): number[] {
    let missing = 0;
    for (const course of recipe.courses) {
      wanted[course.kind] = course.seats.length;
      missing += course.seats.length;
    }
    const members: number[] = [];
    for (let index = first; index < count && missing > 0; index += 1) {
      const of = kind[index] ?? 0;
      if (inWindow[index] === 0 || (wanted[of] ?? 0) === 0) continue;
      wanted[of] = (wanted[of] ?? 0) - 1;
      missing -= 1;
      members.push(index);
    }
    return members;
  }
  /**
   * Oldest first, each ticket that was left takes the place of the youngest that it may stand in for, who is then left.
   * Answers whether anybody did.
   */
  function letOldestIn(): boolean {
    if (groups.length === 0) return false;
    let isChanged = false;
    left.sort((one, other) => (arrival[one] ?? 0) - (arrival[other] ?? 0));
    for (const group of groups) {
      group.low = group.members.reduce((least, member) => Math.min(least, low[member] ?? 0), Number.POSITIVE_INFINITY);
    }
    groups.sort((one, other) => one.low - other.low);
    const lows = groups.map((group) => group.low);
    gone.fill(1, 0, count);
    for (const index of left) gone[index] = 0;
    for (let next = 0; next < left.length; next += 1) {
      const waiting = left[next] ?? 0;
      const place = findPlace(waiting, lows);
      if (!place) continue;
      const replaced = place.group.members[place.index] ?? 0;
      place.group.members[place.index] = waiting;
      gone[waiting] = 1;
      gone[replaced] = 0;
      let at = next + 1;
      while (at < left.length && (arrival[left[at] ?? 0] ?? 0) < (arrival[replaced] ?? 0)) at += 1;
      left.splice(at, 0, replaced);
      isChanged = true;
    }
    return isChanged;
  }
  function findPlace(waiting: number, lows: readonly number[]): { group: Group; index: number } | undefined {
    const own = {
      low: low[waiting] ?? 0,
      high: high[waiting] ?? 0,
      kind: kind[waiting] ?? 0,
      age: arrival[waiting] ?? 0,
    };
    let best: { group: Group; index: number } | undefined;
    let youngest = own.age;
    // Members change places, so that a group may have moved by one spread from where it began.
    for (let at = lowerBound(lows, own.high - 2 * spread); at < groups.length; at += 1) {
      const group = groups[at];
      if (!group || (lows[at] ?? 0) > own.low + 2 * spread) break;
      for (const [index, member] of group.members.entries()) {
        if (kind[member] !== own.kind || (arrival[member] ?? 0) <= youngest) continue;
        let least = own.low;
        let most = own.high;
        for (const other of group.members) {
          if (other === member) continue;
          least = Math.min(least, low[other] ?? 0);
          most = Math.max(most, high[other] ?? 0);
        }
        if (most - least > spread) continue;
        youngest = arrival[member] ?? 0;
        best = { group, index };
      }
    }
    return best;
  }
}

function layOut({ pool }: Search, slots: Rows): void {
  const count = slots.length;
  low = grown(low, count);
  high = grown(high, count);
  arrival = grown(arrival, count);
  kind = grown(kind, count);
  gone = grown(gone, count);
  inWindow = grown(inWindow, count);
  byHigh = grown(byHigh, count);
  gone.fill(0, 0, count);
  inWindow.fill(0, 0, count);
  let isSpread = false;
  for (let index = 0; index < count; index += 1) {
    const slot = slots.at(index);
    const [lowest, highest] = [pool.lowOf(slot), pool.highOf(slot)];
    low[index] = lowest;
    high[index] = highest;
    kind[index] = pool.kindOf(slot);
    arrival[index] = pool.arrivalOf(slot);
    byHigh[index] = index;
    if (lowest !== highest) isSpread = true;
  }
  if (isSpread) byHigh.subarray(0, count).sort((one, other) => (high[one] ?? 0) - (high[other] ?? 0) || one - other);
}

/** The first index whose value is `least` or more. */
function lowerBound(values: readonly number[], least: number): number {
  let from = 0;
  let until = values.length;
  while (from < until) {
    const middle = (from + until) >> 1;
    if ((values[middle] ?? 0) < least) from = middle + 1;
    else until = middle;
  }
  return from;
}
