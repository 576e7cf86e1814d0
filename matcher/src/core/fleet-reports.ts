// What the fleet reports, as facts: outcomes of placements and fills, and the ends of sessions. Each is decided once; a
// repeated or late report adds nothing.
import type { BattleSession, FillId, ServerSessionId, SessionEndCause } from "@muster/proto";
import { isLiveBackfill, stepBackfill, withPhase } from "./backfill.ts";
import type { MatcherFact, SeatedPlayer } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import { cancelOthers } from "./query/other-tickets.ts";
import { type PlacementReport, parsePlacementId } from "./session-view.ts";

/** The fact of a placement's outcome; none while it is pending, or for an attempt that is not the present one. */
export function decidePlacementReport(state: MatcherState, report: PlacementReport): readonly MatcherFact[] {
  const id = parsePlacementId(report.placementId);
  const match = id && state.matches.get(id.matchId);
  if (!id || !match || match.attempt !== id.attempt || report.state === "PENDING") return [];
  if (report.state !== "FULFILLED") {
    const { state: outcome, failure } = report;
    return [{ type: "placement-ended", matchId: id.matchId, attempt: id.attempt, outcome, failure }];
  }
  const { session } = report;
  return [
    {
      type: "match-placed",
      matchId: id.matchId,
      battleSessionId: session.battleSessionId,
      address: session.address,
      region: session.region,
      players: seatedPlayers(session),
      processId: session.processId,
      incarnation: session.incarnation,
    },
  ];
}

/**
 * The fact of a fill that the fleet applied; `session` is as it stood after the fill, `present` as it is shown by now. Who came without
 * a ticket of ours and has left since is not named: that player may have been erased meanwhile.
 */
export function decideFillApplied(
  state: MatcherState,
  fillId: FillId,
  { session, present }: { readonly session: BattleSession; readonly present: BattleSession | undefined },
): readonly MatcherFact[] {
  const { battleSessionId, address, region } = session;
  const matched = state.sessions.get(battleSessionId);
  if (matched?.fill?.fillId !== fillId) return [];
  const there = new Set(present?.playerSessions.map(({ playerId }) => playerId));
  const isNamed = ({ ticketId, playerId }: SeatedPlayer) =>
    (ticketId !== undefined && state.tickets.has(ticketId)) || there.has(playerId);
  const players = seatedPlayers(session).filter(isNamed);
  const applied: MatcherFact = { type: "fill-applied", fillId, battleSessionId, address, region, players };
  const configuration = state.configurations.get(matched.configuration);
  if (!configuration?.query) return [applied];
  return [applied, ...cancelOthers(state, configuration, matched.fill.newcomers)];
}

/** The fact of a fill that the fleet refused for good. */
export function decideFillDropped(
  state: MatcherState,
  fillId: FillId,
  refusal: { readonly battleSessionId: ServerSessionId; readonly reason: string },
): readonly MatcherFact[] {
  if (state.sessions.get(refusal.battleSessionId)?.fill?.fillId !== fillId) return [];
  return [{ type: "fill-dropped", fillId, ...refusal }];
}

/** The facts of a session's end: its backfill goes with it (B-DIES-WITH-SESSION). */
export function decideSessionEnded(
  state: MatcherState,
  battleSessionId: ServerSessionId,
  cause: SessionEndCause | undefined,
): readonly MatcherFact[] {
  const session = state.sessions.get(battleSessionId);
  if (!session || session.ended) return [];
  const document = session.backfill?.document;
  const facts: MatcherFact[] = [];
  if (document && isLiveBackfill(document)) {
    const backfill = withPhase(document, stepBackfill(document, { type: "session-ended" }));
    facts.push({ type: "backfill-changed", battleSessionId, backfill, requestId: undefined });
  }
  return [...facts, { type: "session-ended", battleSessionId, cause }];
}

function seatedPlayers(session: BattleSession): readonly SeatedPlayer[] {
  return session.playerSessions.map(({ playerId, team, ticketId, playerSessionId }) => ({
    playerId,
    team,
    ticketId,
    playerSessionId,
  }));
}
