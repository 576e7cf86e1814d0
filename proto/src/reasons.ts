// Every reason that an error of Muster can carry: stable, for machines. docs/reference/errors.md is made from this list.

export type GrpcCode =
  | "CANCELLED"
  | "UNKNOWN"
  | "INVALID_ARGUMENT"
  | "DEADLINE_EXCEEDED"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PERMISSION_DENIED"
  | "RESOURCE_EXHAUSTED"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "OUT_OF_RANGE"
  | "UNIMPLEMENTED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DATA_LOSS"
  | "UNAUTHENTICATED";

type ReasonSpec = {
  readonly code: GrpcCode;
  /** `never`: the same call fails again. `backoff`: try again later. `reread`: look at the present state, then decide. */
  readonly retry: "never" | "backoff" | "reread";
};

export const reasons = {
  // Input.
  /** A field is missing, malformed or out of its range. Metadata: `field`. */
  FIELD_INVALID: { code: "INVALID_ARGUMENT", retry: "never" },
  /** The id does not have the form its kind prescribes. Metadata: `field`. */
  ID_MALFORMED: { code: "INVALID_ARGUMENT", retry: "never" },
  /** The configuration file breaks a rule. Metadata: `path`. */
  CONFIG_INVALID: { code: "INVALID_ARGUMENT", retry: "never" },
  /** The rule set breaks a rule of its language. Metadata: `paths`. */
  RULE_SET_INVALID: { code: "INVALID_ARGUMENT", retry: "never" },
  /** The query of a ticket cannot be read. Metadata: `field`, `position` in characters from 0. */
  QUERY_INVALID: { code: "INVALID_ARGUMENT", retry: "never" },
  /** The same id came before with another body. */
  ID_REUSED: { code: "ALREADY_EXISTS", retry: "never" },

  // Calls.
  /** The caller's deadline passed. */
  DEADLINE_PASSED: { code: "DEADLINE_EXCEEDED", retry: "backoff" },
  /** The caller called it off. */
  CALL_CANCELLED: { code: "CANCELLED", retry: "never" },
  /** Nobody answers at the address, or the connection broke. */
  PEER_UNREACHABLE: { code: "UNAVAILABLE", retry: "backoff" },
  /** The service is starting, stopping or without its disk. */
  SERVICE_NOT_READY: { code: "UNAVAILABLE", retry: "backoff" },
  /** The service has no such method: it is older than its caller. */
  METHOD_UNKNOWN: { code: "UNIMPLEMENTED", retry: "never" },
  /** The server has no service of that name. */
  SERVICE_UNKNOWN: { code: "NOT_FOUND", retry: "never" },
  /** More than the service takes on now. Metadata: `limit`. */
  OVERLOADED: { code: "RESOURCE_EXHAUSTED", retry: "backoff" },
  /** The request or its answer is larger than a message may be. */
  MESSAGE_TOO_LARGE: { code: "RESOURCE_EXHAUSTED", retry: "never" },
  /** The token or secret is missing or wrong. */
  CREDENTIALS_INVALID: { code: "UNAUTHENTICATED", retry: "never" },
  /** The caller is known, and may not do this. */
  NOT_PERMITTED: { code: "PERMISSION_DENIED", retry: "never" },
  /** A fault of ours. The log has it under the same time. */
  INTERNAL_FAULT: { code: "INTERNAL", retry: "backoff" },

  // Journal.
  /** Another owner holds the partition and its lease is fresh. Metadata: `owner`. */
  PARTITION_OWNED: { code: "FAILED_PRECONDITION", retry: "backoff" },
  /** A newer owner took the partition over. */
  EPOCH_STALE: { code: "ABORTED", retry: "never" },
  /** The append did not start where the journal ends. */
  SEQUENCE_CONFLICT: { code: "ABORTED", retry: "never" },
  /** A file is foreign, newer than this build, or damaged. Metadata: `path`. */
  JOURNAL_UNREADABLE: { code: "DATA_LOSS", retry: "never" },
  /** The disk has no room: nothing is acknowledged until there is some. */
  JOURNAL_FULL: { code: "RESOURCE_EXHAUSTED", retry: "backoff" },
  /** The journal could not be written: the disk is broken. The service stops. */
  JOURNAL_FAILED: { code: "UNAVAILABLE", retry: "backoff" },
  /** A stream position is older than what is kept: start again with a snapshot. */
  CURSOR_EXPIRED: { code: "OUT_OF_RANGE", retry: "reread" },

  // Matchmaking.
  /** No matchmaking configuration has the name. */
  CONFIGURATION_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** No rule set has the name. */
  RULE_SET_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** Configurations use the rule set. Metadata: `configurations`, names with a comma between them. */
  RULE_SET_IN_USE: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The present version is another than the one expected. Metadata: `version`, the present one; 0: there is none. */
  VERSION_STALE: { code: "ABORTED", retry: "reread" },
  /** No ticket has the id, or its retention has ended. */
  TICKET_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** A player is in another live ticket, where one is allowed. Metadata: `playerId`, `ticketId`. */
  PLAYER_ALREADY_QUEUED: { code: "ALREADY_EXISTS", retry: "reread" },
  /** A player or party of the ticket has as many tickets as the configuration allows. Metadata: `playerId` or `partyId` (of a simulation `session` or `party`), `limit`. */
  TICKETS_PER_PLAYER_EXCEEDED: { code: "RESOURCE_EXHAUSTED", retry: "reread" },
  /** A required attribute is missing or of another type than the rule set declares. Metadata: `field`. */
  ATTRIBUTE_INVALID: { code: "INVALID_ARGUMENT", retry: "never" },
  /** The ticket is in a match already: too late to cancel. Metadata: `matchId`. */
  TICKET_ALREADY_MATCHED: { code: "FAILED_PRECONDITION", retry: "never" },
  /** No player of the id is in the ticket. Metadata: `playerId`, `ticketId`. */
  PLAYER_NOT_IN_TICKET: { code: "INVALID_ARGUMENT", retry: "never" },
  /** The match is not, or not yet, proposed to the ticket. Metadata: `matchId`, `state`. */
  PROPOSAL_NOT_FOUND: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** Too late: the proposal's time has passed, it was accepted by all, or somebody else ended it. Metadata: `matchId`, `state`. */
  PROPOSAL_ENDED: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The ticket has refused the match: that cannot be taken back. Metadata: `matchId`. */
  PROPOSAL_REFUSED: { code: "FAILED_PRECONDITION", retry: "never" },
  /** The ticket waits for its players no more: its time has passed, it has ended, or all are in. Metadata: `ticketId`, `state`. */
  PREPARATION_ENDED: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** Only a ticket that searches waits for others: this one does not. Metadata: `state`. */
  TICKET_NOT_SEARCHING: { code: "FAILED_PRECONDITION", retry: "never" },
  /** A player who waits for a match, or is being placed, cannot be erased. Metadata: `playerId`, `ticketId`. */
  PLAYER_IN_LIVE_TICKET: { code: "FAILED_PRECONDITION", retry: "never" },
  /** A player who has a seat in a battle, or may have one, cannot be erased. Metadata: `playerId`, `battleSessionId`. */
  PLAYER_SEATED: { code: "FAILED_PRECONDITION", retry: "never" },
  /** The pool of the configuration is full. Metadata: `limit`. */
  POOL_FULL: { code: "RESOURCE_EXHAUSTED", retry: "backoff" },

  // Hooks.
  /** The configuration's hook does not let the ticket in; a repeat is told the same. Metadata: `ticketId`, `hook`, `code`. */
  HOOK_REFUSED: { code: "FAILED_PRECONDITION", retry: "never" },
  /** The configuration's hook did not answer as it should, and is to be heard before a ticket enters. Metadata: `ticketId`, `hook`. */
  HOOK_FAILED: { code: "UNAVAILABLE", retry: "backoff" },

  // Join tokens.
  /** The text is no join token, or none that a key of this project signed. */
  JOIN_TOKEN_INVALID: { code: "INVALID_ARGUMENT", retry: "never" },
  /** The token's time is over, or its ticket is remembered no more. Metadata: `matchId`, `ticketId`. */
  JOIN_TOKEN_EXPIRED: { code: "FAILED_PRECONDITION", retry: "never" },
  /** The token is for another match than the caller hosts. Metadata: `matchId`, `ticketId`. */
  JOIN_TOKEN_OF_OTHER_MATCH: { code: "FAILED_PRECONDITION", retry: "never" },
  /** The token has let somebody in already. Metadata: `matchId`, `ticketId`. */
  JOIN_TOKEN_REDEEMED: { code: "ALREADY_EXISTS", retry: "never" },
  /** The key is the one that signs: rotate before it is revoked. Metadata: `keyId`. */
  JOIN_KEY_SIGNS: { code: "FAILED_PRECONDITION", retry: "never" },

  // Events.
  /** No event target has the name. */
  EVENT_TARGET_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** The event target is disabled, or is not pushed to. Metadata: `name`. */
  EVENT_TARGET_NOT_ACTIVE: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** Events may not be sent to the URL, or to where its host leads. Metadata: `field`. */
  EVENT_URL_REFUSED: { code: "INVALID_ARGUMENT", retry: "never" },
  /** There are as many event targets as one matcher keeps. Metadata: `limit`. */
  EVENT_TARGETS_FULL: { code: "RESOURCE_EXHAUSTED", retry: "never" },

  // Parties.
  /** No party has the id, or its retention has ended. Metadata: `partyId`. */
  PARTY_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** The party was dissolved, or its last member left. Metadata: `partyId`. */
  PARTY_ENDED: { code: "FAILED_PRECONDITION", retry: "never" },
  /** The player leads the party not, or no more. Metadata: `partyId`, `leaderId`. */
  PARTY_LEADER_ONLY: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The party is not open, and the player has no invitation, or none any more. Metadata: `partyId`. */
  PARTY_CLOSED: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The party has as many members as it may. Metadata: `partyId`, `limit`. */
  PARTY_FULL: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The party, or the player, has as many open invitations and asks as there may be. Metadata: `limit`. */
  PARTY_OFFERS_FULL: { code: "RESOURCE_EXHAUSTED", retry: "backoff" },
  /** There are as many parties as the matcher holds. Metadata: `limit`. */
  PARTIES_FULL: { code: "RESOURCE_EXHAUSTED", retry: "backoff" },
  /** The player is in another party, or has to leave the one that it is in first. Metadata: `playerId`, `partyId`. */
  PLAYER_IN_PARTY: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** No member of the party has the id. Metadata: `playerId`, `partyId`. */
  PLAYER_NOT_IN_PARTY: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The player has not asked to join, or not lately enough. Metadata: `playerId`, `partyId`. */
  PARTY_ASK_NOT_FOUND: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The players of the ticket are not the members of its party. Metadata: `partyId`. */
  PARTY_MEMBERS_DIFFER: { code: "FAILED_PRECONDITION", retry: "reread" },

  // Backfill.
  /** The session has a live backfill; say `replace` to end it first. */
  BACKFILL_ALREADY_RUNNING: { code: "ALREADY_EXISTS", retry: "reread" },
  /** A configuration that asks players for acceptance takes no backfill. Metadata: `configuration`. */
  BACKFILL_WITH_ACCEPTANCE: { code: "FAILED_PRECONDITION", retry: "never" },
  /** The session has no live backfill. */
  BACKFILL_NOT_RUNNING: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** A goal is above what a team may hold. Metadata: `team`, `maxPlayers`. */
  TEAM_SIZE_EXCEEDED: { code: "INVALID_ARGUMENT", retry: "never" },
  /** The rule set has no such team. Metadata: `team`. */
  TEAM_UNKNOWN: { code: "INVALID_ARGUMENT", retry: "never" },
  /** No battle session of this matcher has the id. */
  BATTLE_SESSION_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** The battle session is not active: still starting, or ended. */
  SESSION_NOT_ACTIVE: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The session belongs to another process, or to an earlier run of this one. */
  NOT_YOUR_SESSION: { code: "PERMISSION_DENIED", retry: "never" },

  // Fleet.
  /** No fleet has the name. */
  FLEET_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** The fleet has no build of the name. Metadata: `build`. */
  BUILD_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** No alias has the name. Metadata: `name`. */
  ALIAS_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** Something else has the name already. Metadata: `name`. */
  NAME_TAKEN: { code: "ALREADY_EXISTS", retry: "never" },
  /** No process of the fleet is free to take a session now. Metadata: `fleet`. */
  FLEET_FULL: { code: "RESOURCE_EXHAUSTED", retry: "backoff" },
  /** The creator has created as many sessions lately as one may. Metadata: `limit`. */
  CREATOR_LIMIT_REACHED: { code: "RESOURCE_EXHAUSTED", retry: "backoff" },
  /** The fleet goes by the machine's clock: `fleetSettings.clock` is not "virtual". */
  CLOCK_NOT_VIRTUAL: { code: "FAILED_PRECONDITION", retry: "never" },
  /** No fault of the plan has the id: it was removed, or the fleet has started anew since. */
  FAULT_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** No queue has the name. */
  QUEUE_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** No placement has the id. */
  PLACEMENT_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** The placement has ended already. Metadata: `state`. */
  PLACEMENT_ENDED: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** No server session has the id. */
  SERVER_SESSION_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** No server process has the id. */
  PROCESS_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** The process, its incarnation or its attachment has been replaced or ended. */
  PROCESS_FENCED: { code: "ABORTED", retry: "never" },
  /** The message does not fit the phase that the process or session is in. Metadata: `phase`. */
  PHASE_CONFLICT: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The roster changed since the version that the command was judged against. Metadata: `rosterVersion`. */
  ROSTER_VERSION_STALE: { code: "ABORTED", retry: "reread" },
  /** The session or team has no room for so many players. Metadata: `capacity`, `used`. */
  SESSION_FULL: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The session's creation policy is DENY_ALL, or its host is silent. */
  SESSION_CLOSED_TO_PLAYERS: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The game was asked whether the newcomers may come, and said no, or nothing in time. */
  FILL_REFUSED_BY_GAME: { code: "FAILED_PRECONDITION", retry: "reread" },
  /** The player holds a seat in the session already. Metadata: `playerId`. */
  PLAYER_ALREADY_SEATED: { code: "ALREADY_EXISTS", retry: "reread" },

  // Player sessions.
  /** No player session of this process has the id. */
  PLAYER_SESSION_NOT_FOUND: { code: "NOT_FOUND", retry: "never" },
  /** The player session was accepted before. */
  PLAYER_SESSION_ALREADY_ACCEPTED: { code: "FAILED_PRECONDITION", retry: "never" },
  /** The reservation, or the grace after a disconnect, ran out. */
  PLAYER_SESSION_EXPIRED: { code: "FAILED_PRECONDITION", retry: "never" },
  /** The player session has ended. */
  PLAYER_SESSION_ENDED: { code: "FAILED_PRECONDITION", retry: "never" },
  /** A disconnected player returns only with the reconnect secret of the first accept. */
  RECONNECT_SECRET_WRONG: { code: "PERMISSION_DENIED", retry: "never" },

  // Sidecar.
  /** The sidecar does not know this endpoint of a matcher: add it to its allow-list. Metadata: `endpoint`. */
  MATCHER_NOT_ALLOWED: { code: "PERMISSION_DENIED", retry: "never" },
  /** The sidecar has lost its fleet and the call needs it. Metadata: `retryAfterMs`, where another try may soon succeed. */
  FLEET_UNREACHABLE: { code: "UNAVAILABLE", retry: "backoff" },
} as const satisfies Record<string, ReasonSpec>;

export type Reason = keyof typeof reasons;

/** Whether `text` is a reason of this build. A newer peer may send one that it does not know. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(reasons, text);
}
