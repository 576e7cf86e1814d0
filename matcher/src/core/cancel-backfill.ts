// Ending a backfill on request, and reading the last one.
import { type Backfill, MusterError, type ServerSessionId } from "@muster/proto";
import { isLiveBackfill, stepBackfill, withPhase } from "./backfill.ts";
import type { MatcherState } from "./matcher-state.ts";
import { type BackfillDecision, getMatchedSession } from "./start-backfill.ts";

export type CancelBackfill = {
  readonly battleSessionId: ServerSessionId;
  readonly requestId: string | undefined;
};

/**
 * The fact that ends the live backfill: nothing is filled any more. A fill that is being applied keeps its own outcome.
 *
 * @throws {MusterError} BATTLE_SESSION_NOT_FOUND; BACKFILL_NOT_RUNNING unless it is live, or this request ended it.
 */
export function decideCancelBackfill(state: MatcherState, request: CancelBackfill): BackfillDecision {
  const { battleSessionId, requestId } = request;
  const record = getMatchedSession(state, battleSessionId).backfill;
  if (record && requestId !== undefined && record.cancelRequestId === requestId) {
    return { facts: [], backfill: record.document };
  }
  if (!record || !isLiveBackfill(record.document)) throw notRunning(battleSessionId, record?.document);
  const phase = stepBackfill(record.document, { type: "cancelled", cause: "CANCELLED_BY_REQUEST" });
  const backfill = withPhase(record.document, phase, { noLegalFill: false });
  return { facts: [{ type: "backfill-changed", battleSessionId, backfill, requestId }], backfill };
}

/** The last backfill of the session. @throws {MusterError} BATTLE_SESSION_NOT_FOUND, BACKFILL_NOT_RUNNING if it never had one. */
export function describeBackfill(state: MatcherState, battleSessionId: ServerSessionId): Backfill {
  const record = getMatchedSession(state, battleSessionId).backfill;
  if (record) return record.document;
  throw notRunning(battleSessionId, undefined);
}

function notRunning(battleSessionId: ServerSessionId, last: Backfill | undefined): MusterError {
  const present = last ? `the last one is ${last.state}` : "it never had one";
  return new MusterError("BACKFILL_NOT_RUNNING", `Cannot find a live backfill of ${battleSessionId}: ${present}`);
}
