// The engine of one pool: takes tickets in and lets them go, and forms the matches that the present pool allows. It looks only
// where something has changed: a round without changes costs nothing, however many tickets wait.
import { invariant } from "@muster/kit";
import type { RuleSet } from "@muster/rules";
import { suitingRegions, type Tier } from "@muster/rules/plan";
import { balance } from "./balance.ts";
import { createChanges } from "./changes.ts";
import { createExpansions, type Expansions } from "./expansions.ts";
import { createFills, type FillFinding } from "./fills.ts";
import type { Formed, Search } from "./forming.ts";
import { ANYWHERE, type Lane } from "./lane.ts";
import type { Battle } from "./opening.ts";
import { createPatience } from "./patience.ts";
import { placingsOf, rosterOf, type Seat, seatsOf } from "./placing.ts";
import { compilePlan, isCountable, type Level, type Plan } from "./plan.ts";
import { BARRED, FREE, HELD, LINKED, Pool, type PooledTicket } from "./pool.ts";
import { createRecipes } from "./recipes.ts";
import { searchAround, type Unfinished } from "./search.ts";
import { type Turn, workOff } from "./work-off.ts";

/** Where a ticket of the pool is: kept by whoever holds the ticket. -1: nowhere yet, -2: it was taken away. */
export type Place = { readonly ticket: PooledTicket; slot: number };

/** A match as it was found. Each access to `seats` works them out: who sits in which team, team by team. */
export type EngineMatch = {
  /** Oldest first. */
  readonly tickets: readonly PooledTicket[];
  readonly seats: readonly Seat[];
  readonly regions: readonly string[];
};

export type EngineRound = {
  readonly nowMs: number;
  /** False for a ticket that must not be matched now: it is held back until the next round. */
  readonly isUsable: (ticket: PooledTicket) => boolean;
  /** The engine stops once `take` has answered false. */
  readonly take: (match: EngineMatch) => boolean;
  /** Steps of this round: a step is a look at a ticket. Default: a few ms. */
  readonly steps?: number;
};

/** What there is for a battle: a fill, or tickets to search for one among. */
export type EngineFill =
  | { readonly type: "fill"; readonly seats: readonly Seat[] }
  | Exclude<FillFinding, { type: "fill" }>;

export interface Engine {
  readonly ruleSet: RuleSet;
  readonly plan: Plan;
  readonly pool: Pool;
  /** Takes the ticket in; `place` is the engine's from now on, until it is removed. */
  add(place: Place): void;
  /** The same for many who wait already: they are taken in round by round, in their order. */
  addLater(places: readonly Place[]): void;
  /** Whether some of them are still to be taken in. */
  readonly isLoading: boolean;
  remove(place: Place): void;
  /** Begins a round: who was held back in the last one and is still there takes part again. */
  begin(nowMs: number): void;
  /** Holds the ticket back until the next round begins. */
  hold(place: Place): void;
  /**
   * Forms matches until nothing is left to find, `take` has had enough, or the steps are spent; answers whether it is done.
   * Matched tickets are held back.
   */
  form(round: EngineRound): boolean;
  /** Looks for the largest fill of a battle, with the oldest tickets; the battle then waits for arrivals near it. */
  fill(battle: Battle): EngineFill;
  /** The battle as it was looked at last, if it waits. */
  battleOf(id: string): Battle | undefined;
  /** The battle wants nobody any more. */
  dropBattle(id: string): void;
  /** Battles near which somebody has arrived since this was asked last. */
  takeWoken(): readonly string[];
  /** When a waiting ticket next reaches an age at which something expands; undefined: never. */
  nextExpansionAtMs(nowMs: number): number | undefined;
}

/** Some 5 ms: calls and heartbeats wait no longer for their turn. */
export const STEPS_PER_ROUND = 40_000;

/** Tickets of a restored pool that are taken in at once: each may have to be decoded. */
const LOADED_PER_ROUND = 1_000;
/** What a match costs, and each ticket of it, in looks at tickets. */
const MATCH_LOOKS = 200;
const MEMBER_LOOKS = 20;
/** Searches that wait to go on. Each holds its candidates. */
const UNFINISHED_MAX = 256;

export function createEngine(ruleSet: RuleSet): Engine {
  const plan = compilePlan(ruleSet);
  const pool = new Pool(plan);
  const isByOldest = ruleSet.expansionAge === "oldest";
  /** The oldest first: where they alone set the age, those at the highest level. */
  const order = isByOldest ? plan.levels.toReversed() : plan.levels;
  const recipes = plan.levels.map((level) => createRecipes(level.sizing, pool.kinds));
  const expansions: Expansions = createExpansions(ruleSet.tiers.map(({ fromAgeMs }) => fromAgeMs));
  const changes = createChanges(plan.levels.length);
  /** Matches that were found when the turn had enough. */
  let postponed: { readonly formed: Formed; readonly search: Search; readonly arrivals: readonly number[] }[] = [];
  /** Slots whose surroundings are to be searched, where counting does not tell all. */
  const toSearch = new Map<number, Unfinished | undefined>();
  const patience = createPatience();
  let backlog: { readonly places: readonly Place[]; next: number } | undefined;
  const held: number[] = [];
  const fills = createFills(pool, plan);
  const countable = isCountable(plan);
  const needsSearch = !countable || plan.residuals.length > 0;

  const mark = (slot: number, from: number, until: number) => {
    if (pool.stateOf(slot) !== LINKED) return;
    fills.arrived(slot);
    if (countable) {
      for (let node = pool.firstNode(slot); node >= 0; node = pool.siblingOf(node)) {
        const lane = pool.laneOf(node);
        if (lane.key === ANYWHERE) continue;
        const number = pool.bucketNumberOf(node);
        for (let level = from; level <= until; level += 1) changes.add(level, lane, number);
      }
    }
    if (needsSearch || pool.wild > 0) toSearch.set(slot, undefined);
  };
  const markAll = (slot: number) => {
    const level = pool.levelOf(slot);
    if (isByOldest) mark(slot, level, plan.levels.length - 1);
    else mark(slot, 0, level);
  };
  const release = () => {
    for (const slot of held.splice(0)) {
      if (pool.stateOf(slot) !== HELD) continue;
      pool.link(slot);
      markAll(slot);
    }
  };
  const hold = (slot: number) => {
    pool.unlink(slot);
    held.push(slot);
  };
  const add = (place: Place) => {
    invariant(place.slot < 0, "a ticket is in a pool once");
    const { ticket } = place;
    const slot = pool.add(ticket);
    place.slot = slot;
    if (pool.stateOf(slot) === BARRED) return;
    expansions.add(slot, ticket.searchingSinceMs);
    mark(slot, 0, isByOldest ? plan.levels.length - 1 : 0);
  };
  const load = () => {
    if (!backlog) return;
    const until = Math.min(backlog.places.length, backlog.next + LOADED_PER_ROUND);
    for (; backlog.next < until; backlog.next += 1) {
      const place = backlog.places[backlog.next];
      if (place?.slot === -1) add(place);
    }
    if (backlog.next === backlog.places.length) backlog = undefined;
  };
  const expand = (nowMs: number) => {
    expansions.advance(nowMs, (slot, level) => {
      if (pool.stateOf(slot) === FREE) return;
      const before = pool.levelOf(slot);
      pool.setLevel(slot, level);
      mark(slot, before + 1, level);
    });
  };

  return {
    ruleSet,
    plan,
    pool,
    add,
    addLater(places) {
      backlog = { places, next: 0 };
    },
    get isLoading() {
      return backlog !== undefined;
    },
    remove(place) {
      const { slot } = place;
      place.slot = -2; // Also of one that was taken in before its turn: the rest of a restored pool must not bring it back.
      if (slot < 0) return;
      expansions.remove(slot);
      toSearch.delete(slot);
      pool.remove(slot);
    },
    hold({ slot }) {
      // Who is held already, or fits nobody, stays so.
      if (slot >= 0 && pool.stateOf(slot) === LINKED) hold(slot);
    },
    fill(battle) {
      const found = fills.find(battle);
      if (found.type !== "fill") return found;
      const { formed, rooms } = found;
      const { tier } = levelAt(plan, ownLevelOf(formed));
      const tickets = formed.members.map(({ slot }) => pool.ticketAt(slot));
      return {
        type: "fill",
        seats: seatsOf(balance(placingsOf(formed, tickets, rooms), tier, { seated: battle.seated }), rooms),
      };
    },
    battleOf: fills.known,
    dropBattle: fills.drop,
    takeWoken: fills.takeWoken,
    nextExpansionAtMs: (nowMs) => expansions.nextAtMs(nowMs),
    begin(nowMs) {
      load();
      patience.rest(nowMs);
      release();
      expand(nowMs);
    },
    form({ nowMs, isUsable, take, steps = STEPS_PER_ROUND }) {
      const budget = { left: steps };
      let isFull = false;
      const turn: Turn = {
        budget,
        isFull: () => isFull,
        accept(formed) {
          const match = createMatch(formed);
          if (!match.tickets.every(isUsable)) {
            for (const { slot } of formed.members) if (!isUsable(pool.ticketAt(slot))) hold(slot);
            return false;
          }
          for (const { slot } of formed.members) hold(slot);
          budget.left -= MATCH_LOOKS + MEMBER_LOOKS * formed.members.length;
          isFull = !take(match);
          return true;
        },
        postpone(found, search) {
          for (const formed of found) {
            const arrivals = formed.members.map(({ slot }) => pool.arrivalOf(slot));
            postponed.push({ formed, search, arrivals });
          }
        },
      };
      takeUp(turn);
      for (const level of order) {
        for (const [lane, buckets] of changes.lanes(level.index)) {
          if (isFull || budget.left <= 0) return false;
          if (workOff(searchOf(lane, level), buckets, turn)) changes.settle(level.index, lane);
        }
      }
      if (isFull || budget.left <= 0) return false;
      return searchAll({ nowMs, isUsable, take, budget }) && !backlog;
    },
  };

  /** What was postponed and is as it was then. Where somebody has left, the others look for others. */
  function takeUp(turn: Turn): void {
    const before = postponed;
    postponed = [];
    for (const [index, one] of before.entries()) {
      if (turn.isFull() || turn.budget.left <= 0) {
        postponed.push(...before.slice(index));
        return;
      }
      const { formed, search, arrivals } = one;
      const isThere = formed.members.every(
        ({ slot }, at) => pool.stateOf(slot) === LINKED && pool.arrivalOf(slot) === arrivals[at],
      );
      if (isThere && search.isLegal(formed) && turn.accept(formed)) continue;
      for (const { slot } of formed.members) if (pool.stateOf(slot) === LINKED) markAll(slot);
    }
  }

  function searchOf(lane: Lane, level: Level): Search {
    return {
      ...{ pool, lane, level, isByOldest },
      recipes: recipes[level.index] ?? raise(),
      spread: level.suffices,
      isLegal: (formed) => isLegalAtItsAge(formed),
    };
  }

  function createMatch(formed: Formed): EngineMatch {
    const tickets = formed.members.map(({ slot }) => pool.ticketAt(slot));
    const { rooms } = recipes[formed.level] ?? raise();
    return new FormedMatch(formed, tickets, rooms, levelAt(plan, ownLevelOf(formed)).tier);
  }

  /** What holds at the match's own age may differ from what it was sought for: all its members may be older. */
  function isLegalAtItsAge(formed: Formed): boolean {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let players = 0;
    for (const { slot } of formed.members) {
      low = Math.min(low, pool.lowOf(slot));
      high = Math.max(high, pool.highOf(slot));
      players += pool.sizeOf(slot);
    }
    const own = ownLevelOf(formed);
    const level = levelAt(plan, own);
    if (players !== formed.recipe.players || high - low > level.suffices) return false;
    if (own !== formed.level && !(recipes[own] ?? raise()).allows(formed.recipe.sizes)) return false;
    // An average is rounded: who lies near enough by numbers may miss it by a hair.
    return level.axisHolds?.(rosterOf(createMatch(formed).seats)) ?? true;
  }

  /** By the age of its youngest or oldest member. */
  function ownLevelOf({ members }: Formed): number {
    if (plan.levels.length === 1) return 0;
    const levels = members.map(({ slot }) => pool.levelOf(slot));
    return isByOldest ? Math.max(...levels) : Math.min(...levels);
  }

  /** Searches that nobody has had the patience for give way to later ones. */
  function forgetOldest(): void {
    if (patience.isLeft || toSearch.size <= UNFINISHED_MAX) return;
    for (const [slot, unfinished] of toSearch) {
      if (toSearch.size <= UNFINISHED_MAX) return;
      if (unfinished) toSearch.delete(slot);
    }
  }

  function searchAll(
    turn: Pick<EngineRound, "nowMs" | "isUsable" | "take"> & { readonly budget: { left: number } },
  ): boolean {
    for (const [slot, unfinished] of toSearch) {
      if (turn.budget.left <= 0) return false;
      if (pool.stateOf(slot) !== LINKED) {
        toSearch.delete(slot);
        continue;
      }
      if (unfinished && !patience.isLeft) continue; // Goes on in a round to come.
      const { nowMs, isUsable } = turn;
      const outcome = searchAround({ pool, plan, slot, unfinished, patience, nowMs, isUsable }, turn.budget);
      for (const other of outcome.unusable) hold(other);
      switch (outcome.type) {
        case "nothing":
          toSearch.delete(slot);
          break;
        case "more": // At the end, so that everybody gets a turn.
          toSearch.delete(slot);
          if (pool.stateOf(slot) === LINKED) toSearch.set(slot, outcome.unfinished);
          forgetOldest();
          break;
        case "match":
          for (const other of outcome.slots) hold(other);
          // The match may be one around others: what is left is looked at again.
          toSearch.delete(slot);
          if (pool.stateOf(slot) === LINKED) toSearch.set(slot, undefined);
          if (!turn.take(outcome.match)) return false;
      }
    }
    return true;
  }
}

function levelAt(plan: Plan, index: number): Level {
  const level = plan.levels[index];
  invariant(level, "a ticket's level is one of the plan's");
  return level;
}

function raise(): never {
  throw new RangeError("every level has its recipes");
}

/** A match of the engine: it writes down who sits where only when it is asked. */
class FormedMatch implements EngineMatch {
  readonly tickets: readonly PooledTicket[];
  readonly #formed: Formed;
  readonly #rooms: readonly string[];
  readonly #tier: Tier;

  constructor(formed: Formed, tickets: readonly PooledTicket[], rooms: readonly string[], tier: Tier) {
    this.tickets = tickets;
    this.#formed = formed;
    this.#rooms = rooms;
    this.#tier = tier;
  }
  get seats(): readonly Seat[] {
    return seatsOf(balance(placingsOf(this.#formed, this.tickets, this.#rooms), this.#tier), this.#rooms);
  }
  get regions(): readonly string[] {
    const { rules } = this.#tier;
    return rules.some(({ type }) => type === "latency") ? suitingRegions(rules, rosterOf(this.seats)) : [];
  }
}
