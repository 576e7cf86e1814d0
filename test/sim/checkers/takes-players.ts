// Whether a session takes players at all, whoever brings them.
import type { FillGoal } from "@muster/rules";
import type { SessionEntry } from "./books/fleet-book.ts";
import type { MatchedSessionEntry } from "./books/matcher-entries.ts";

/** Why nobody may be seated in the session now; undefined if somebody may. */
export function whyClosed(session: SessionEntry): string | undefined {
  if (session.state !== "ACTIVE") return `it is ${session.state}`;
  if (session.creationPolicy === "DENY_ALL") return "its door is closed";
  return session.isUnreachable ? "its host is silent" : undefined;
}

/** Whether the battle can be filled as both services know it. */
export function seeksPlayers({ backfill, fill, hasEnded }: MatchedSessionEntry, session: SessionEntry): boolean {
  if (backfill?.state !== "SEARCHING" || backfill.noLegalFill || fill || hasEnded) return false;
  return whyClosed(session) === undefined && session.seats.size < session.capacity;
}

/** What its backfill works towards. */
export function fillGoalOf({ backfill, goals }: MatchedSessionEntry): FillGoal {
  if (backfill?.strategy !== "CUSTOM") return { strategy: "MAX_POSSIBLE" };
  return { strategy: "CUSTOM", teamSizes: new Map(goals.map(({ team, players }) => [team, players])) };
}
