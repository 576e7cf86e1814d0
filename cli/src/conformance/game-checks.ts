// What a game, or the SDK in it, has to do, as `muster conformance --serve` looks at it. docs/conformance.md shows this table; a
// test keeps the two alike.

export const GAME_CHECKS = {
  WATCH:
    "The watch is the first call: it names the SDK, its version and language, and resumes nothing on a first start",
  READY: "ProcessReady comes within 30 s of the watch, with ports and sessions in their ranges",
  RETRY: "A call that is answered UNAVAILABLE is repeated within 10 s, with the same words",
  START: "StartBattleSession is answered with ActivateBattleSession of the same session, once, before `activate_by`",
  HEALTH: "Every health check is answered once, within its time, with its own id",
  UNKNOWN_EVENT: "A message that the game does not know, as of a newer sidecar, changes nothing: the next one is heard",
  ACCEPT: "Every player who is let in is accepted under a request id of their own",
  ACCEPT_RETRY: "An accept that may or may not have been carried out is repeated under the same request id",
  REFUSED: "A seat that is refused for good is not asked for again",
  SEATED: "Players who are added later are heard of and accepted too",
  REMOVE: "A player who leaves is removed, once",
  RESUME: "A stream that breaks is opened again within 10 s, and goes on after the last revision that was handled",
  REPEATED: "Changes that were heard before, as after a break, are not acted upon again",
  GAP: "A change that leaves out a revision makes the game watch anew, and go on from the snapshot",
  SESSION_END: "A session that is to end is ended within 10 s by TerminateBattleSession",
  TERMINATE: "ProcessTerminate is answered with ProcessEnding before the deadline, and the watch is closed",
  MANNERS: "No call lacks the token, names what was never given to the game, or comes without end",
} as const;
