// Every limit of the contracts, with its unit and its reason. Adapters and parsers read them here, nowhere else.

/** Largest request in bytes: gRPC buffers a whole message before anybody can look at it. */
export const MESSAGE_BYTES_MAX = 1024 * 1024;
/**
 * Largest answer in bytes, or message of a stream that answers: a session of 10,000 players is told whole to those who ask
 * the service, whom they trust. gRPC's clients in other languages take as much unless they are told otherwise.
 */
export const ANSWER_BYTES_MAX = 4 * MESSAGE_BYTES_MAX;
/**
 * Parts of a gRPC request: field numbers, lengths and whole numbers. The largest ticket, a hundred players with
 * as many attributes as fit, has 145,000. A megabyte of nothing but parts would hold everybody up for 60 ms.
 */
export const REQUEST_PARTS_MAX = 150_000;
/** Parts of a request of the fleet's contract, or of one about a battle's backfill: they may name 10,000 players. */
export const BATTLE_REQUEST_PARTS_MAX = 300_000;
/** How long a request may take to arrive in ms, by gRPC as by HTTP. */
export const REQUEST_MS_MAX = 10_000;
/** Requests of one gRPC connection that have begun and not arrived: a burst of calls in one packet are some hundreds. */
export const UNFINISHED_REQUESTS_MAX = 4_000;
/**
 * How often a gRPC connection is asked whether somebody is still there, in ms: a machine that vanished says no goodbye, and whoever
 * watched from it counts as present until this is noticed. Twenty thousand of them are a thousand small questions a second.
 */
export const CONNECTION_ASKED_MS = 20_000;
/** How long the answer to that may take, in ms, before the connection is cut off: what a bad network or a long pause loses. */
export const CONNECTION_ANSWER_MS_MAX = 10_000;
/** Longest deadline of a unary call in ms: longer waits belong into a stream. */
export const CALL_DEADLINE_MS_MAX = 60_000;
/**
 * Connections to a service's gRPC port at a time: each costs some 17 KB before it says anything, and as many streams may be open, each
 * of which may come on one of its own. A fleet of ten thousand sidecars takes half.
 */
export const GRPC_CONNECTIONS_MAX = 20_000;
/** gRPC connections beyond them, for seconds: those who ask about health, and those who are told to come again. */
export const GRPC_SPARE_CONNECTIONS_MAX = 64;
/** Connections to a service's HTTP port at a time: each watch by server-sent events is one, of some 25 KB. */
export const HTTP_CONNECTIONS_MAX = 10_000;
/** HTTP connections beyond them, for seconds: those who ask about health, and those who are told to come again. */
export const HTTP_SPARE_CONNECTIONS_MAX = 16;
/** Deadline of a unary call that states none, in ms. */
export const CALL_DEADLINE_MS_DEFAULT = 10_000;
/** Players of one ticket: the largest party that PGOS knows. */
export const PLAYERS_PER_TICKET_MAX = 100;
/** Tickets that one `DescribeMatchingProgress` or `WatchTickets` names: GPM's limit. */
export const TICKETS_PER_CALL_MAX = 128;
/** Tickets of one `StartMatchingBatch`: small enough that they are decided in one turn beside other calls. */
export const TICKETS_PER_BATCH_MAX = 100;
/** Characters of a ticket's players as JSON: its answers, which name everybody in the battle too, must fit a message. */
export const TICKET_CHARS_MAX = 262_144;
/** Attributes of one player. */
export const ATTRIBUTES_PER_PLAYER_MAX = 64;
/** Characters of an attribute's name. */
export const ATTRIBUTE_NAME_CHARS_MAX = 64;
/** Characters of a string attribute, or of one string in a list. */
export const ATTRIBUTE_TEXT_CHARS_MAX = 256;
/** Items of a list or map attribute. */
export const ATTRIBUTE_ITEMS_MAX = 100;
/** Characters of a player's data for the game server: GameLift's limit. */
export const PLAYER_DATA_CHARS_MAX = 2_048;
/** Regions that one player reports latencies for. */
export const LATENCIES_PER_PLAYER_MAX = 64;
/** Largest latency in ms that a player may report. */
export const LATENCY_MS_MAX = 60_000;
/** Largest magnitude of a number attribute: beyond it doubles skip whole numbers that people would tell apart. */
export const NUMBER_MAX = 1e15;
/** Characters of a rule set as JSON: FlexMatch's and GPM's limit. */
export const RULE_SET_CHARS_MAX = 65_535;
/** Rule sets of one matcher: somebody's loop must not fill the journal with names. */
export const RULE_SETS_MAX = 1_000;
/** Players of one match by rule set: a lobby world that fills by backfill. What rules may ask of so many, rule sets say. */
export const MATCH_PLAYERS_MAX = 10_000;
/** Longest time in s that a ticket may be without a watch of its owner: an hour, after which it is no presence any more. */
export const PRESENCE_GRACE_SECONDS_MAX = 3_600;
/** Live tickets of one configuration, until somebody measures that their machine holds more. */
export const POOL_TICKETS_MAX = 1_000_000;
/** How long ended tickets, placements and sessions are remembered, in ms: repeats of old ids are recognised that long. */
export const ENDED_KEPT_MS = 24 * 3_600_000;
/** Event targets of one matcher: each reads every event. */
export const EVENT_TARGETS_MAX = 100;
/** Configurations that an event target may name. */
export const EVENT_TARGET_CONFIGURATIONS_MAX = 100;
/** Characters of an event target's URL: what browsers and proxies carry without trouble. */
export const EVENT_URL_CHARS_MAX = 2_048;
/** Events that may go in one request: some 0.5 MB of ordinary ones. */
export const EVENTS_PER_REQUEST_MAX = 1_000;
/** Requests of one event target that may be under way at once. */
export const EVENT_CONCURRENCY_MAX = 64;
/** The shortest time, in s, that an event target may be behind before it is disabled: less is no outage. */
export const EVENT_BEHIND_SECONDS_MIN = 60;
/** The longest, in s: a week, as older events help no player. */
export const EVENT_BEHIND_SECONDS_MAX = 604_800;
/** MiB of events that may wait for a target at most: what a disk can spare. */
export const EVENT_PENDING_MB_MAX = 65_536;
/**
 * Unary calls that a service answers at once. Each may wait for the journal, which writes thousands in one go: more than this would
 * only wait longer, each with its request in memory.
 */
export const CALLS_OPEN_MAX = 2_000;
/** Streams that a service has open at once: each costs some 13 KB, or 38 on a connection of its own. Sidecars and matchers count apart, as they keep battles going. */
export const STREAMS_OPEN_MAX = 20_000;
/** Parties of one matcher that have not ended: as many as a million players who go in pairs. */
export const PARTIES_MAX = 500_000;
/** Characters of what one member brings to a party, as JSON: a hundred of them fit a ticket and a message. */
export const PARTY_MEMBER_CHARS_MAX = 16_384;
/** Open invitations and asks of one party, and of one player. */
export const PARTY_OFFERS_MAX = 100;
/** Longest time in s that an invitation or an ask holds: a day. */
export const PARTY_OFFER_SECONDS_MAX = 86_400;
/** Calls that a party remembers by their request ids: more than come in while a copy may still be under way. */
export const PARTY_REQUESTS_MAX = 128;
