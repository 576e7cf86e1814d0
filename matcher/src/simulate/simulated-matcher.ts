// The matcher of a simulation: the production core, folded fact by fact at the time that it is told, with a fleet that says yes.
// What a running matcher's shell does after each fact (matcher.ts, placements.ts, session-outbox.ts) is done here at once.
import { invariant, type Random } from "@muster/kit";
import { type BattleSession, type MatchId, MusterError, type ServerSessionId } from "@muster/proto";
import type { RuleSet } from "@muster/rules";
import { decideAcceptMatch } from "../core/accept-match.ts";
import type { Configuration } from "../core/configuration.ts";
import { decideDue, nextDueAtMs } from "../core/deadlines.ts";
import { evolve } from "../core/evolve.ts";
import type { MatcherFact } from "../core/fact.ts";
import { decideFillApplied, decideFillDropped, decidePlacementReport } from "../core/fleet-reports.ts";
import { type Match, type PlacementOutcome, presentPlacementId, ticketsOf } from "../core/match.ts";
import { createMatcherState, type MatcherState, touchSession } from "../core/matcher-state.ts";
import { decideRound, nextExpansionAtMs } from "../core/round.ts";
import { decideSessionChange } from "../core/session-change.ts";
import { seatsOf } from "../seats-of.ts";
import { bestRegion } from "./best-region.ts";
import type { SimulationSetting } from "./read-simulation-setting.ts";
import { createSimulatedFleet, type SimulatedFleet } from "./simulated-fleet.ts";
import type { SimulationFact } from "./simulation-fact.ts";
import { createStory, type Story } from "./story.ts";

export type SimulatedMatcher = {
  readonly state: MatcherState;
  readonly configuration: Configuration;
  readonly ruleSet: RuleSet;
  readonly fleet: SimulatedFleet;
  readonly story: Story;
  readonly random: Random;
  /** Simulated time in ms. */
  nowMs(): number;
  /** When time alone changes something next: a round, a deadline, an expansion. */
  nextAtMs(): number | undefined;
  /** Goes on to `nowMs`, and ends the searches that are due. */
  advance(nowMs: number): void;
  /** Runs the rounds that are due now, until they find nothing more. */
  runRounds(): void;
  /** Runs the rounds that were recorded at this instant. */
  runRecorded(round: RecordedRound): void;
  /** Folds a fact that nothing follows from. */
  fold(fact: MatcherFact): void;
  /** Folds what was decided, and does what follows from it. A backfill that starts is as old as `startedAtMs`; default: new. */
  perform(facts: readonly MatcherFact[], startedAtMs?: number): void;
  /** The session's roster or policy is another: its backfill is looked at anew, and a round follows at once. */
  review(session: BattleSession): void;
  /** The present attempt to place the match ends so. @throws {MusterError} PLACEMENT_NOT_FOUND, PLACEMENT_ENDED. */
  failPlacement(matchId: MatchId, outcome: PlacementOutcome): void;
};

/** Rounds of a running matcher at one instant, as far as they are not a function of what came before. */
export type RecordedRound = {
  /** Matches and fills that came of them. */
  readonly decisions: number;
  /** Sessions that they filled: what others looked like to them was not recorded. */
  readonly sessions: readonly string[];
  /** Tickets that they did not consider. */
  readonly withheld: readonly string[];
};

export type SimulatedMatcherOptions = {
  readonly setting: SimulationSetting;
  readonly random: Random;
  /** Whether the match is not placed at once, as its placement is going to fail. */
  readonly isHeld: (matchId: string) => boolean;
  /** Whether players who are asked accept a match at once. */
  readonly acceptsAtOnce: boolean;
  /** Whether rounds run when they are told to alone. */
  readonly hasRecordedRounds: boolean;
  readonly tell: (fact: SimulationFact) => void;
};

/** What stands for the queue of matches that are placed. */
const QUEUE = "simulated";

export function createSimulatedMatcher(options: SimulatedMatcherOptions): SimulatedMatcher {
  const { setting, random, isHeld, acceptsAtOnce, hasRecordedRounds, tell } = options;
  const { configuration, ruleSet: document } = setting;
  const { name, settleMs, autoBackfill } = configuration;
  const state = createMatcherState();
  const fleet = createSimulatedFleet();
  let nowMs = 0;
  let sequence = 0;
  let roundAtMs: number | undefined;
  /** Revisions at which the fleet refused a fill: until the session changes another would be refused as well. */
  const blocked = new Map<ServerSessionId, number>();

  const fold = (fact: MatcherFact, atMs = nowMs) => {
    sequence += 1;
    evolve(state, { sequence, atMs, atWallMs: nowMs, fact });
  };
  invariant(configuration.ruleSet !== undefined, "a simulation of queries is another");
  fold({ type: "rule-set-put", name: configuration.ruleSet, document });
  for (const [index, one] of (configuration.alternatives ?? []).entries()) {
    fold({ type: "rule-set-put", name: one.ruleSet, document: setting.alternatives[index] ?? "" });
  }
  fold({ type: "configuration-put", configuration });
  const choices = [configuration.ruleSet, ...(configuration.alternatives ?? []).map((one) => one.ruleSet)];
  const ruleSets = choices.flatMap((one) => state.ruleSets.get(one)?.ruleSet ?? []);
  const [ruleSet] = ruleSets;
  invariant(ruleSet, "a rule set that was put is there");
  const story = createStory({ state, fleet, ruleSets, nowMs: () => nowMs, tell });
  /** By which of the rule sets it was formed, 0 by the preferred one. */
  const choiceOf = ({ formedBy }: Pick<Match, "formedBy">) => Math.max(0, choices.indexOf(formedBy?.ruleSet ?? ""));
  /** When time alone next loosens what a waiting ticket asks, in whole ms: a sum of fractions may round to less than the age. */
  const expansionAtMs = () => {
    const atMs = nextExpansionAtMs(state, name, nowMs);
    return atMs === undefined ? undefined : Math.ceil(atMs);
  };

  const mark = (atMs: number) => {
    roundAtMs = Math.min(atMs, roundAtMs ?? atMs);
  };
  const perform = (facts: readonly MatcherFact[], startedAtMs?: number) => {
    for (const fact of facts) {
      const asked = fact.type === "match-accepted" ? state.proposals.get(fact.matchId)?.match : undefined;
      fold(fact, fact.type === "backfill-started" ? startedAtMs : undefined);
      story.tell(fact);
      if (asked && !state.proposals.has(asked.matchId)) goOn(asked);
      follow(fact);
    }
  };
  /** Everybody has accepted the match. */
  const goOn = (match: Match) => {
    const { matchId, players } = match;
    story.formed(players, { accepted: matchId, choice: choiceOf(match) });
    if (state.matches.has(matchId) && !isHeld(matchId)) place(matchId);
  };
  const acceptForAll = ({ matchId, players }: Match) => {
    for (const ticketId of ticketsOf(players)) {
      const playerIds = players.filter((player) => player.ticketId === ticketId).map(({ playerId }) => playerId);
      perform(decideAcceptMatch(state, { ticketId, matchId, playerIds, answer: "ACCEPT" }, nowMs));
    }
  };
  const follow = (fact: MatcherFact): void => {
    switch (fact.type) {
      case "ticket-created":
        mark(nowMs + settleMs);
        break;
      case "match-formed":
        if (fact.match.acceptance) {
          if (acceptsAtOnce) acceptForAll(fact.match);
        } else if (fact.match.queue !== undefined && !isHeld(fact.match.matchId)) place(fact.match.matchId);
        break;
      case "proposal-ended":
        mark(nowMs + settleMs);
        break;
      case "placement-ended":
        // Asked for again, or its tickets search on.
        if (state.matches.has(fact.matchId) && !isHeld(fact.matchId)) place(fact.matchId);
        mark(nowMs);
        break;
      case "match-placed": {
        const session = fleet.find(fact.battleSessionId);
        if (session) review(session);
        break;
      }
      case "backfill-started":
      case "backfill-changed":
        mark(nowMs);
        break;
      case "fill-decided":
        applyFill(fact);
        break;
      default:
        break;
    }
  };

  const place = (matchId: MatchId) => {
    const match = state.matches.get(matchId);
    invariant(match, "a match that is placed waits for it");
    const seats = seatsOf(state, match.players);
    const region = bestRegion(seats, match.regions);
    const { configuration: of, teams, capacity } = match;
    const battleSessionId = matchId as string as ServerSessionId;
    const battle = {
      battleSessionId,
      matchId,
      configuration: of,
      teams,
      capacity,
      region,
      players: seats,
      atMs: nowMs,
    };
    const session = autoBackfill ? fleet.open(battle) : createSimulatedFleet().open(battle);
    const placementId = presentPlacementId(match);
    perform(decidePlacementReport(state, { placementId, state: "FULFILLED", session }));
  };
  const applyFill = (fill: Extract<MatcherFact, { type: "fill-decided" }>) => {
    const { fillId, battleSessionId, newcomers, formedBy } = fill;
    const refusal = attempt(() => fleet.seat(battleSessionId, seatsOf(state, newcomers)));
    if (refusal) {
      blocked.set(battleSessionId, fleet.find(battleSessionId)?.revision ?? 0);
      for (const fact of decideFillDropped(state, fillId, { battleSessionId, reason: refusal.reason })) fold(fact);
      mark(nowMs);
      return;
    }
    const session = fleet.getActive(battleSessionId);
    story.formed(newcomers, { filled: session, choice: choiceOf({ formedBy }) });
    perform(decideFillApplied(state, fillId, { session, present: session }));
    review(session);
  };
  const review = (session: BattleSession) => {
    perform(decideSessionChange(state, session));
    touchSession(state, session.battleSessionId);
    story.backfill(session.battleSessionId);
    mark(nowMs);
  };
  /** The match under its name in this simulation; where nothing asks for its placement it only forms a group. */
  const named = (match: Match): Match => {
    const { players, acceptance } = match;
    const matchId = acceptance
      ? story.proposed(players, acceptance.deadlineAtMs)
      : story.formed(players, { choice: choiceOf(match) });
    const queue = autoBackfill || isHeld(matchId) ? QUEUE : undefined;
    return { ...match, matchId, queue };
  };

  const runRound = ({ sessions, withheld }: Partial<RecordedRound> = {}): number => {
    const { facts, isQuiet } = decideRound(state, {
      configuration: name,
      nowMs,
      random,
      endpoint: "simulation",
      withheld: new Set(withheld),
      findFillable(id) {
        if (sessions && !sessions.includes(id)) return undefined;
        const session = fleet.find(id);
        const isOpen = session?.state === "ACTIVE" && session.creationPolicy === "ACCEPT_ALL";
        return isOpen && (blocked.get(id) ?? 0) < session.revision ? session : undefined;
      },
    });
    if (!isQuiet) mark(nowMs);
    for (const fact of facts) {
      perform([fact.type === "match-formed" ? { type: "match-formed", match: named(fact.match) } : fact]);
    }
    return facts.length;
  };

  return {
    state,
    configuration,
    ruleSet,
    fleet,
    story,
    random,
    nowMs: () => nowMs,
    fold,
    perform,
    review,
    nextAtMs() {
      const ofRounds = hasRecordedRounds ? [] : [roundAtMs, expansionAtMs()];
      const times = [nextDueAtMs(state), ...ofRounds].filter((time) => time !== undefined);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    advance(toMs) {
      nowMs = toMs;
      while ((nextDueAtMs(state) ?? Number.POSITIVE_INFINITY) <= nowMs)
        perform(inOrder(state, decideDue(state, nowMs)));
    },
    runRecorded(round) {
      for (let left = round.decisions; left > 0; ) {
        const found = runRound(round);
        if (found === 0) break; // Something else decides here than did then: what was found shows it.
        left -= found;
      }
    },
    runRounds() {
      if (hasRecordedRounds) return;
      if ((expansionAtMs() ?? Number.POSITIVE_INFINITY) <= nowMs) mark(nowMs);
      while (roundAtMs !== undefined && roundAtMs <= nowMs) {
        roundAtMs = undefined;
        runRound();
      }
    },
    failPlacement(matchId, outcome) {
      const match = state.matches.get(matchId);
      if (!match) {
        const isKnown = story.knows(matchId) || fleet.find(matchId as string as ServerSessionId) !== undefined;
        throw notPlacing(matchId, isKnown);
      }
      const report = {
        placementId: presentPlacementId(match),
        state: outcome,
        failure: "The simulation says so",
      } as const;
      perform(decidePlacementReport(state, report));
    },
  };
}

function attempt(work: () => unknown): MusterError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof MusterError) return error;
    throw error;
  }
}

/** Searches that end together are told of in the order in which they began. */
function inOrder(state: MatcherState, facts: readonly MatcherFact[]): readonly MatcherFact[] {
  const arrival = (fact: MatcherFact) => {
    if (fact.type !== "ticket-timed-out") return Number.POSITIVE_INFINITY;
    return state.tickets.get(fact.ticketId)?.ticket.arrival ?? 0;
  };
  return facts.toSorted((one, other) => arrival(one) - arrival(other) || 0);
}

function notPlacing(matchId: MatchId, isKnown: boolean): MusterError {
  const present = isKnown ? "it needs none any more" : "no match has the id";
  const why = `Cannot end the placement of ${matchId} as only a match in placement has one: ${present}`;
  return new MusterError(isKnown ? "PLACEMENT_ENDED" : "PLACEMENT_NOT_FOUND", why);
}
