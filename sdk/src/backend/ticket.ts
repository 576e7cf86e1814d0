// A ticket as a game backend sees it: plain values, states as words, times as Dates.
import type { Address, Attributes, MusterError, SessionEndCause } from "@muster/proto";

/**
 * SEARCHING → PLACING → COMPLETED, by way of REQUIRES_ACCEPTANCE where the configuration asks players for acceptance, and after
 * PREPARING where players are asked to join first; CANCELLED, TIMED_OUT and FAILED end a ticket without a battle.
 */
export type TicketState =
  | "PREPARING"
  | "SEARCHING"
  | "REQUIRES_ACCEPTANCE"
  | "PLACING"
  | "COMPLETED"
  | "CANCELLED"
  | "TIMED_OUT"
  | "FAILED";

/** One player of a ticket that is started. */
export type TicketPlayer = {
  /** 1 to 256 bytes of text. */
  readonly playerId: string;
  /** As the rule set declares them: numbers, strings, lists of strings, maps from string to number. Default none. */
  readonly attributes?: Attributes;
  /** Round trip in ms by region, 0 to 60,000, rounded to whole ones. Default: unknown. */
  readonly latenciesMs?: Readonly<Record<string, number>>;
  /** The team that the player asks for: "red", or one instance of it. Default any. */
  readonly team?: string | undefined;
  /** For the game server, which gets it with the seat as it is: text of your own, at most 2,048 characters. Default none. */
  readonly data?: string | undefined;
};

export type StartMatching = {
  /** Name of the matchmaking configuration. */
  readonly configuration: string;
  /**
   * 1 to 128 of `A-Z a-z 0-9 _ . : -`. The same id with the same body is the same ticket, however often it is started.
   * Default: drawn.
   */
  readonly ticketId?: string;
  /** 1 to 100 who stay together, those who are asked included. Empty for a party that comes as it is. */
  readonly players: readonly TicketPlayer[];
  /** Players who have to join, each by `joinMatching`, before the search begins: the ticket is PREPARING until then. Default nobody. */
  readonly asked?: AskedPlayers;
  /**
   * It is a party's ticket, started by its leader: a change of members cancels it. `players` and `asked` are its members, all of them, or
   * nobody: then each comes with what the party knows of them. Default none.
   */
  readonly party?: { readonly partyId: string; readonly leaderId: string };
  /**
   * The ticket ends with its owner's watch: when no `watchTickets` (or `match`) that names it or one of its players has been open for so
   * long, in s, it is CANCELLED with cause OWNER_GONE. A whole number from 1 to 3,600; 0: it needs none. Default: as the configuration
   * says.
   */
  readonly presenceGraceSeconds?: number;
  // The rest is of configurations that match by queries, and refused by those with rule sets. There players bring no attributes and ask for
  // no team.
  /** Whom it seeks, by what others say of themselves: `+properties.region:eu`. At most 4,096 characters. Default `*`, anybody. */
  readonly query?: string;
  /** Players of a match, the ticket's own included. 2 to 10,000, a multiple of `countMultiple`. */
  readonly minCount?: number;
  /** `minCount` to 10,000, a multiple of `countMultiple`. */
  readonly maxCount?: number;
  /** A match has a multiple of so many players. From 1. Default 1. */
  readonly countMultiple?: number;
  /** What it says of itself: shown to everybody in the match, and to the game as attributes. At most 4,096 characters of keys and texts. Default none. */
  readonly stringProperties?: Readonly<Record<string, string>>;
  readonly numericProperties?: Readonly<Record<string, number>>;
};

/** Whom a ticket seeks, and what it says of itself, as it was asked for; `query` is `*` where none was given. */
export type TicketQuery = {
  readonly query: string;
  readonly minCount: number;
  readonly maxCount: number;
  readonly countMultiple: number;
  readonly stringProperties: Readonly<Record<string, string>>;
  readonly numericProperties: Readonly<Record<string, number>>;
};

/** What became of one ticket of many. */
export type StartedTicket =
  | { readonly ticketId: string; readonly ticket: Ticket; readonly error: undefined }
  /** Why it was refused: ID_REUSED, CONFIGURATION_NOT_FOUND, ATTRIBUTE_INVALID, PLAYER_ALREADY_QUEUED, POOL_FULL … */
  | { readonly ticketId: string; readonly ticket: undefined; readonly error: MusterError };

/** Who has to join a ticket. None of them stands in its `players`, which may be empty. */
export type AskedPlayers = {
  readonly playerIds: readonly string[];
  /** How long they have, in s: a whole number from 1 to 3,600. Default 60. */
  readonly timeoutSeconds?: number;
};

/** Players who were asked to a ticket, and what they bring. */
export type JoinMatching = { readonly ticketId: string; readonly players: readonly TicketPlayer[] };

/** One request to be matched, as it stood when it was sent. */
export type Ticket = {
  readonly ticketId: string;
  readonly configuration: string;
  readonly state: TicketState;
  /** +1 with every change, from 1. */
  readonly version: number;
  readonly players: readonly Required<TicketPlayer>[];
  readonly createdAt: Date;
  /** When a ticket that still searches, or waits for its players, becomes TIMED_OUT. Undefined if it never does. */
  readonly timesOutAt: Date | undefined;
  /** Set from REQUIRES_ACCEPTANCE or PLACING on, or when a fill seated the ticket; of a match that was not accepted it stays. */
  readonly matchId: string | undefined;
  /** Where to go, and who else is there. Set exactly when the ticket is COMPLETED. */
  readonly assignment: Assignment | undefined;
  /** Why it is CANCELLED, TIMED_OUT or FAILED, or what happened last, such as "CANCELLED_BY_REQUEST". */
  readonly cause: string | undefined;
  /** How often it returned to the search, its age kept. */
  readonly returns: number;
  /**
   * How long it will have waited in all when it is matched, in ms from its request: half of the tickets like it that were matched
   * lately waited less. Undefined in events, for a ticket that does not search, and where too few were matched lately.
   */
  readonly estimatedWaitMs: number | undefined;
  /** The match that waits for acceptance. Set exactly when the ticket is in REQUIRES_ACCEPTANCE. */
  readonly proposal: Proposal | undefined;
  /** The party that it was started for; undefined: none. */
  readonly partyId: string | undefined;
  /** How long it may be without a watch of its owner, in s; undefined: it needs none. */
  readonly presenceGraceSeconds: number | undefined;
  /** Whom the ticket waits for. Set exactly when it is PREPARING. */
  readonly preparation: Preparation | undefined;
  /** Whom it seeks, and what it says of itself. Undefined in a configuration with a rule set. */
  readonly query?: TicketQuery | undefined;
};

/** A ticket that searches when all its players have joined. */
export type Preparation = {
  /** From then on it is too late. By the matcher's clock. */
  readonly expiresAt: Date;
  /** All players of the ticket. Who has not joined stands in `players` with nothing but the id. */
  readonly players: readonly { readonly playerId: string; readonly joined: boolean }[];
};

/** A match that goes on when all its players have accepted. Its id is the ticket's `matchId`. */
export type Proposal = {
  /** From then on an answer is too late. By the matcher's clock. */
  readonly expiresAt: Date;
  /** Everybody who is asked. */
  readonly players: readonly ProposedPlayer[];
};

export type ProposedPlayer = {
  readonly playerId: string;
  /** Undefined in a battle without teams. */
  readonly team: string | undefined;
  readonly ticketId: string;
  /** False: has not answered yet. */
  readonly accepted: boolean;
};

/** What players say to a match that is proposed to their ticket. */
export type MatchAnswer = {
  readonly ticketId: string;
  /** The ticket's `matchId` as the players were shown it: an answer that comes late speaks of no other match. */
  readonly matchId: string;
  /** 1 to 100 players of the ticket, each once. */
  readonly playerIds: readonly string[];
};

export type Assignment = {
  /** Undefined in a configuration without a queue: it forms groups only. */
  readonly address: Address | undefined;
  /** Undefined in a configuration without a queue. */
  readonly battleSessionId: string | undefined;
  readonly region: string | undefined;
  /** Everybody in the battle when the ticket was completed. */
  readonly players: readonly MatchedPlayer[];
  /** By what the match, or the fill that seated the ticket, was formed. Undefined of a match of a matcher that counts no versions. */
  readonly formedBy?: FormedBy | undefined;
  /** The seats were the players' already, brought by earlier tickets: one that was taken is taken again with its reconnect secret. */
  readonly rejoined?: boolean | undefined;
};

/** The rule set by which a match is legal, and the configuration that it was formed for, each with its version, from 1. */
export type FormedBy = {
  readonly configurationVersion: number;
  /** Empty, and its version 0: the tickets' queries said who fits. */
  readonly ruleSet: string;
  readonly ruleSetVersion: number;
};

export type MatchedPlayer = {
  readonly playerId: string;
  /** Undefined in a battle without teams. */
  readonly team: string | undefined;
  readonly ticketId: string | undefined;
  /** What the game client presents to the server. Only of the ticket's own players; undefined for everybody else. A secret. */
  readonly playerSessionId: string | undefined;
  /** What it presents where there is no battle session (`verifyJoinToken`). Only of the ticket's own players. A secret. */
  readonly joinToken?: string | undefined;
  /** What the player's ticket said of itself, and its party. Undefined unless the match is by queries. */
  readonly properties?: MatchedProperties | undefined;
};

export type MatchedProperties = {
  readonly stringProperties: Readonly<Record<string, string>>;
  readonly numericProperties: Readonly<Record<string, number>>;
  /** Undefined: it came alone. */
  readonly partyId: string | undefined;
};

export type TicketEvent =
  /** The ticket entered the state that it shows. */
  | { readonly type: "STATE_CHANGED"; readonly ticket: Ticket; readonly at: Date; readonly resumeToken: string }
  /** More players have accepted the match that is proposed: `ticket.proposal` says who. */
  | { readonly type: "ACCEPTANCE_CHANGED"; readonly ticket: Ticket; readonly at: Date; readonly resumeToken: string }
  /** More players have joined: `ticket.preparation` says who. */
  | { readonly type: "PREPARATION_CHANGED"; readonly ticket: Ticket; readonly at: Date; readonly resumeToken: string }
  /** The battle that the ticket was completed with is over. */
  | {
      readonly type: "SESSION_ENDED";
      readonly ticket: Ticket;
      readonly at: Date;
      readonly resumeToken: string;
      readonly cause: SessionEndCause | undefined;
    };
