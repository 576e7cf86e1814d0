// What a history is made of: every call as it began and as it ended, every event of a stream, every fault, with times that
// compare across the processes of one machine. The checker reads nothing else.

/** A ticket as somebody saw it. */
export type TicketView = {
  readonly ticketId: string;
  readonly version: number;
  readonly state: string;
  readonly cause: string | undefined;
  readonly matchId: string | undefined;
  readonly battleSessionId: string | undefined;
  /** What the ticket asks for, in one text: two tickets of one body have the same. */
  readonly body: string;
  /** Players that were told a seat of theirs. */
  readonly seatedPlayers: number;
};

/** What was asked of a service, or of a game server. */
export type Ask =
  | { readonly op: "start"; readonly ticketId: string; readonly body: string; readonly playerIds: readonly string[] }
  | { readonly op: "cancel"; readonly ticketId: string }
  | { readonly op: "read"; readonly ticketId: string }
  /** A player who was asked to the ticket comes. */
  | { readonly op: "come"; readonly ticketId: string; readonly playerId: string }
  /** A member leaves the party whose ticket it is; the ticket as it was read afterwards. */
  | { readonly op: "part"; readonly ticketId: string }
  /** Players answer to a match that is proposed to them. */
  | {
      readonly op: "answer";
      readonly ticketId: string;
      readonly matchId: string;
      readonly playerIds: readonly string[];
      readonly answer: "ACCEPT" | "REFUSE";
    }
  /** A game client presents its player session id, by its fingerprint. */
  | { readonly op: "join"; readonly ticketId: string; readonly seat: string; readonly returns: boolean };

/** `unknown`: nobody heard whether it was done. */
export type Outcome =
  | { readonly ok: TicketView | "joined" }
  | { readonly refused: string; readonly matchId?: string | undefined }
  | { readonly unknown: string };

/** A seat in use. `seat` is the fingerprint of its player session id. */
export type SeatView = {
  readonly seat: string;
  readonly playerId: string;
  readonly ticketId: string | undefined;
  readonly team: string | undefined;
  readonly state: string;
};

/** A battle session as the fleet's feed, or its answer to a question, showed it. */
export type SessionView = {
  readonly battleSessionId: string;
  readonly revision: number;
  readonly state: string;
  readonly matchId: string | undefined;
  readonly processId: string;
  readonly capacity: number;
  readonly teams: readonly { readonly name: string; readonly capacity: number }[];
  readonly seats: readonly SeatView[];
  readonly backfill: { readonly backfillId: string; readonly state: string } | undefined;
};

/** `atMs` is of the machine's monotonic clock, the same for all its processes. */
export type Entry = { readonly atMs: number } & (
  | { readonly type: "asked"; readonly call: number; readonly via: string; readonly ask: Ask }
  /** At most one a call; a call without one is as good as unknown. */
  | { readonly type: "answered"; readonly call: number; readonly outcome: Outcome }
  /** A stream of ticket events was opened; `anew`: from the start of its tickets, not from a token. */
  | { readonly type: "watch-opened"; readonly watcher: string; readonly anew: boolean }
  | { readonly type: "watched"; readonly watcher: string; readonly event: "STATE_CHANGED"; readonly ticket: TicketView }
  | { readonly type: "watched"; readonly watcher: string; readonly event: "SESSION_ENDED"; readonly ticket: TicketView }
  /**
   * An event came to a target, with others of the same `request`, all of which were taken or none; `isTaken`: whether or not the answer
   * came through. `ticket`: as it stood after a change of it.
   */
  | {
      readonly type: "pushed";
      readonly target: string;
      readonly request: number;
      readonly isTaken: boolean;
      readonly subject: string;
      readonly number: number;
      readonly digest: string;
      readonly ticket: TicketView | undefined;
    }
  /** The feed sends its snapshot: what it showed before is no base for what follows. */
  | { readonly type: "feed-opened" }
  /** The feed tells every change in its order; an answer is as of some moment after `askedMs`. */
  | { readonly type: "session"; readonly source: "feed"; readonly session: SessionView }
  | { readonly type: "session"; readonly source: "asked"; readonly askedMs: number; readonly session: SessionView }
  /** The feed left a change out. */
  | { readonly type: "feed-gap"; readonly battleSessionId: string; readonly from: number; readonly to: number }
  /** A server let a player in, or saw it go; written by the server itself. */
  | {
      readonly type: "server";
      readonly did: "joined" | "left";
      readonly processId: string;
      readonly battleSessionId: string;
      readonly playerId: string;
      readonly seat: string;
      /** It came back with its reconnect secret. */
      readonly returned: boolean;
    }
  | { readonly type: "fault"; readonly name: string; readonly target: string; readonly detail: string }
  /** Nothing is broken any more. */
  | { readonly type: "healed" }
  /** Every ticket and seat has had its time to end: what is read from here on must be over. */
  | { readonly type: "drained" }
);

/** Ticket states that are never left. */
export const TERMINAL: ReadonlySet<string> = new Set(["COMPLETED", "CANCELLED", "TIMED_OUT", "FAILED"]);
