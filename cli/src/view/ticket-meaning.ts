// What a ticket's cause means, in a sentence for people: the same in `muster ticket show` and in docs/guides/acceptance.md and docs/guides/parties.md.

/** By the words of the contract; a newer matcher may say others. */
const CAUSES: Readonly<Record<string, string>> = {
  CANCELLED_BY_REQUEST: "whoever started it called it off",
  REQUEST_TIMED_OUT: "nobody was found for it in its time",
  PLACEMENT_CANCELLED: "the placement of its match was stopped",
  PLACEMENT_TIMED_OUT: "no server was free for its match in time",
  PLACEMENT_FAILED: "no server could be found for its match",
  RESERVATION_EXPIRED: "its seats ran out before anybody could be told of them",
  ACCEPTANCE_REFUSED: "one of its players refused the match",
  ACCEPTANCE_TIMED_OUT: "one of its players had not accepted the match in time",
  MATCH_REFUSED: "somebody else refused the match",
  MATCH_UNANSWERED: "somebody else had not accepted the match in time",
  SUPERSEDED: "a later ticket of one of its players took its place",
  OWNER_GONE: "nobody watched it any more, for longer than its presence allows",
  MATCHED_ELSEWHERE: "another ticket of one of its players was matched",
  CONFIGURATION_DELETED: "its matchmaking configuration was deleted",
  PREPARATION_DECLINED: "one of its players did not want to join",
  PARTY_CHANGED: "the members of its party changed",
  PREPARATION_TIMED_OUT: "not all of its players had joined in time",
};

/** Without a capital or a full stop; undefined for a word that this build does not know. */
export function explainCause(cause: string): string | undefined {
  return Object.hasOwn(CAUSES, cause) ? CAUSES[cause] : undefined;
}
