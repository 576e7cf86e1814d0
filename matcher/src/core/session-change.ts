// What a change of a session, or of its rule set, means for the matcher: its backfill is looked at anew.
import type { BattleSession } from "@muster/proto";
import { assessBackfill } from "./assess-backfill.ts";
import { type BackfillFinding, isLiveBackfill, stepBackfill, withPhase } from "./backfill.ts";
import { ruleSetForBattle } from "./cohorts.ts";
import type { MatcherFact } from "./fact.ts";
import { decideSessionEnded } from "./fleet-reports.ts";
import type { MatcherState } from "./matcher-state.ts";

/** Facts that follow from the session as the fleet shows it now. */
export function decideSessionChange(state: MatcherState, session: BattleSession): readonly MatcherFact[] {
  if (session.state === "TERMINATED") return decideSessionEnded(state, session.battleSessionId, session.endCause);
  const matched = state.sessions.get(session.battleSessionId);
  const record = matched?.backfill;
  // A fill in flight says what follows it; its outcome is looked at in turn.
  if (!matched || !record || matched.ended || matched.fill || !isLiveBackfill(record.document)) return [];
  const configuration = state.configurations.get(matched.configuration);
  const ruleSet = ruleSetForBattle(state, matched, session);
  const ended = (finding: BackfillFinding) => {
    return withPhase(record.document, stepBackfill(record.document, { type: "assessed", finding }));
  };
  const assessed = () => {
    if (!configuration || !ruleSet) return ended("CONFIGURATION_DELETED");
    if (configuration.acceptance) return ended("ACCEPTANCE_REQUIRED");
    return assessBackfill({ ...record, fillPlayersMax: configuration.backfill?.fillPlayersMax }, session, ruleSet);
  };
  const backfill = assessed();
  if (backfill === record.document) return [];
  return [{ type: "backfill-changed", battleSessionId: session.battleSessionId, backfill, requestId: undefined }];
}
