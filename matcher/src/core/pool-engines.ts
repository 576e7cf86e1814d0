// The engines of a pool: one for each cohort and each rule set that it may be matched by, usually one in all. They follow the searches
// of their cohort and are made anew when its rule set changes. A ticket with several rule sets to be matched by is in several engines.
import { createEngine, type Engine, type Place } from "../engine/engine.ts";
import type { Explainer } from "../engine/why/explain-waiting.ts";
import { type Choice, type Cohort, choicesOf, cohortsOf } from "./cohorts.ts";
import type { MatcherState, Pool } from "./matcher-state.ts";
import type { Search } from "./searching-tickets.ts";
import { type HeldConfiguration, type HeldRuleSet, versionsOf } from "./versions.ts";

export type PoolEngine = {
  readonly engine: Engine;
  /** As it stands in the order of preference, from 0. */
  readonly choiceIndex: number;
  readonly fromArrival: number;
  /** Tickets that arrive from here on are another's. */
  untilArrival: number;
  /** Where tickets are in this engine. Undefined, of the first choice: the search itself says it. */
  readonly places: Map<Search, Place> | undefined;
  /** Made when it is first asked for. */
  explainer: Explainer | undefined;
};

/** An engine with what it works for. */
export type Former = { readonly cohort: Cohort; readonly choice: Choice; readonly member: PoolEngine };

/** What forms matches of a configuration, as long as what it was worked out from is there. */
export type KnownFormers = {
  readonly held: HeldConfiguration;
  readonly ruleSets: readonly (readonly [string, HeldRuleSet | undefined])[];
  readonly formers: readonly Former[];
};

/** What forms matches of the configuration now: the oldest cohort first, each by its choices in their order. */
export function formersOf(state: MatcherState, configuration: string): readonly Former[] {
  const pool = state.pools.get(configuration);
  const held = state.configurations.get(configuration);
  if (!pool || !held) return [];
  const { known } = pool;
  // Asked for twice a round, and as ever unless something was put.
  if (known?.held === held && known.ruleSets.every(([name, one]) => state.ruleSets.get(name) === one)) {
    return known.formers;
  }
  const wanted = cohortsOf(state, configuration).flatMap((cohort) => {
    return cohort.choices.map((choice, choiceIndex) => ({ cohort, choice, choiceIndex }));
  });
  if (!isInStep(pool, wanted)) rebuild(pool, wanted);
  const formers = wanted.flatMap(({ cohort, choice }, index) => {
    const member = pool.engines[index];
    return member ? [{ cohort, choice, member }] : [];
  });
  const names = new Set(versionsOf(held).flatMap((version) => choicesOf(version).map(({ ruleSet }) => ruleSet)));
  pool.known = { held, ruleSets: [...names].map((name) => [name, state.ruleSets.get(name)]), formers };
  return formers;
}

type Wanted = { readonly cohort: Cohort; readonly choice: Choice; readonly choiceIndex: number };

function isInStep({ engines }: Pool, wanted: readonly Wanted[]): boolean {
  return (
    engines.length === wanted.length &&
    wanted.every((one, index) => {
      const member = engines[index];
      return member && isFor(member, one) && member.untilArrival === one.cohort.untilArrival;
    })
  );
}

function isFor(member: PoolEngine, { cohort, choice, choiceIndex }: Wanted): boolean {
  const isSameRuleSet = member.engine.ruleSet === choice.held.ruleSet;
  return isSameRuleSet && member.choiceIndex === choiceIndex && member.fromArrival === cohort.fromArrival;
}

function rebuild(pool: Pool, wanted: readonly Wanted[]): void {
  const before = pool.engines;
  const isNarrower = (member: PoolEngine, { cohort }: Wanted) => cohort.untilArrival < member.untilArrival;
  const kept = wanted.map((one) => before.find((member) => isFor(member, one)));
  // Searches first leave where they are no more, so that a place is free for the engine that they go to.
  for (const [index, member] of kept.entries()) {
    const one = wanted[index];
    if (!member || !one || !isNarrower(member, one)) continue;
    member.untilArrival = one.cohort.untilArrival;
    for (const search of pool.searching.all()) {
      if (search.ticket.arrival >= member.untilArrival) takeOut(member, search);
    }
  }
  const observer = {
    add: (search: Search) => {
      for (const member of pool.engines) if (isIn(member, search)) putIn(member, search);
    },
    remove: (search: Search) => {
      for (const member of pool.engines) if (isIn(member, search)) takeOut(member, search);
    },
  };
  pool.searching.observe(observer);
  for (const id of pool.backfills) pool.touched.add(id);
  pool.engines = wanted.map((one, index) => kept[index] ?? createMember(pool, one));
  for (const [index, member] of pool.engines.entries()) {
    const one = wanted[index];
    if (!one || member.untilArrival >= one.cohort.untilArrival) continue;
    // A cohort that was another's comes to it.
    const from = member.untilArrival;
    member.untilArrival = one.cohort.untilArrival;
    for (const search of pool.searching.all()) {
      if (search.ticket.arrival < from || !isIn(member, search)) continue;
      if (!member.places) search.slot = -1;
      putIn(member, search);
    }
  }
}

function createMember(pool: Pool, { cohort, choice, choiceIndex }: Wanted): PoolEngine {
  const { ruleSet } = choice.held;
  const engine = createEngine(ruleSet);
  const { fromArrival, untilArrival } = cohort;
  const places = choiceIndex === 0 ? undefined : new Map<Search, Place>();
  const member = { engine, choiceIndex, fromArrival, untilArrival, places, explainer: undefined };
  const waiting = pool.searching.all().filter((search) => isIn(member, search));
  for (const search of waiting) {
    if (places) places.set(search, { ticket: search.ticket, slot: -1 });
    else search.slot = -1;
  }
  engine.addLater(waiting.map((search) => places?.get(search) ?? search));
  return member;
}

function isIn({ fromArrival, untilArrival }: PoolEngine, { ticket }: Search): boolean {
  // Most pools have one cohort: whether a ticket is in it, nobody has to read.
  if (fromArrival === 1 && untilArrival === Number.POSITIVE_INFINITY) return true;
  return ticket.arrival >= fromArrival && ticket.arrival < untilArrival;
}

function putIn({ engine, places }: PoolEngine, search: Search): void {
  const place = places ? { ticket: search.ticket, slot: -1 } : search;
  places?.set(search, place);
  engine.add(place);
}

function takeOut({ engine, places }: PoolEngine, search: Search): void {
  const place = places ? places.get(search) : search;
  if (place) engine.remove(place);
  places?.delete(search);
}

/** Where the search is in the engine; undefined: it is not there. */
export function placeIn(member: PoolEngine, search: Search): Place | undefined {
  return member.places ? member.places.get(search) : search;
}

/** Holds the search back from all engines that it is in, but `from`, until the next round. */
export function holdBack(pool: Pool, search: Search, from?: PoolEngine): void {
  for (const member of pool.engines) {
    if (member === from || !isIn(member, search)) continue;
    const place = placeIn(member, search);
    if (place) member.engine.hold(place);
  }
}
