// One round of matching of one configuration: backfills first, the oldest first, then new matches (or the other way round
// where a rule set says so), until nothing is left to find. What it decides on is in its arguments alone, so that its facts are all there is to know of it.

import type { Random } from "@muster/kit";
import { type BattleSession, type MatchId, newId, type ServerSessionId, type Team, type TicketId } from "@muster/proto";
import { type RuleSet, teamShapes } from "@muster/rules";
import { createEngine, type Engine, STEPS_PER_ROUND } from "../engine/engine.ts";
import type { PooledTicket } from "../engine/pool.ts";
import { defaultBackfillSettings } from "./backfill-settings.ts";
import type { Configuration } from "./configuration.ts";
import type { MatcherFact } from "./fact.ts";
import { assign, fillBattles } from "./fill-battles.ts";
import { holdForBattles } from "./hold-for-battles.ts";
import type { AssignedPlayer } from "./match.ts";
import type { MatcherState, Pool } from "./matcher-state.ts";
import type { FormedBy } from "./versions.ts";

export type RoundInput = {
  readonly configuration: string;
  readonly nowMs: number;
  /** Where ids and secrets of matches are drawn. */
  readonly random: Random;
  /** The matcher's address as sidecars reach it. */
  readonly endpoint: string;
  /** The session as the fleet shows it, if it may be filled now. */
  readonly findFillable: (id: ServerSessionId) => BattleSession | undefined;
  /** Tickets that somebody waits to cancel: no longer to be matched. */
  readonly withheld: { has(id: TicketId): boolean };
  /** What one round may do. Default: as much as calls can wait for. */
  readonly limits?: RoundLimits | undefined;
};

/** `decisions`: matches and fills, from 2. `steps`: of forming matches, from 1. Beyond them another round goes on. */
export type RoundLimits = { readonly decisions: number; readonly steps: number };

export type Round = {
  readonly facts: readonly MatcherFact[];
  /** False if the round stopped at its limit: another should follow. */
  readonly isQuiet: boolean;
  /** Whether tickets that wait are still unknown to the engine, which takes them in round by round. */
  readonly isLoading: boolean;
};

/** Matches and fills of one round: beyond it calls would wait for their turn for too long. */
export const DECISIONS_PER_ROUND_MAX = 64;
const LIMITS: RoundLimits = { decisions: DECISIONS_PER_ROUND_MAX, steps: STEPS_PER_ROUND };

/** What matches and fills the pool and the backfills of the configuration allow now. */
export function decideRound(state: MatcherState, input: RoundInput): Round {
  const configuration = state.configurations.get(input.configuration);
  const held = configuration && state.ruleSets.get(configuration.ruleSet);
  const pool = state.pools.get(input.configuration);
  if (!configuration || !held || !pool) return { facts: [], isQuiet: true, isLoading: false };
  const { ruleSet } = held;
  const engine = engineOf(pool, ruleSet);
  const { decisions, steps } = input.limits ?? LIMITS;
  engine.begin(input.nowMs);
  /** A search whose time has passed ends by its deadline; it must not be matched meanwhile. */
  const isUsable = ({ ticketId, timesOutAtMs = 0 }: PooledTicket) =>
    timesOutAtMs > input.nowMs && !input.withheld.has(ticketId);
  const facts: MatcherFact[] = [];
  const settings = configuration.backfill ?? defaultBackfillSettings;
  const formedBy: FormedBy = {
    configurationVersion: configuration.version,
    ruleSet: configuration.ruleSet,
    ruleSetVersion: held.version,
  };
  const filling = { state, pool, engine, ruleSet, settings, isUsable, formedBy, ...input };
  /** False if it stopped at `share` of the round's limit. */
  const fillSessions = (share: number): boolean => {
    const limit = decisions * share;
    const isDone = fillBattles(filling, limit - facts.length);
    facts.push(...isDone.facts);
    return isDone.isQuiet;
  };
  const formMatches = (share: number): boolean => {
    const limit = Math.max(facts.length + 1, decisions * share);
    return engine.form({
      nowMs: input.nowMs,
      isUsable,
      steps,
      take({ seats, regions }) {
        const players = seats.map(assign);
        facts.push(formedMatch(configuration, { ruleSet, players, regions, formedBy, input }));
        return facts.length < limit;
      },
    });
  };
  const { backfillPriority } = ruleSet.tiers[0].algorithm;
  if (settings.preferRunning || backfillPriority === "high") {
    // Nothing new begins before all that runs has what it can take.
    if (!fillSessions(1)) return { facts, isQuiet: false, isLoading: engine.isLoading };
    if (settings.preferRunning) holdForBattles({ ...filling, placing: state.matches.values() });
    const isQuiet = formMatches(1);
    return { facts, isQuiet, isLoading: engine.isLoading };
  }
  const [first, second] = backfillPriority === "low" ? [formMatches, fillSessions] : [fillSessions, formMatches];
  // Half for what comes first, so that the other gets its turn in every round.
  const isFirstDone = first(1 / 2);
  const isSecondDone = second(1);
  const isQuiet = isFirstDone && isSecondDone;
  return { facts, isQuiet, isLoading: engine.isLoading };
}

/** The pool's engine, made anew where the rule set has changed. */
export function engineOf(pool: Pool, ruleSet: RuleSet): Engine {
  if (pool.engine?.ruleSet === ruleSet) return pool.engine;
  const engine = createEngine(ruleSet);
  pool.engine = engine;
  for (const id of pool.backfills) pool.touched.add(id);
  const waiting = pool.searching.observe({
    add: (search) => engine.add(search),
    remove: (search) => engine.remove(search),
  });
  engine.addLater(waiting);
  return engine;
}

/** When a waiting ticket next reaches an age at which its rule set expands; undefined: never. */
export function nextExpansionAtMs(state: MatcherState, configuration: string, nowMs: number): number | undefined {
  const ruleSetName = state.configurations.get(configuration)?.ruleSet;
  const held = ruleSetName === undefined ? undefined : state.ruleSets.get(ruleSetName);
  const pool = state.pools.get(configuration);
  if (!held || !pool || held.ruleSet.tiers.length === 1) return undefined;
  return engineOf(pool, held.ruleSet).nextExpansionAtMs(nowMs);
}

function formedMatch(
  configuration: Configuration,
  {
    ruleSet,
    players,
    regions,
    formedBy,
    input,
  }: {
    readonly ruleSet: RuleSet;
    readonly players: readonly AssignedPlayer[];
    readonly regions: readonly string[];
    readonly formedBy: FormedBy;
    readonly input: RoundInput;
  },
): MatcherFact {
  const { random, endpoint, nowMs } = input;
  const { name, queue, properties, data, autoBackfill, placementRetries, onPlacementFailed, acceptance } =
    configuration;
  const matchId: MatchId = newId("match", random);
  const teams = teamsFor(ruleSet, players);
  return {
    type: "match-formed",
    match: {
      matchId,
      configuration: name,
      queue,
      players,
      teams,
      capacity: teams.reduce((sum, team) => sum + team.capacity, 0),
      properties,
      data,
      capabilityKey: queue === undefined ? new Uint8Array() : random.bytes(32),
      backfillId: autoBackfill ? newId("backfill", random) : undefined,
      placementRetries,
      onPlacementFailed,
      matcherEndpoint: endpoint,
      regions,
      // Whole, as every time that the journal keeps.
      acceptance: acceptance && {
        deadlineAtMs: Math.ceil(nowMs + acceptance.timeoutMs),
        autoContinue: acceptance.autoContinue,
      },
      formedBy,
    },
  };
}

/** The teams of a session for `players`: where maxima had expanded for them there are seats for all of them, and no more. */
function teamsFor(ruleSet: RuleSet, players: readonly AssignedPlayer[]): readonly Team[] {
  const sizes = new Map<string, number>();
  for (const { team } of players) sizes.set(team, (sizes.get(team) ?? 0) + 1);
  return teamsOf(ruleSet).map((team) => ({ ...team, capacity: Math.max(team.capacity, sizes.get(team.name) ?? 0) }));
}

/** The teams that a session of the rule set has: every instance that may open, so that a backfill can open it. */
export function teamsOf(ruleSet: RuleSet): readonly Team[] {
  return teamShapes(ruleSet).map(({ name, template, maxPlayers }) => ({ name, template, capacity: maxPlayers }));
}
