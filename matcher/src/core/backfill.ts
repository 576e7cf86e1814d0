// The standing request to add players to one battle session: its machine, and what the matcher keeps of it.
import { unreachable } from "@muster/kit";
import type { Backfill, BackfillCause, BackfillState, FillId, TicketId } from "@muster/proto";
import type { AssignedPlayer } from "./match.ts";
import type { TicketPlayer } from "./ticket.ts";
import type { FormedBy } from "./versions.ts";

/** What the team instance `team` shall hold. */
export type TeamGoal = { readonly team: string; readonly players: number };

/** What is known of somebody who came without a ticket of ours. */
export type KnownPlayer = Omit<TicketPlayer, "team">;

/** A backfill as the matcher keeps it, live or ended. */
export type BackfillRecord = {
  /** As the game hears it. */
  readonly document: Backfill;
  /** +1 with every change of the document, from 1: names the update that tells the fleet of it. */
  readonly version: number;
  /** Journal time of its start: older backfills are served first. */
  readonly startedAtMs: number;
  /** CUSTOM: what teams shall hold. Empty for MAX_POSSIBLE. */
  readonly goals: readonly TeamGoal[];
  /** Fills decided so far: the next fill's id counts on. */
  readonly fillsDecided: number;
  /** CUSTOM: tickets that its fills brought. It is done only when they have arrived. */
  readonly tickets: readonly TicketId[];
  /** Whom rules know by the request that started it, in place of what the fleet knows of them. */
  readonly players: readonly KnownPlayer[];
  /** Of the CancelBackfill that ended it. */
  readonly cancelRequestId: string | undefined;
};

/** A fill that is being applied. At most one a session. */
export type Fill = {
  readonly fillId: FillId;
  readonly expectedRosterVersion: number;
  readonly newcomers: readonly AssignedPlayer[];
  readonly document: Backfill;
  readonly toleratesLeavers: boolean;
  /** How long the game has to approve of it. Undefined: it is not asked. */
  readonly approvalTimeoutMs: number | undefined;
  readonly formedBy?: FormedBy | undefined;
};

export type BackfillPhase = { readonly state: BackfillState; readonly cause: BackfillCause | undefined };

export type BackfillEvent =
  /** What the session looks like now. */
  | { readonly type: "assessed"; readonly finding: BackfillFinding }
  | { readonly type: "cancelled"; readonly cause: "CANCELLED_BY_REQUEST" | "REPLACED" }
  | { readonly type: "session-ended" };

/** What the session's state says about its backfill; the first that holds, in this order. */
export type BackfillFinding =
  | "CONFIGURATION_DELETED"
  | "ACCEPTANCE_REQUIRED"
  | "RULE_SET_CHANGED"
  | "HOST_UNREACHABLE"
  | "DENY_ALL"
  | "GOAL_REACHED"
  | "FULL"
  | "OPEN";

/** Whether it is SEARCHING or PAUSED: at most one a session is. */
export function isLiveBackfill(phase: { readonly state: BackfillState }): boolean {
  return phase.state === "SEARCHING" || phase.state === "PAUSED";
}

/** The phase after `event`; the same value if it changes nothing. */
export function stepBackfill(phase: BackfillPhase, event: BackfillEvent): BackfillPhase {
  switch (phase.state) {
    case "SEARCHING":
    case "PAUSED":
      return stepLive(phase, event);
    case "CANCELLED":
    case "COMPLETED":
    case "ERROR":
      return phase; // Final.
    default:
      return unreachable(phase.state);
  }
}

function stepLive(phase: BackfillPhase, event: BackfillEvent): BackfillPhase {
  switch (event.type) {
    case "session-ended":
      return { state: "CANCELLED", cause: "SESSION_ENDED" };
    case "cancelled":
      return { state: "CANCELLED", cause: event.cause };
    case "assessed":
      return keepIfSame(phase, phaseOf(event.finding));
    default:
      return unreachable(event);
  }
}

function phaseOf(finding: BackfillFinding): BackfillPhase {
  switch (finding) {
    case "CONFIGURATION_DELETED":
    case "ACCEPTANCE_REQUIRED":
    case "RULE_SET_CHANGED":
      return { state: "ERROR", cause: finding };
    case "HOST_UNREACHABLE":
    case "DENY_ALL":
    case "FULL":
      return { state: "PAUSED", cause: finding };
    case "GOAL_REACHED":
      return { state: "COMPLETED", cause: finding };
    case "OPEN":
      return { state: "SEARCHING", cause: undefined };
    default:
      return unreachable(finding);
  }
}

function keepIfSame(before: BackfillPhase, after: BackfillPhase): BackfillPhase {
  return before.state === after.state && before.cause === after.cause ? before : after;
}

/** The document in another phase, with what else changed; the same value if nothing did. */
export function withPhase(
  document: Backfill,
  phase: BackfillPhase,
  rest: Partial<Pick<Backfill, "progress" | "noLegalFill">> = {},
): Backfill {
  const next = { ...document, ...rest, state: phase.state, cause: phase.cause };
  return isSameDocument(document, next) ? document : next;
}

/** Whether two documents of one backfill say the same. */
export function isSameDocument(one: Backfill, other: Backfill): boolean {
  return (
    one.backfillId === other.backfillId &&
    one.state === other.state &&
    one.cause === other.cause &&
    one.noLegalFill === other.noLegalFill &&
    one.progress.length === other.progress.length &&
    one.progress.every((team, index) => {
      const twin = other.progress[index];
      return (
        twin !== undefined &&
        team.team === twin.team &&
        team.have === twin.have &&
        team.reserved === twin.reserved &&
        team.goal === twin.goal
      );
    })
  );
}

/** The update that tells the fleet of this version: the same for every repeat. */
export function updateIdOf(record: BackfillRecord): string {
  return `${record.document.backfillId}.v${record.version}`;
}

/** The next fill's id: a function of the backfill and how many it decided. */
export function nextFillIdOf(record: BackfillRecord): FillId {
  return `${record.document.backfillId}.f${record.fillsDecided + 1}` as FillId;
}
