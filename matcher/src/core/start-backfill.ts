// Whether a battle session gets the backfill that somebody asks for (B-ONE-LIVE).
import {
  type Backfill,
  type BackfillId,
  type BackfillStrategy,
  type BattleSession,
  fieldInvalid,
  MusterError,
  type ServerSessionId,
} from "@muster/proto";
import { fillGoalOf } from "@muster/rules";
import { assessBackfill, sizesOf } from "./assess-backfill.ts";
import { isLiveBackfill, type KnownPlayer, stepBackfill, type TeamGoal, withPhase } from "./backfill.ts";
import { ruleSetForBattle } from "./cohorts.ts";
import { backfillWithAcceptance } from "./configuration.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatchedSession, MatcherState } from "./matcher-state.ts";
import { getConfiguration } from "./start-matching.ts";

export type StartBackfill = {
  readonly battleSessionId: ServerSessionId;
  readonly strategy: BackfillStrategy;
  readonly addPlayers: Readonly<Record<string, number>>;
  readonly replace: boolean;
  readonly requestId: string | undefined;
  readonly bodyDigest: string;
  /** By which a session that is none of ours is filled. Undefined: it is one of ours. */
  readonly configuration?: string | undefined;
  /** Whom rules shall know by this request. */
  readonly players?: readonly KnownPlayer[];
  /** Drawn for this call; a repeat does not use it. */
  readonly backfillId: BackfillId;
};

export type BackfillDecision = { readonly facts: readonly MatcherFact[]; readonly backfill: Backfill };

/**
 * The facts that start the backfill, and its document. `view` is the session as the fleet shows it.
 *
 * @throws {MusterError} BATTLE_SESSION_NOT_FOUND, ID_REUSED, SESSION_NOT_ACTIVE, BACKFILL_ALREADY_RUNNING, FIELD_INVALID,
 * BACKFILL_WITH_ACCEPTANCE, TEAM_UNKNOWN, TEAM_SIZE_EXCEEDED.
 */
export function decideStartBackfill(
  state: MatcherState,
  request: StartBackfill,
  view: BattleSession | undefined,
): BackfillDecision {
  const session = getMatchedSession(state, request.battleSessionId);
  const { configuration } = request;
  if (configuration !== undefined && configuration !== session.configuration) {
    throw fieldInvalid("configuration", `the session's, ${session.configuration}, or absent`, configuration);
  }
  const repeated = findRepeat(session, request);
  if (repeated) return { facts: [], backfill: repeated };
  if (state.configurations.get(session.configuration)?.acceptance) throw backfillWithAcceptance(session.configuration);
  if (session.ended || !view || view.state !== "ACTIVE") {
    const present = session.ended ? "it has ended" : `it is ${view?.state ?? "not shown by the fleet"}`;
    const why = `Cannot start a backfill of ${session.battleSessionId} as only an active session takes one: ${present}`;
    throw new MusterError("SESSION_NOT_ACTIVE", why);
  }
  const running = session.backfill && isLiveBackfill(session.backfill.document) ? session.backfill.document : undefined;
  if (running && !request.replace) {
    const why = `Cannot start a backfill of ${session.battleSessionId} as it may have one: ${running.backfillId} is ${running.state}`;
    throw new MusterError("BACKFILL_ALREADY_RUNNING", why, { metadata: { backfillId: running.backfillId } });
  }
  const ruleSet = getRuleSet(state, session, view);
  const goals = goalsOf(request, view, ruleSet);
  const started = newDocument(request);
  const { fillPlayersMax } = state.configurations.get(session.configuration)?.backfill ?? {};
  const backfill = assessBackfill({ document: started, goals, tickets: [], fillPlayersMax }, view, ruleSet);
  const { battleSessionId, requestId, bodyDigest } = request;
  const facts: MatcherFact[] = [];
  if (running) {
    const replaced = withPhase(running, stepBackfill(running, { type: "cancelled", cause: "REPLACED" }));
    facts.push({ type: "backfill-changed", battleSessionId, backfill: replaced, requestId: undefined });
  }
  const { players = [] } = request;
  facts.push({ type: "backfill-started", battleSessionId, backfill, goals, requestId, bodyDigest, players });
  return { facts, backfill };
}

/** @throws {MusterError} BATTLE_SESSION_NOT_FOUND. */
export function getMatchedSession(state: MatcherState, battleSessionId: ServerSessionId): MatchedSession {
  const session = state.sessions.get(battleSessionId);
  if (session) return session;
  const why = `Cannot find battle session ${battleSessionId} as no match of this matcher was placed on it`;
  throw new MusterError("BATTLE_SESSION_NOT_FOUND", why, { metadata: { battleSessionId } });
}

function findRepeat(session: MatchedSession, request: StartBackfill): Backfill | undefined {
  const before = request.requestId === undefined ? undefined : session.startRequests.get(request.requestId);
  if (!before) return undefined;
  if (before.bodyDigest !== request.bodyDigest) {
    const why = `Cannot start a backfill as request ${request.requestId} came before with another body`;
    throw new MusterError("ID_REUSED", why, { metadata: { requestId: request.requestId ?? "" } });
  }
  const { document } = session.backfill ?? {};
  if (document?.backfillId === before.backfillId) return document;
  // Another has taken its place since: what the first answer promised has come and gone.
  return withPhase(
    { ...newDocument(request), backfillId: before.backfillId },
    { state: "CANCELLED", cause: "REPLACED" },
  );
}

function getRuleSet(state: MatcherState, session: MatchedSession, view: BattleSession) {
  getConfiguration(state, session.configuration);
  const ruleSet = ruleSetForBattle(state, session, view);
  if (ruleSet) return ruleSet;
  throw new MusterError("INTERNAL_FAULT", `Cannot backfill as the rule set of ${session.configuration} is not there`);
}

function newDocument({ backfillId, strategy, addPlayers }: StartBackfill): Backfill {
  return {
    backfillId,
    state: "SEARCHING",
    strategy,
    addPlayers,
    progress: [],
    cause: undefined,
    noLegalFill: false,
  };
}

function goalsOf(
  { strategy, addPlayers }: StartBackfill,
  view: BattleSession,
  ruleSet: Parameters<typeof fillGoalOf>[0],
): readonly TeamGoal[] {
  if (strategy === "MAX_POSSIBLE") return [];
  const goal = fillGoalOf(ruleSet, { strategy, addPlayers: new Map(Object.entries(addPlayers)) }, sizesOf(view));
  if (goal.strategy === "MAX_POSSIBLE") return [];
  return [...goal.teamSizes].map(([team, players]) => ({ team, players }));
}
