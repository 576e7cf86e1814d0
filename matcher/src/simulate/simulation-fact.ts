// What a simulation tells, in order: one value for each thing that somebody outside would have noticed. The keys are
// documented in docs/simulate.md.
import type { BackfillCause, BackfillState, BackfillStrategy, TeamProgress } from "@muster/proto";

/** Somebody who came with the match or fill, by team. */
export type SimulatedSeat = { readonly ticketId: string; readonly playerId: string };

/** `at` is in seconds from the start. */
export type SimulationFact =
  | {
      readonly at: number;
      readonly type: "MatchFormed";
      /** m1, m2, … over matches and fills. */
      readonly matchId: string;
      /** Of a fill: the newcomers only. */
      readonly teams: Readonly<Record<string, readonly SimulatedSeat[]>>;
      /** The session that it filled. Absent: a new match. */
      readonly battleSessionId?: string;
      /** By which of the configuration's alternatives, from 1. Absent: by its preferred rule set. */
      readonly alternative?: number;
    }
  | {
      readonly at: number;
      /** Its players are asked whether they want the match. */
      readonly type: "MatchProposed";
      /** That of the MatchFormed that follows when all have accepted. */
      readonly matchId: string;
      readonly teams: Readonly<Record<string, readonly SimulatedSeat[]>>;
      /** In seconds from the start: an answer is too late then. */
      readonly expiresAt: number;
    }
  | {
      readonly at: number;
      readonly type: "MatchAccepted";
      readonly matchId: string;
      readonly playerIds: readonly string[];
    }
  | {
      readonly at: number;
      readonly type: "ProposalEnded";
      readonly matchId: string;
      /** A player refused, a ticket was cancelled, or the time passed. */
      readonly reason: "REFUSED" | "CANCELLED" | "UNANSWERED";
    }
  | {
      readonly at: number;
      /** It searches on, its age kept, as others did not accept its match. */
      readonly type: "TicketReturned";
      readonly ticketId: string;
      readonly cause: string;
    }
  | {
      readonly at: number;
      /** Players who were asked to join a ticket have. */
      readonly type: "PlayersJoined";
      readonly ticketId: string;
      readonly playerIds: readonly string[];
      /** They were the last: it searches. */
      readonly isReady: boolean;
    }
  | {
      readonly at: number;
      readonly type: "TicketTimedOut";
      readonly ticketId: string;
      /** PREPARATION_TIMED_OUT. Absent: it searched. */
      readonly cause?: string;
    }
  | {
      readonly at: number;
      readonly type: "TicketCancelled";
      readonly ticketId: string;
      /** Where a match was not accepted, or a player did not want to join: why. Absent: as an event says. */
      readonly cause?: string;
    }
  | {
      readonly at: number;
      /** A player whose event said how long to stay has stayed so long. */
      readonly type: "PlayerLeft";
      readonly battleSessionId: string;
      readonly playerId: string;
    }
  | { readonly at: number; readonly type: "TicketFailed"; readonly ticketId: string; readonly cause: string }
  | {
      readonly at: number;
      readonly type: "BackfillUpdated";
      readonly battleSessionId: string;
      readonly state: BackfillState;
      readonly cause?: BackfillCause;
      readonly strategy: BackfillStrategy;
      readonly noLegalFill: boolean;
      readonly progress: readonly TeamProgress[];
    }
  | {
      readonly at: number;
      readonly type: "Refused";
      readonly op: string;
      readonly ticketId?: string;
      readonly battleSessionId?: string;
      readonly matchId?: string;
      /** One of proto/src/reasons.ts. */
      readonly reason: string;
      readonly message: string;
    }
  | SimulationSummary;

/** Seconds, or points of a rule; null: there was nothing to measure. */
export type Distribution = {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
};

/** The last fact. */
export type SimulationSummary = {
  readonly type: "Summary";
  /** When the simulation stopped, in seconds. */
  readonly until: number;
  readonly counts: SimulationCounts;
  /** Seconds from request to match or fill, over tickets that have one. */
  readonly waits: Distribution;
  /** How right the estimates of the wait were that tickets were given at their start, over matched tickets that were given one. */
  readonly estimates: {
    readonly tickets: number;
    /** Seconds between estimate and wait, on average; null: nobody was given one. */
    readonly meanAbsoluteError: number | null;
    /** That error as a share of the average wait; null also where nobody waited. */
    readonly relativeError: number | null;
  };
  /** How far apart matches are by each distance and batchDistance rule. Of a fill: everybody in the battle after it. */
  readonly spreads: Readonly<Record<string, Distribution>>;
  /** Tickets that still search at the end. */
  readonly ticketsLeft: number;
};

export type SimulationCounts = {
  /** Tickets that entered the pool: the sum of the next four and of `ticketsLeft`. */
  readonly started: number;
  readonly matched: number;
  readonly timedOut: number;
  readonly cancelled: number;
  readonly failed: number;
  /** Players of the tickets that were matched. */
  readonly playersMatched: number;
  /** Of MatchFormed: new matches, and fills. */
  readonly matches: number;
  readonly fills: number;
  /** Events that were refused. */
  readonly refused: number;
  /** Where players are asked: matches that were proposed, and what became of them; the rest was open at the end. */
  readonly proposals?: ProposalCounts;
};

export type ProposalCounts = {
  readonly made: number;
  readonly accepted: number;
  /** Cancelled tickets among them. */
  readonly refused: number;
  readonly unanswered: number;
};

/** The fact as one line of JSON, `at` with three decimals. The same text for the same fact. */
export function writeSimulationFact(fact: SimulationFact): string {
  const text = JSON.stringify(fact);
  return "at" in fact ? text.replace(/^\{"at":[^,]+/, `{"at":${fact.at.toFixed(3)}`) : text;
}
