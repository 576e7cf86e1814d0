// One ticket: who asks to be matched, since when, and what has become of it. Its machine is stepTicket() (step-ticket.ts).
import { unreachable } from "@muster/kit";
import type {
  Address,
  Attributes,
  FillId,
  MatchId,
  PartyId,
  PlayerId,
  PlayerSessionId,
  ServerSessionId,
  TicketId,
} from "@muster/proto";
import type { JoinGrant } from "./join-tokens/join-book.ts";
import type { Preparation } from "./preparation.ts";
import type { ProposalView } from "./proposal.ts";
import type { MatchedProperties } from "./query/show-properties.ts";
import type { TicketQuery } from "./query/ticket-query.ts";
import type { FormedBy } from "./versions.ts";

/** A player of a ticket; attributes with the rule set's defaults filled in, or the properties of a ticket with a query. */
export type TicketPlayer = {
  readonly playerId: PlayerId;
  readonly attributes: Attributes;
  /** Round trip in ms by region. */
  readonly latenciesMs: Readonly<Record<string, number>>;
  /** Team instance or template that the player asks for. */
  readonly team: string | undefined;
  /** For the game server; no rule looks at it. Absent: none. */
  readonly data?: string | undefined;
};

/** Somebody in the battle. `playerSessionId` is a secret of `ticketId`; undefined in a match without a session. */
export type MatchedPlayer = {
  readonly playerId: PlayerId;
  readonly team: string | undefined;
  readonly ticketId: TicketId | undefined;
  readonly playerSessionId: PlayerSessionId | undefined;
  /** What the ticket says of itself. Undefined: it has no query, or is forgotten. */
  readonly properties?: MatchedProperties | undefined;
};

/** Where to go and who else is there. One value is shared by all tickets of the match or fill. */
export type Assignment = {
  readonly address: Address | undefined;
  readonly battleSessionId: ServerSessionId | undefined;
  readonly region: string | undefined;
  readonly players: readonly MatchedPlayer[];
  /** Undefined: formed before versions were counted, or a fill of then. */
  readonly formedBy?: FormedBy | undefined;
  /** The seats were the players' already. */
  readonly rejoined?: true | undefined;
  /** By which its players' join tokens are signed. Undefined: they have none. */
  readonly joinGrant?: JoinGrant | undefined;
  readonly includesPlayer?: IncludesPlayer;
};

/** Whether the player is among `players`, from whom can tell without reading them all. Ask `includesPlayer()`. */
type IncludesPlayer = (playerId: PlayerId) => boolean;

/** Why a ticket is where it is, as `Ticket.cause` tells it. */
export type TicketCause =
  | "CANCELLED_BY_REQUEST"
  | "REQUEST_TIMED_OUT"
  | "PLACEMENT_CANCELLED"
  | "PLACEMENT_TIMED_OUT"
  | "PLACEMENT_FAILED"
  /** Placed, but the seats had run out before anybody could be told of them. */
  | "RESERVATION_EXPIRED"
  /** A player of the ticket refused the match that was proposed, or had not answered in time. */
  | "ACCEPTANCE_REFUSED"
  | "ACCEPTANCE_TIMED_OUT"
  /** Another ticket did. */
  | "MATCH_REFUSED"
  | "MATCH_UNANSWERED"
  | "CONFIGURATION_DELETED"
  /** A player who was asked to join did not want to, or some had not joined in time. */
  | "PREPARATION_DECLINED"
  | "PREPARATION_TIMED_OUT"
  /** The members of its party did. */
  | "PARTY_CHANGED"
  /** A later ticket of one of its players took its place. */
  | "SUPERSEDED"
  /** Nobody has watched it for as long as its presence allows. */
  | "OWNER_GONE"
  /** Another ticket of one of its players was matched, and the configuration of queries keeps no others. */
  | "MATCHED_ELSEWHERE";

/** Why a ticket is cancelled, where it is not by request. */
export const cancelCauses = [
  "PARTY_CHANGED",
  "SUPERSEDED",
  "OWNER_GONE",
  "CONFIGURATION_DELETED",
  "MATCHED_ELSEWHERE",
] as const satisfies readonly TicketCause[];
export type CancelCause = (typeof cancelCauses)[number];
/** Those that a ticket in a proposal has too: it refuses the match. */
export type CalledOff = Exclude<CancelCause, "SUPERSEDED" | "CONFIGURATION_DELETED" | "MATCHED_ELSEWHERE">;

/** Of the fill that is being applied with a ticket, or of the match that a hook is asked of. */
export type ClaimId = FillId | MatchId;

/** On the wire CLAIMED shows as SEARCHING: a fill with the ticket is being applied, and may yet be refused. */
export type TicketState =
  | { readonly phase: "PREPARING"; readonly preparation: Preparation }
  | { readonly phase: "SEARCHING"; readonly cause: TicketCause | undefined }
  | { readonly phase: "CLAIMED"; readonly cause: TicketCause | undefined; readonly fillId: ClaimId }
  | { readonly phase: "REQUIRES_ACCEPTANCE"; readonly matchId: MatchId; readonly proposal: ProposalView }
  | { readonly phase: "PLACING"; readonly matchId: MatchId }
  | { readonly phase: "COMPLETED"; readonly matchId: MatchId | undefined; readonly assignment: Assignment }
  /** `matchId`: of the proposal that it ended, or ended with. */
  | { readonly phase: "CANCELLED"; readonly cause: TicketCause; readonly matchId: MatchId | undefined }
  | { readonly phase: "TIMED_OUT"; readonly cause: TicketCause }
  | { readonly phase: "FAILED"; readonly cause: TicketCause; readonly matchId: MatchId };

/** A ticket as the state holds it. A change makes a new value (changedTicket), so that history may keep the old one. */
export type Ticket = {
  readonly ticketId: TicketId;
  readonly configuration: string;
  readonly players: readonly TicketPlayer[];
  readonly bodyDigest: string;
  /** The party that it was started for. Absent: none. */
  readonly partyId?: PartyId | undefined;
  /** How long it may be without a watch of its owner, in ms: whole seconds. Absent: it needs none (presence.ts). */
  readonly presenceGraceMs?: number | undefined;
  /** Whom it seeks. Absent: its configuration has a rule set. */
  readonly query?: TicketQuery | undefined;
  /** Rising with each ticket of the matcher: the order among tickets of one age. */
  readonly arrival: number;
  /** Journal time at which the search began: what age counts from, returns to the search included. */
  readonly searchingSinceMs: number;
  readonly createdAtWallMs: number;
  /** Journal time at which a ticket that still searches, or prepares, becomes TIMED_OUT. */
  readonly timesOutAtMs: number;
  /** How long its players took to join before the search, in whole ms. Absent: nobody was asked to. */
  readonly preparedForMs?: number | undefined;
  readonly version: number;
  readonly returns: number;
  readonly state: TicketState;
  readonly includesPlayer?: IncludesPlayer;
  /** The players, read anew, where they are not at hand. Default: `players`. */
  readonly readPlayers?: () => readonly TicketPlayer[];
};

/**
 * The ticket with what a fact changes of it. Field by field, not by a spread: a ticket of a snapshot reads its players when
 * they are asked for, and a spread would leave them behind.
 */
export function changedTicket(
  before: Ticket,
  change: Pick<Ticket, "state" | "version" | "returns"> & {
    readonly timesOutAtMs?: number;
    readonly joined?: Pick<Ticket, "players" | "searchingSinceMs" | "timesOutAtMs" | "preparedForMs">;
  },
): Ticket {
  const kept = change.joined ?? before;
  const { players, searchingSinceMs, preparedForMs } = kept;
  const timesOutAtMs = change.timesOutAtMs ?? kept.timesOutAtMs;
  return {
    ticketId: before.ticketId,
    configuration: before.configuration,
    players,
    bodyDigest: before.bodyDigest,
    ...(before.partyId === undefined ? {} : { partyId: before.partyId }),
    ...(before.presenceGraceMs === undefined ? {} : { presenceGraceMs: before.presenceGraceMs }),
    ...(before.query === undefined ? {} : { query: before.query }),
    arrival: before.arrival,
    searchingSinceMs,
    createdAtWallMs: before.createdAtWallMs,
    timesOutAtMs,
    ...(preparedForMs === undefined ? {} : { preparedForMs }),
    version: change.version,
    returns: change.returns,
    state: change.state,
  };
}

/** Whether the player is one of `of.players`. */
export function includesPlayer(
  of: {
    readonly players: readonly { readonly playerId: PlayerId }[];
    readonly includesPlayer?: IncludesPlayer;
  },
  playerId: PlayerId,
): boolean {
  return of.includesPlayer?.(playerId) ?? of.players.some((player) => player.playerId === playerId);
}

/** Whether the ticket holds its players: they may be in no other of its configuration. */
export function isLive(ticket: Ticket): boolean {
  switch (ticket.state.phase) {
    case "PREPARING":
    case "SEARCHING":
    case "CLAIMED":
    case "REQUIRES_ACCEPTANCE":
    case "PLACING":
      return true;
    case "COMPLETED":
    case "CANCELLED":
    case "TIMED_OUT":
    case "FAILED":
      return false;
    default:
      return unreachable(ticket.state);
  }
}

/** Whether readers see a change: a claim is the matcher's own business. */
export function isVisible(before: TicketState, after: TicketState): boolean {
  if (before.phase === "REQUIRES_ACCEPTANCE" && after.phase === "REQUIRES_ACCEPTANCE") return before !== after;
  if (before.phase === "PREPARING" && after.phase === "PREPARING") return before !== after;
  return readPhase(before) !== readPhase(after);
}

/** The state as the contract names it. */
export function readPhase(state: TicketState): Exclude<TicketState["phase"], "CLAIMED"> {
  return state.phase === "CLAIMED" ? "SEARCHING" : state.phase;
}
