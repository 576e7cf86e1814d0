// What a backfill's state means, in a sentence for people: the same in `muster backfill show` and in docs/guides/backfill.md.
import type { Backfill, BackfillCause } from "@muster/proto";

const CAUSES: Readonly<Record<BackfillCause, string>> = {
  FULL: "every seat is taken; goes on as soon as one falls free",
  DENY_ALL: "the game lets nobody in; goes on when its policy is ACCEPT_ALL again",
  HOST_UNREACHABLE: "the host is silent; goes on when it is heard again",
  GOAL_REACHED: "everybody who was asked for has come",
  CANCELLED_BY_REQUEST: "the game or an operator ended it",
  REPLACED: "another backfill took its place",
  SESSION_ENDED: "the battle is over",
  CONFIGURATION_DELETED: "its matchmaking configuration was deleted",
  RULE_SET_CHANGED: "the rule set no longer describes the battle",
  ACCEPTANCE_REQUIRED: "its configuration asks players for acceptance now, and takes no backfill",
};

/** Why it is in its state, without a capital or a full stop. */
export function explainBackfill({ state, cause, noLegalFill, progress }: Backfill): string {
  if (cause !== undefined) return CAUSES[cause];
  if (state !== "SEARCHING") return "no cause was given";
  if (noLegalFill) return "no fill can be legal, whoever comes; starts to fill if the roster later allows it";
  const missing = progress.reduce((sum, team) => sum + Math.max(team.goal - team.have - team.reserved, 0), 0);
  if (missing === 0) return "nobody is missing; those who are on their way have yet to come";
  return `${missing} ${missing === 1 ? "player is" : "players are"} looked for`;
}
