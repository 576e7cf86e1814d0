// What a sidecar has to do, as `muster conformance` looks at it. docs/conformance.md shows this table; a test keeps the two alike.

export const SIDECAR_CHECKS = {
  OPENED:
    "Watch opens with `Opened`: process id, version, features; a game that comes first hears it before anything else",
  TOKEN: "A call without the token, or with another, is refused with CREDENTIALS_INVALID and changes nothing",
  READY:
    "ProcessReady is answered, a repeat too; other words are PHASE_CONFLICT; bad ports and counts are FIELD_INVALID",
  START: "A placement is heard as one StartBattleSession with what it was asked with, and time to activate",
  UNKNOWN: "Ids of nobody are refused with the reason of their kind, malformed ones with FIELD_INVALID or ID_MALFORMED",
  ACTIVATE: "ActivateBattleSession gives SESSION_ACTIVATED with seats and address; a repeat changes nothing",
  ACCEPT:
    "A seat is accepted once: the same request id is answered the same, another with PLAYER_SESSION_ALREADY_ACCEPTED",
  DISCONNECT: "A disconnected player's seat is held until a time, and given back for the reconnect secret only",
  REMOVE: "A removed player's seat is free at once; a repeat is answered; its id is PLAYER_SESSION_ENDED from then on",
  SEATED: "Newcomers are heard as PLAYERS_ADDED with exactly them",
  POLICY: "DENY_ALL and ACCEPT_ALL are heard as changes; UNSPECIFIED is FIELD_INVALID",
  DESCRIBE: "DescribePlayerSessions by session, player, id and state agrees with the changes that were heard",
  CUSTOM_DATA: "The last of many ReportCustomData reaches the fleet within 5 s, and before the end of its session",
  BACKFILL: "Backfill calls reach the session's matcher with its capability and the revision that the game has seen",
  ORDER: "Changes of a session come without a gap, without a repeat, in order, on every stream",
  RESUME: "A stream that is opened again goes on after the named revision: with the changes after it, each once",
  RESUME_EXPIRED:
    "Where the changes are not kept the stream says so with a marked snapshot; a session that is over is named",
  ONE_WATCH: "A second watch ends the first with PHASE_CONFLICT, and hears everything from then on",
  SLOW: "A reader that takes nothing holds nobody up: 64 callers are answered all the while",
  HEALTH: "Health is asked about once a period, one check at a time, each with an id and a time of its own",
  AWAY: "Without its fleet it accepts a known reservation and lets players leave, and refuses what only the fleet knows with FLEET_UNREACHABLE",
  RETURN: "When the fleet is back it hears what was done meanwhile, once, and the game hears the fleet's word on it",
  SESSION_END: "A session that the fleet wants to end is heard as SESSION_TERMINATING; TerminateBattleSession ends it",
  UNHEALTHY: "A game that answers no health check is told to end within three periods, and its fleet hears why",
  ENDING: "ProcessEnding is answered, a repeat too, and the process has ended for its fleet",
} as const;
