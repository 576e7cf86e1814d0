// What the matcher decides, and what the fleet answered to it. The state is the fold of these (evolve.ts); the journal keeps
// them as muster.journal.v1 (journal-codec). When you add one, add it to all three.
import type {
  Address,
  Backfill,
  ErasureId,
  FillId,
  JoinKeyId,
  MatchId,
  PartyId,
  PlayerId,
  PlayerSessionId,
  ProcessId,
  ServerSessionId,
  SessionEndCause,
  TicketId,
} from "@muster/proto";
import type { KnownPlayer, TeamGoal } from "./backfill.ts";
import type { Configuration } from "./configuration.ts";
import type { DuplicateNoted } from "./duplicate-players.ts";
import type { AssignedPlayer, Match, PlacementOutcome } from "./match.ts";
import type { PartyChanged } from "./party/party-change.ts";
import type { ProposalFate } from "./proposal.ts";
import type { TicketQuery } from "./query/ticket-query.ts";
import type { TicketRejoined } from "./rejoin.ts";
import type { CancelCause, TicketPlayer } from "./ticket.ts";
import type { FormedBy } from "./versions.ts";

/** Somebody in a battle, with the secret of the seat. */
export type SeatedPlayer = {
  readonly playerId: PlayerId;
  readonly team: string | undefined;
  readonly ticketId: TicketId | undefined;
  readonly playerSessionId: PlayerSessionId;
};

export type MatcherFact =
  | {
      readonly type: "rule-set-put";
      readonly name: string;
      readonly document: string;
      /** Tickets of before play on by what they have. Undefined: all tickets play by it. */
      readonly newTicketsOnly?: boolean | undefined;
      /** Digest of what a file says. Undefined: a call put it. */
      readonly filed?: string | undefined;
    }
  | {
      readonly type: "configuration-put";
      readonly configuration: Configuration;
      /** As of a rule set. */
      readonly newTicketsOnly?: boolean | undefined;
      readonly filed?: string | undefined;
    }
  | { readonly type: "rule-set-deleted"; readonly name: string }
  /** `keepsSearching`: those who search are cancelled by facts of their own, which follow. Else they are with this one. */
  | { readonly type: "configuration-deleted"; readonly name: string; readonly keepsSearching?: boolean | undefined }
  | {
      readonly type: "ticket-created";
      readonly ticketId: TicketId;
      readonly configuration: string;
      readonly players: readonly TicketPlayer[];
      readonly bodyDigest: string;
      readonly timesOutAtMs: number;
      /** So many of the first players are in, the others are asked to join. Undefined: all are in. */
      readonly joined?: number | undefined;
      /** Undefined: of no party. */
      readonly partyId?: PartyId | undefined;
      /** Undefined: it needs no watch of its owner. */
      readonly presenceGraceMs?: number | undefined;
      /** Undefined: of a configuration with a rule set. */
      readonly query?: TicketQuery | undefined;
    }
  | {
      readonly type: "players-joined";
      readonly ticketId: TicketId;
      readonly players: readonly TicketPlayer[];
      /** Of a search that begins now. */
      readonly timesOutAtMs: number;
    }
  | { readonly type: "preparation-declined"; readonly ticketId: TicketId; readonly playerId: PlayerId }
  | DuplicateNoted
  /** `cause` undefined: by request. */
  | { readonly type: "ticket-cancelled"; readonly ticketId: TicketId; readonly cause?: CancelCause | undefined }
  | PartyChanged
  | { readonly type: "ticket-timed-out"; readonly ticketId: TicketId }
  | { readonly type: "match-formed"; readonly match: Match }
  | {
      readonly type: "match-accepted";
      readonly matchId: MatchId;
      readonly ticketId: TicketId;
      readonly playerIds: readonly PlayerId[];
    }
  | {
      readonly type: "proposal-ended";
      readonly matchId: MatchId;
      /** Of every ticket of the match. */
      readonly outcomes: readonly { readonly ticketId: TicketId; readonly fate: ProposalFate }[];
    }
  | {
      readonly type: "match-placed";
      readonly matchId: MatchId;
      readonly battleSessionId: ServerSessionId;
      readonly address: Address | undefined;
      readonly region: string;
      readonly players: readonly SeatedPlayer[];
      readonly processId: ProcessId;
      readonly incarnation: number;
    }
  | {
      readonly type: "placement-ended";
      readonly matchId: MatchId;
      readonly attempt: number;
      readonly outcome: PlacementOutcome;
      readonly failure: string;
    }
  | {
      readonly type: "backfill-started";
      readonly battleSessionId: ServerSessionId;
      readonly backfill: Backfill;
      readonly goals: readonly TeamGoal[];
      readonly requestId: string | undefined;
      readonly bodyDigest: string;
      readonly players: readonly KnownPlayer[];
    }
  | {
      readonly type: "session-adopted";
      readonly battleSessionId: ServerSessionId;
      readonly matchId: MatchId;
      readonly configuration: string;
      readonly capabilityKey: Uint8Array;
      readonly processId: ProcessId;
      readonly incarnation: number;
    }
  | {
      readonly type: "backfill-changed";
      readonly battleSessionId: ServerSessionId;
      readonly backfill: Backfill;
      readonly requestId: string | undefined;
    }
  | {
      readonly type: "fill-decided";
      readonly fillId: FillId;
      readonly battleSessionId: ServerSessionId;
      readonly expectedRosterVersion: number;
      readonly newcomers: readonly AssignedPlayer[];
      readonly backfill: Backfill;
      readonly toleratesLeavers: boolean;
      readonly approvalTimeoutMs: number | undefined;
      /** Undefined: decided before versions were counted. */
      readonly formedBy?: FormedBy | undefined;
    }
  | {
      readonly type: "fill-applied";
      readonly fillId: FillId;
      readonly battleSessionId: ServerSessionId;
      readonly address: Address | undefined;
      readonly region: string;
      readonly players: readonly SeatedPlayer[];
    }
  | TicketRejoined
  | {
      readonly type: "fill-dropped";
      readonly fillId: FillId;
      readonly battleSessionId: ServerSessionId;
      readonly reason: string;
    }
  | {
      readonly type: "session-ended";
      readonly battleSessionId: ServerSessionId;
      readonly cause: SessionEndCause | undefined;
    }
  | { readonly type: "ended-forgotten"; readonly endedUntilMs: number }
  | {
      readonly type: "join-key-added";
      readonly keyId: JoinKeyId;
      /** Of the private key: 32 random bytes. */
      readonly secret: Uint8Array;
      readonly signsFromMs: number;
    }
  | {
      readonly type: "ticket-refused";
      readonly ticketId: TicketId;
      readonly bodyDigest: string;
      readonly hook: string;
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly type: "match-weighed";
      readonly matchId: MatchId;
      /** The hook's own word for a refusal. */
      readonly code: string;
      /** What it becomes. Undefined: nothing, and its tickets search on. */
      readonly match: Match | undefined;
    }
  | { readonly type: "join-key-revoked"; readonly keyId: JoinKeyId }
  | {
      readonly type: "join-token-redeemed";
      readonly ticketId: TicketId;
      readonly playerId: PlayerId;
      /** "": the caller named none. */
      readonly requestId: string;
    }
  | {
      readonly type: "player-erased";
      readonly erasureId: ErasureId;
      readonly playerId: PlayerId;
      readonly playerDigest: string;
    }
  | { readonly type: "erasure-completed"; readonly erasureId: ErasureId };

/** A fact as it is folded: with its place in the journal, journal time, which rules depend on, and wall clock, for display. */
export type StampedFact = {
  readonly sequence: number;
  readonly atMs: number;
  readonly atWallMs: number;
  readonly fact: MatcherFact;
};
