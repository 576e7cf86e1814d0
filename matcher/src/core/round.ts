// One round of matching of one configuration: backfills first, the oldest first, then new matches (or the other way round
// where a rule set says so), until nothing is left to find. What it decides on is in its arguments alone, so that its facts are all there is to know of it.

import type { Random } from "@muster/kit";
import { invariant } from "@muster/kit";
import { type BattleSession, type MatchId, newId, type ServerSessionId, type Team, type TicketId } from "@muster/proto";
import { capacityOf, findFill, type RuleSet, readsLatencies, teamShapes } from "@muster/rules";
import { createEngine, type Engine } from "../engine/engine.ts";
import { assessAfterFill, fillGoal, seatedTeams } from "./assess-backfill.ts";
import { nextFillIdOf } from "./backfill.ts";
import { asNewcomer, seatedWithLatencies } from "./battle-latencies.ts";
import { createBench } from "./bench.ts";
import type { Configuration } from "./configuration.ts";
import type { MatcherFact } from "./fact.ts";
import type { AssignedPlayer } from "./match.ts";
import type { MatchedSession, MatcherState, Pool } from "./matcher-state.ts";
import type { Ticket } from "./ticket.ts";

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
  /** Backfills that rounds before this one, which stopped at their limit, have looked at in vain. */
  readonly seen: { has(id: ServerSessionId): boolean };
};

export type Round = {
  readonly facts: readonly MatcherFact[];
  /** False if the round stopped at its limit: another should follow, and need not look at these again. */
  readonly isQuiet: boolean;
  readonly seen: readonly ServerSessionId[];
};

/** Matches and fills of one round: beyond it calls would wait for their turn for too long. */
export const DECISIONS_PER_ROUND_MAX = 64;
/** Tickets that one round may look at, each as often as it does; a look takes about 2 µs. */
const LOOKS_PER_ROUND_MAX = 30_000;

/** What matches and fills the pool and the backfills of the configuration allow now. */
export function decideRound(state: MatcherState, input: RoundInput): Round {
  const configuration = state.configurations.get(input.configuration);
  const held = configuration && state.ruleSets.get(configuration.ruleSet);
  const pool = state.pools.get(input.configuration);
  if (!configuration || !held || !pool) return { facts: [], isQuiet: true, seen: [] };
  const { ruleSet } = held;
  const engine = engineOf(pool, ruleSet);
  engine.begin(input.nowMs);
  const isUsable = (ticket: { readonly ticketId: TicketId }) => isFree(state, ticket.ticketId, input);
  const facts: MatcherFact[] = [];
  const seen: ServerSessionId[] = [];
  /** False if it stopped at `share` of the round's limit. */
  const fillSessions = (share: number): boolean => {
    const searching = searchingBackfills(state, pool.backfills).filter(
      (session) => !input.seen.has(session.battleSessionId),
    );
    if (searching.length === 0 || pool.searching.size === 0) return true;
    const bench = createBench([...pool.searching.values()].filter(isUsable), capacityOf(ruleSet));
    for (const session of searching) {
      if (bench.size() === 0) break;
      if (facts.length >= DECISIONS_PER_ROUND_MAX * share || bench.looks() >= LOOKS_PER_ROUND_MAX * share) return false;
      const view = input.findFillable(session.battleSessionId);
      const fill =
        view && bench.tryOldest((free) => decideFill(state, session, { view, ruleSet, free, nowMs: input.nowMs }));
      if (fill) {
        facts.push(fill);
        const taken = fill.newcomers.map((newcomer) => newcomer.ticketId);
        bench.take(taken);
        for (const ticketId of new Set(taken)) {
          const search = state.tickets.get(ticketId)?.search;
          if (search) engine.hold(search);
        }
      } else {
        seen.push(session.battleSessionId);
      }
    }
    return true;
  };
  const formMatches = (share: number): boolean => {
    const limit = Math.max(facts.length + 1, DECISIONS_PER_ROUND_MAX * share);
    return engine.form({
      nowMs: input.nowMs,
      isUsable,
      take({ seats, regions }) {
        const players = seats.map(({ ticket, player, team }) => assign(team, { ...player, ticketId: ticket.ticketId }));
        facts.push(formedMatch(configuration, { ruleSet, players, regions, input }));
        return facts.length < limit;
      },
    });
  };
  const isLast = ruleSet.tiers[0].algorithm.backfillPriority === "low";
  const [first, second] = isLast ? [formMatches, fillSessions] : [fillSessions, formMatches];
  // Half for what comes first, so that the other gets its turn in every round.
  const isFirstDone = first(1 / 2);
  const isSecondDone = second(1);
  const isQuiet = isFirstDone && isSecondDone;
  return { facts, isQuiet, seen };
}

/** The pool's engine, made anew where the rule set has changed. */
function engineOf(pool: Pool, ruleSet: RuleSet): Engine {
  if (pool.engine?.ruleSet === ruleSet) return pool.engine;
  const engine = createEngine(ruleSet);
  pool.engine = engine;
  pool.searching.observe({ add: (search) => engine.add(search), remove: (search) => engine.remove(search) });
  return engine;
}

/** A search whose time has passed ends by its deadline; it must not be matched meanwhile. */
function isFree(state: MatcherState, ticketId: TicketId, { nowMs, withheld }: RoundInput): boolean {
  const ticket = state.tickets.get(ticketId)?.ticket;
  return ticket !== undefined && ticket.timesOutAtMs > nowMs && !withheld.has(ticketId);
}

/** When a waiting ticket next reaches an age at which its rule set expands; undefined: never. */
export function nextExpansionAtMs(state: MatcherState, configuration: string, nowMs: number): number | undefined {
  const ruleSetName = state.configurations.get(configuration)?.ruleSet;
  const held = ruleSetName === undefined ? undefined : state.ruleSets.get(ruleSetName);
  const pool = state.pools.get(configuration);
  if (!held || !pool || held.ruleSet.tiers.length === 1) return undefined;
  return engineOf(pool, held.ruleSet).nextExpansionAtMs(nowMs);
}

function searchingBackfills(state: MatcherState, ids: Iterable<ServerSessionId>): readonly MatchedSession[] {
  const sessions = [...ids].map((id) => state.sessions.get(id)).filter((session) => session !== undefined);
  return sessions
    .filter((session) => !session.fill && !session.ended)
    .toSorted((one, other) => {
      const byAge = (one.backfill?.startedAtMs ?? 0) - (other.backfill?.startedAtMs ?? 0);
      return byAge || (one.battleSessionId < other.battleSessionId ? -1 : 1);
    });
}

type FillDecided = Extract<MatcherFact, { type: "fill-decided" }>;

function decideFill(
  state: MatcherState,
  session: MatchedSession,
  from: {
    readonly view: BattleSession;
    readonly ruleSet: RuleSet;
    readonly free: readonly Ticket[];
    readonly nowMs: number;
  },
): FillDecided | undefined {
  const { view, ruleSet, free, nowMs } = from;
  const record = session.backfill;
  if (record?.document.state !== "SEARCHING" || record.document.noLegalFill) return undefined;
  const room = view.capacity - view.playerSessions.length;
  const fitting = free.filter((ticket) => ticket.players.length <= room);
  const isNear = readsLatencies(ruleSet);
  const candidates = isNear ? fitting.map((ticket) => asNewcomer(ticket, view.region)) : fitting;
  const seated = isNear ? seatedWithLatencies(state, view) : seatedTeams(view);
  const found = findFill(ruleSet, seated, fillGoal(record), candidates, nowMs);
  if (!found) return undefined;
  const newcomers = found.additions.flatMap(({ team, players }) => players.map((player) => assign(team, player)));
  if (newcomers.length > room) return undefined; // The session takes fewer than its teams together.
  return {
    type: "fill-decided",
    fillId: nextFillIdOf(record),
    battleSessionId: session.battleSessionId,
    expectedRosterVersion: view.rosterVersion,
    newcomers,
    backfill: assessAfterFill(record, { session: view, newcomers }, ruleSet),
    toleratesLeavers: ruleSet.tiers.every((tier) => tier.rules.length === 0),
  };
}

function assign(
  team: string,
  player: { readonly playerId: AssignedPlayer["playerId"]; readonly ticketId?: TicketId | undefined },
): AssignedPlayer {
  invariant(player.ticketId !== undefined, "whoever is matched came with a ticket");
  return { ticketId: player.ticketId, playerId: player.playerId, team };
}

function formedMatch(
  configuration: Configuration,
  {
    ruleSet,
    players,
    regions,
    input,
  }: {
    readonly ruleSet: RuleSet;
    readonly players: readonly AssignedPlayer[];
    readonly regions: readonly string[];
    readonly input: RoundInput;
  },
): MatcherFact {
  const { random, endpoint } = input;
  const { name, queue, properties, data, autoBackfill, placementRetries } = configuration;
  const matchId: MatchId = newId("match", random);
  return {
    type: "match-formed",
    match: {
      matchId,
      configuration: name,
      queue,
      players,
      teams: teamsOf(ruleSet),
      capacity: capacityOf(ruleSet),
      properties,
      data,
      capabilityKey: queue === undefined ? new Uint8Array() : random.bytes(32),
      backfillId: autoBackfill ? newId("backfill", random) : undefined,
      placementRetries,
      matcherEndpoint: endpoint,
      regions,
    },
  };
}

/** The teams that a session of the rule set has: every instance that may open, so that a backfill can open it. */
export function teamsOf(ruleSet: RuleSet): readonly Team[] {
  return teamShapes(ruleSet).map(({ name, template, maxPlayers }) => ({ name, template, capacity: maxPlayers }));
}
