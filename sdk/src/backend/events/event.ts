// What the matcher pushes to a game backend, typed: one shape for each type of event.
import type { SessionEndCause } from "@muster/proto";
import type { Assignment, Preparation, Proposal, TicketState } from "../ticket.ts";

/** A ticket as an event tells of it: without the attributes that its backend brought. */
export type EventTicket<State extends TicketState = TicketState> = {
  readonly ticketId: string;
  readonly state: State;
  readonly version: number;
  readonly players: readonly {
    readonly playerId: string;
    readonly team: string | undefined;
    /** What the backend gave for the game server. */
    readonly data: string | undefined;
  }[];
  readonly createdAt: Date;
  /** How often it returned to the search. */
  readonly returns: number;
  readonly matchId: string | undefined;
  /** Why it is where it is, such as "CANCELLED_BY_REQUEST". */
  readonly cause: string | undefined;
  /** REQUIRES_ACCEPTANCE only. */
  readonly proposal: Proposal | undefined;
  /** PREPARING only. */
  readonly preparation: Preparation | undefined;
  /** COMPLETED only. Player session ids of the ticket's own players only: they are secrets. */
  readonly assignment: Assignment | undefined;
};

/** A battle session as an event tells of it. */
export type EventSession = { readonly battleSessionId: string; readonly matchId: string };

export type EventBackfill = {
  readonly backfillId: string;
  readonly state: "SEARCHING" | "PAUSED" | "CANCELLED" | "COMPLETED" | "ERROR";
  readonly cause: string | undefined;
  readonly strategy: "MAX_POSSIBLE" | "CUSTOM";
  readonly addPlayers: Readonly<Record<string, number>>;
  readonly progress: readonly {
    readonly team: string;
    readonly have: number;
    readonly reserved: number;
    readonly goal: number;
  }[];
  readonly noLegalFill: boolean;
};

/** A party as an event tells of it: as it stands after what changed, without what its members bring. */
export type EventParty = {
  readonly partyId: string;
  /** +1 with every change, from 1. */
  readonly version: number;
  /** What happened last: CREATED, INVITED, ASKED, JOINED, LEFT, KICKED, DECLINED, REFUSED, EXPIRED, PROMOTED, MEMBER_UPDATED, DISSOLVED. */
  readonly change: { readonly type: string; readonly playerId: string | undefined };
  /** Undefined: it has ended. */
  readonly leader: { readonly playerId: string } | undefined;
  readonly members: readonly { readonly playerId: string }[];
  readonly membersMax: number;
  readonly open: boolean;
  readonly properties: Readonly<Record<string, string>>;
  readonly offers: readonly {
    readonly kind: "INVITED" | "ASKED";
    readonly playerId: string;
    readonly expiresAt: Date;
  }[];
};

/** A request that met another ticket of one of its players, or the player's seat. */
export type EventDuplicate = {
  /** Of the request. */
  readonly ticketId: string;
  readonly players: readonly { readonly playerId: string }[];
  /** REJOINED: the request's players were led back to their battle. SUPERSEDED: the request has become a ticket, and the older one is cancelled. */
  readonly outcome: "REFUSED" | "SUPERSEDED" | "REJOINED";
  /** REFUSED: PLAYER_ALREADY_QUEUED or PLAYER_ALREADY_SEATED. */
  readonly reason: string | undefined;
  /** Who was met. */
  readonly playerId: string;
  /** The ticket that holds the player, or brought the seat; or that is superseded. */
  readonly heldBy: string;
};

type EventOf<Type extends string, Data> = {
  /** The same for every repeat. */
  readonly id: string;
  readonly type: Type;
  /** 1, 2, 3 … of its ticket, session or party. */
  readonly number: number;
  /** When it happened, by the matcher's clock. */
  readonly timestamp: Date;
  /** Undefined: it is of none. */
  readonly configuration: string | undefined;
  /** Of targets with `matchTokens` only; else empty. */
  readonly matchTokens: readonly string[];
} & Data;

/** Tell them apart by `type`; what each means stands in docs/guides/events.md. */
export type BackendEvent =
  | EventOf<"TICKET_PREPARING" | "TICKET_JOINED", { readonly ticket: EventTicket<"PREPARING"> }>
  | EventOf<"TICKET_SEARCHING", { readonly ticket: EventTicket<"SEARCHING"> }>
  | EventOf<"MATCH_PROPOSED" | "MATCH_ACCEPTED", { readonly ticket: EventTicket<"REQUIRES_ACCEPTANCE"> }>
  | EventOf<"TICKET_PLACING", { readonly ticket: EventTicket<"PLACING"> }>
  | EventOf<"TICKET_COMPLETED", { readonly ticket: EventTicket<"COMPLETED"> & { readonly assignment: Assignment } }>
  | EventOf<"TICKET_CANCELLED", { readonly ticket: EventTicket<"CANCELLED"> }>
  | EventOf<"TICKET_TIMED_OUT", { readonly ticket: EventTicket<"TIMED_OUT"> }>
  | EventOf<"TICKET_FAILED", { readonly ticket: EventTicket<"FAILED"> }>
  | EventOf<
      "TICKET_SESSION_ENDED",
      { readonly ticket: EventTicket; readonly sessionEndCause: SessionEndCause | undefined }
    >
  | EventOf<"BACKFILL_CHANGED", { readonly session: EventSession; readonly backfill: EventBackfill }>
  | EventOf<"SESSION_ENDED", { readonly session: EventSession; readonly endCause: SessionEndCause | undefined }>
  | EventOf<"PARTY_CHANGED", { readonly party: EventParty }>
  | EventOf<"TICKET_DUPLICATE", { readonly duplicate: EventDuplicate }>
  | EventOf<
      "TARGET_DISABLED",
      { readonly target: { readonly name: string; readonly url: string; readonly cause: string } }
    >
  /** Of a newer matcher: there is nothing to do but to answer that it came. */
  | EventOf<"UNKNOWN", { readonly name: string; readonly data: unknown }>;
