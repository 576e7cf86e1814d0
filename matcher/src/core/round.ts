// One round of matching of one configuration: backfills first, the oldest first, then new matches (or the other way round
// where a rule set says so), until nothing is left to find. What it decides on is in its arguments alone, so that its facts are all there is to know of it.

import type { Random } from "@muster/kit";
import type { BattleSession, ServerSessionId, Team, TicketId } from "@muster/proto";
import { type RuleSet, teamShapes } from "@muster/rules";
import { STEPS_PER_ROUND } from "../engine/engine.ts";
import type { PooledTicket } from "../engine/pool.ts";
import { defaultBackfillSettings } from "./backfill-settings.ts";
import type { MatcherFact } from "./fact.ts";
import { assign, fillBattles } from "./fill-battles.ts";
import { formedMatch } from "./formed-match.ts";
import { holdForBattles } from "./hold-for-battles.ts";
import type { AssignedPlayer } from "./match.ts";
import type { MatcherState, Pool } from "./matcher-state.ts";
import { type Former, formersOf, holdBack } from "./pool-engines.ts";
import { nextQueryAtMs } from "./query/query-pools.ts";
import { decideQueryRound } from "./query/query-round.ts";

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
  /** Whether somebody asks hooks of the matches that form. Default false: they are told at once. */
  readonly asksHooks?: boolean;
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
  const { decisions, steps } = input.limits ?? LIMITS;
  if (state.configurations.get(input.configuration)?.query) return decideQueryRound(state, input, { decisions, steps });
  const pool = state.pools.get(input.configuration);
  const formers = formersOf(state, input.configuration);
  if (!pool || formers.length === 0) return { facts: [], isQuiet: true, isLoading: false };
  const share = (whole: number) => Math.max(1, Math.floor(whole / formers.length));
  const limits = { decisions: share(decisions), steps: share(steps) };
  for (const { member } of formers) member.engine.begin(input.nowMs);
  const facts: MatcherFact[] = [];
  let isQuiet = true;
  for (const former of formers) {
    const part = decidePart(
      state,
      { pool, former, limits, isPresent: former.cohort === formers.at(-1)?.cohort },
      input,
    );
    facts.push(...part.facts);
    isQuiet &&= part.isQuiet;
  }
  return { facts, isQuiet, isLoading: formers.some(({ member }) => member.engine.isLoading) };
}

type Part = {
  readonly pool: Pool;
  readonly former: Former;
  readonly limits: RoundLimits;
  /** New tickets are of its cohort: battles are filled from it. */
  readonly isPresent: boolean;
};

/** What one engine of the pool makes of its tickets. */
function decidePart(
  state: MatcherState,
  { pool, former, limits, isPresent }: Part,
  input: RoundInput,
): Omit<Round, "isLoading"> {
  const { cohort, choice, member } = former;
  const { configuration } = cohort;
  const { engine } = member;
  const { ruleSet } = choice.held;
  const { formedBy } = choice;
  const { decisions, steps } = limits;
  /** A search whose time has passed ends by its deadline; it must not be matched meanwhile. */
  const isUsable = ({ ticketId, timesOutAtMs = 0 }: PooledTicket) =>
    timesOutAtMs > input.nowMs && !input.withheld.has(ticketId);
  /** Whoever is taken here is in no other match of this round. */
  const holdFromOthers = (ticketId: TicketId) => {
    const search = pool.engines.length > 1 ? state.tickets.get(ticketId)?.search : undefined;
    if (search) holdBack(pool, search, member);
  };
  const facts: MatcherFact[] = [];
  const settings = configuration.backfill ?? defaultBackfillSettings;
  const filling = { state, pool, former, engine, ruleSet, settings, isUsable, formedBy, ...input };
  /** False if it stopped at `share` of the round's limit. */
  const fillSessions = (share: number): boolean => {
    if (!isPresent) return true;
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
        for (const { ticketId } of players) holdFromOthers(ticketId);
        const of = { players, teams: teamsFor(ruleSet, players), regions, queue: choice.queue, formedBy };
        facts.push(formedMatch(configuration, of, input));
        return facts.length < limit;
      },
    });
  };
  const { backfillPriority } = ruleSet.tiers[0].algorithm;
  if (settings.preferRunning || backfillPriority === "high") {
    // Nothing new begins before all that runs has what it can take.
    if (!fillSessions(1)) return { facts, isQuiet: false };
    if (settings.preferRunning && isPresent) holdForBattles({ ...filling, placing: state.matches.values() });
    const isQuiet = formMatches(1);
    return { facts, isQuiet };
  }
  const [first, second] = backfillPriority === "low" ? [formMatches, fillSessions] : [fillSessions, formMatches];
  // Half for what comes first, so that the other gets its turn in every round.
  const isFirstDone = first(1 / 2);
  const isSecondDone = second(1);
  return { facts, isQuiet: isFirstDone && isSecondDone };
}

/** When time alone next changes what may be matched: a ticket reaches an age at which a rule set of its expands, or an interval of queries ends. Undefined: never. */
export function nextExpansionAtMs(state: MatcherState, configuration: string, nowMs: number): number | undefined {
  if (state.configurations.get(configuration)?.query) return nextQueryAtMs(state, configuration, nowMs);
  const times = formersOf(state, configuration)
    .filter(({ choice }) => choice.held.ruleSet.tiers.length > 1)
    .map(({ member }) => member.engine.nextExpansionAtMs(nowMs))
    .filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
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
