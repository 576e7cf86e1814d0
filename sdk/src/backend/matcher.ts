// The matcher as a game backend holds it.
import type { ExplainedRuleSet, Explanation } from "@muster/proto/matchmaking";
import type { JoinedPlayer } from "./join-tokens/verify-join-tokens.ts";
import type { TicketFilter, TicketPage } from "./list-tickets.ts";
import type { MatchResult } from "./match.ts";
import type { Parties } from "./parties/parties.ts";
import type { JoinMatching, MatchAnswer, StartedTicket, StartMatching, Ticket, TicketEvent } from "./ticket.ts";
import type { WatchTickets } from "./watch-tickets.ts";

/** What every call takes. */
export type CallWaiting = {
  /** Stops waiting for the answer: the call rejects with CALL_CANCELLED, and may have been carried out. */
  readonly signal?: AbortSignal | undefined;
};

/** What `match` takes. */
export type MatchWaiting = CallWaiting & {
  /** A match is proposed to the ticket, and waits until all its players have accepted. What it throws, `match` throws. */
  readonly onProposed?: ((ticket: Ticket) => void) | undefined;
};

/** The ticket as it stands, and why it waits. */
export type TicketExplanation = {
  readonly ticket: Ticket;
  /** By the rule set that it is matched by before all others. */
  readonly explanation: Explanation;
  /** The name of that rule set. */
  readonly ruleSet: string;
  /** By the further rule sets that it may be matched by, in the order in which they are tried. */
  readonly alternatives: readonly ExplainedRuleSet[];
};

/** A connection to the matcher, opened on first use and again after it broke. Unary calls outlast a short absence. */
export interface Matcher extends AsyncDisposable {
  /** Players who stay together over any number of battles, and queue as one ticket. */
  readonly parties: Parties;
  /**
   * Matches: starts the ticket, follows it to its end, and says how it ended. Outlasts restarts of the matcher.
   *
   * Where the configuration asks players for acceptance, `onProposed` is called with the ticket whenever a match is proposed to
   * it; say what they answer by `acceptMatch` or `declineMatch`. Nobody's answer is awaited here.
   *
   * Aborting `signal` takes the ticket out of the search, truthfully: the promise resolves with CANCELLED when the ticket
   * can never match, and with COMPLETED when it was too late for that.
   *
   * @example
   * const result = await matcher.match({ configuration: "arena", players: [{ playerId, attributes: { skill: 1500 } }] });
   * if (result.state !== "COMPLETED") return sorry(result.cause);
   * const { address, players } = result.assignment;
   *
   * @throws {MusterError} as `startMatching`, with the ticket's id as `metadata.ticketId`: after PEER_UNREACHABLE or
   *   DEADLINE_PASSED the ticket may exist, and `match` with the same id and body goes on with it. CALL_CANCELLED if
   *   `signal` had aborted before, or the connection was closed.
   */
  match(ticket: StartMatching, options?: MatchWaiting): Promise<MatchResult>;
  /**
   * Puts one player or a party into the pool of a configuration. Resolves once the ticket is safe on disk.
   *
   * @throws {MusterError} FIELD_INVALID, ID_MALFORMED, ID_REUSED, CONFIGURATION_NOT_FOUND, ATTRIBUTE_INVALID,
   *   PLAYER_ALREADY_QUEUED, POOL_FULL.
   */
  startMatching(ticket: StartMatching, options?: CallWaiting): Promise<Ticket>;
  /**
   * `startMatching` for 1 to 100 tickets, in one call: what became of each, in their order. One that is refused does not spoil the
   * others. Outlasts a short absence of the matcher, as tickets without an id are given theirs here.
   *
   * @example
   * for (const { ticketId, error } of await matcher.startMatchingBatch(tickets)) if (error) sorry(ticketId, error.reason);
   *
   * @throws {MusterError} FIELD_INVALID unless there are 1 to 100 tickets, or for a ticket that cannot be sent (`metadata.field`
   *   begins with `tickets[…]`); JOURNAL_FULL, and those of a matcher that is away: after these, start the same tickets again.
   */
  startMatchingBatch(tickets: readonly StartMatching[], options?: CallWaiting): Promise<readonly StartedTicket[]>;
  /**
   * Takes a ticket out of the search: when it resolves, the ticket never matches. A repeat changes nothing.
   *
   * @throws {MusterError} TICKET_NOT_FOUND; TICKET_ALREADY_MATCHED with `metadata.matchId` when it is too late.
   */
  cancelMatching(ticketId: string, options?: CallWaiting): Promise<Ticket>;
  /**
   * Accepts the match that is proposed to the ticket, for some or all of its players. The match goes on when every player of every
   * ticket in it has accepted. Again, while it stands, changes nothing.
   *
   * @example
   * for await (const { ticket } of matcher.watchTickets({ ticketIds })) {
   *   if (ticket.state !== "REQUIRES_ACCEPTANCE" || ticket.matchId === undefined) continue;
   *   await matcher.acceptMatch({ ticketId: ticket.ticketId, matchId: ticket.matchId, playerIds: ["ada"] });
   * }
   *
   * @throws {MusterError} TICKET_NOT_FOUND, PLAYER_NOT_IN_TICKET, FIELD_INVALID, ID_MALFORMED; PROPOSAL_NOT_FOUND if the match is not
   *   proposed to the ticket; PROPOSAL_ENDED if it is too late; PROPOSAL_REFUSED if the ticket has refused it.
   */
  acceptMatch(answer: MatchAnswer, options?: CallWaiting): Promise<Ticket>;
  /**
   * Refuses the match: the ticket is CANCELLED, whatever its players had accepted, and the proposal is over for everybody in it.
   * Again it changes nothing.
   *
   * @throws {MusterError} as `acceptMatch`, but PROPOSAL_REFUSED.
   */
  declineMatch(answer: MatchAnswer, options?: CallWaiting): Promise<Ticket>;
  /**
   * Players who were asked to a ticket come in, with what they bring. When all are in it searches, and its timeout counts from then. Who
   * is in stays in: again changes nothing.
   *
   * @throws {MusterError} FIELD_INVALID, ID_MALFORMED, ATTRIBUTE_INVALID, TICKET_NOT_FOUND, PLAYER_NOT_IN_TICKET; PREPARATION_ENDED if
   *   its time has passed, or somebody declined or cancelled it.
   */
  joinMatching(join: JoinMatching, options?: CallWaiting): Promise<Ticket>;
  /**
   * A player who was asked does not want to be matched: the ticket is CANCELLED for all its players. Again it changes nothing.
   *
   * @throws {MusterError} ID_MALFORMED, TICKET_NOT_FOUND, PLAYER_NOT_IN_TICKET; PREPARATION_ENDED once all are in: cancel the ticket.
   */
  declineMatching(
    decline: { readonly ticketId: string; readonly playerId: string },
    options?: CallWaiting,
  ): Promise<Ticket>;
  /**
   * Uses a join token up: it lets its player in once, whoever asks. `requestId` makes a call that is repeated later the same one; without
   * it only the repeats inside this call are. Verify tokens offline first, if players may send many that are none.
   *
   * @example
   * const { playerId, team } = await matcher.redeemJoinToken({ token, matchId });
   *
   * @throws {MusterError} JOIN_TOKEN_INVALID, JOIN_TOKEN_EXPIRED, JOIN_TOKEN_OF_OTHER_MATCH, JOIN_TOKEN_REDEEMED, ID_MALFORMED.
   */
  redeemJoinToken(
    redeem: { readonly token: string; readonly matchId?: string; readonly requestId?: string },
    options?: CallWaiting,
  ): Promise<Omit<JoinedPlayer, "expiresAt" | "tokenId">>;
  /**
   * 1 to 128 tickets as they stand, in the order of their ids. `knownOnly` leaves out those that are not there, or are forgotten; without it
   * one of them spoils the call. Default false.
   *
   * @throws {MusterError} TICKET_NOT_FOUND, FIELD_INVALID.
   */
  describeMatchingProgress(
    ticketIds: readonly string[],
    options?: CallWaiting & { readonly knownOnly?: boolean },
  ): Promise<readonly Ticket[]>;
  /**
   * Why a ticket still searches, in numbers: what each rule leaves of the others, who comes nearest, what is missing, and what
   * waiting will loosen. Cheap at any number of tickets, and of the moment: ask again rather than keep it.
   *
   * @throws {MusterError} TICKET_NOT_FOUND, ID_MALFORMED; TICKET_NOT_SEARCHING with `metadata.state`.
   */
  explainTicket(ticketId: string, options?: CallWaiting): Promise<TicketExplanation>;
  /**
   * Tickets that the filter selects, newest first, in pages: those that search, and those that have ended and are still remembered.
   *
   * @throws {MusterError} FIELD_INVALID, ID_MALFORMED.
   */
  listTickets(filter?: TicketFilter, options?: CallWaiting): Promise<TicketPage>;
  /**
   * Every change of the named tickets, of a player's tickets, or of all tickets of a configuration, once and in order, over any number of
   * restarts of the matcher. Ends when the loop is left; throws CALL_CANCELLED when `signal` aborts.
   *
   * @example
   * for await (const { type, ticket } of matcher.watchTickets({ configuration: "arena" }, { signal })) {
   *   if (type === "STATE_CHANGED") notify(ticket);
   * }
   *
   * @throws {MusterError} TICKET_NOT_FOUND, CONFIGURATION_NOT_FOUND, FIELD_INVALID, CALL_CANCELLED; CURSOR_EXPIRED if
   *   `resumeToken`, or a break of a configuration's watch, goes back further than the matcher remembers.
   */
  watchTickets(watch: WatchTickets, options?: CallWaiting): AsyncIterable<TicketEvent>;
  /** Ends every call and watch with CALL_CANCELLED. Tickets stay as they are. A repeat changes nothing. */
  close(): Promise<void>;
}
