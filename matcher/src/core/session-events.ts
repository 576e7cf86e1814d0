// What is told of battle sessions: how their backfills change, and their ends. Nobody asks for these later, as one asks for the
// history of a ticket: they are kept only until the outbox has them, which is at once, or after a restart.
import type { Backfill, MatchId, ServerSessionId, SessionEndCause } from "@muster/proto";
import { createEventLog, type EventLog } from "./event-log.ts";

export type SessionEventRecord = {
  /** 1, 2, … over all sessions. */
  readonly number: number;
  /** Of the fact in the journal. */
  readonly sequence: number;
  readonly atMs: number;
  readonly atWallMs: number;
  readonly battleSessionId: ServerSessionId;
  readonly matchId: MatchId;
  readonly configuration: string;
  /** 1, 2, … of the session. */
  readonly place: number;
  readonly what: SessionHappening;
};

export type SessionHappening =
  /** Its backfill started, or entered the state that it shows. */
  | { readonly type: "BACKFILL_CHANGED"; readonly backfill: Backfill }
  | { readonly type: "SESSION_ENDED"; readonly cause: SessionEndCause | undefined };

export type SessionEventLog = EventLog<SessionEventRecord>;

/** How long an event of a session is kept, in ms of journal time: the outbox needs a disk's write, and a restart. */
export const SESSION_EVENTS_KEPT_MS = 60_000;

export const createSessionEventLog: (events?: readonly SessionEventRecord[], lastNumber?: number) => SessionEventLog =
  createEventLog;

/** Whether `after` is worth telling of one who knows `before`: progress alone is not. */
export function isOtherBackfill(before: Backfill | undefined, after: Backfill): boolean {
  return (
    before?.backfillId !== after.backfillId ||
    before.state !== after.state ||
    before.cause !== after.cause ||
    before.noLegalFill !== after.noLegalFill
  );
}
