// Changes of a session that seat nobody: its backfill, which a matcher writes, and what an operator sets.
import {
  type Backfill,
  type BattleSession,
  type CreationPolicy,
  MusterError,
  type ProtectionPolicy,
  type ServerSessionId,
} from "@muster/proto";
import { type Decision, unchanged } from "./decision.ts";
import { findAnswered, getSession, rosterStale } from "./fill.ts";
import type { FleetState } from "./fleet-state.ts";
import { nameIn, projectOf } from "./project.ts";
import { type ChangeParts, nextChange } from "./session.ts";

export type SessionUpdate = {
  readonly updateId: string;
  readonly sessionId: ServerSessionId;
  // Each undefined: it stays as it is. At least one is named.
  readonly backfill?: Backfill | undefined;
  readonly capacity?: number | undefined;
  /** Empty: none any more. */
  readonly name?: string | undefined;
  readonly creationPolicy?: CreationPolicy | undefined;
  readonly protection?: ProtectionPolicy | undefined;
  /** The roster that the caller has seen. Undefined: any. */
  readonly expectedRosterVersion?: number | undefined;
};

/**
 * Writes what the update names into the session, the same values again too, so that a late repeat meets its answer. Replies with
 * the revision that has it. The backfill of an ended session stays as it was at the end.
 *
 * @throws {MusterError} ID_REUSED, SERVER_SESSION_NOT_FOUND; SESSION_NOT_ACTIVE, SESSION_FULL, ROSTER_VERSION_STALE if it names more than
 *   the backfill.
 */
export function updateSession(
  state: FleetState,
  asked: { readonly update: SessionUpdate; readonly bodyDigest: string },
): Decision<number> {
  const { update, bodyDigest } = asked;
  const requestId = nameIn(projectOf(state, update.sessionId), `update ${update.updateId}`);
  const answered = findAnswered(state, requestId, bodyDigest);
  if (answered) return unchanged(answered.revision);
  const { battle } = getSession(state, update.sessionId);
  const { backfill, capacity, name, creationPolicy, protection } = update;
  const settings = defined({ capacity, name, creationPolicy, protection });
  const isBackfillAlone = Object.keys(settings).length === 0;
  if (isBackfillAlone && battle.state === "TERMINATED") return unchanged(battle.revision);
  if (!isBackfillAlone) checkSettings(battle, update);
  const change = nextChange(battle, reasonOf(settings), { ...settings, ...defined({ backfill }) });
  return {
    facts: [{ type: "session-changed", change, request: { id: requestId, bodyDigest } }],
    reply: change.revision,
  };
}

function defined<Parts extends ChangeParts>(parts: Parts): ChangeParts {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

function reasonOf({ capacity, name, creationPolicy, protection }: ChangeParts) {
  if (capacity !== undefined || name !== undefined || protection !== undefined) return "SESSION_UPDATED";
  return creationPolicy === undefined ? "BACKFILL_UPDATED" : "CREATION_POLICY_CHANGED";
}

function checkSettings(battle: BattleSession, { capacity, expectedRosterVersion: expected }: SessionUpdate): void {
  const { battleSessionId, state, playerSessions } = battle;
  if (state !== "ACTIVE") {
    const why = `Cannot change session ${battleSessionId} as only an active one can be: it is ${state}`;
    throw new MusterError("SESSION_NOT_ACTIVE", why);
  }
  if (expected !== undefined && expected !== battle.rosterVersion) throw rosterStale(battle, expected);
  if (capacity === undefined || capacity >= playerSessions.length) return;
  throw new MusterError(
    "SESSION_FULL",
    `Cannot lower the capacity of session ${battleSessionId} to ${capacity} as all seats in use have to fit: ${playerSessions.length} are`,
    { metadata: { capacity: String(capacity), used: String(playerSessions.length) } },
  );
}
