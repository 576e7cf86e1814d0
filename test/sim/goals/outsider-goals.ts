// What may happen between the matcher and those who seat players without it.
import type { Books } from "../checkers/books/books.ts";
import { isCallOf } from "../checkers/books/call-book.ts";
import type { Observation } from "../observation.ts";
import { type Goal, isRefusal, when } from "./goal.ts";

/** The session in which somebody was seated beside the matcher. */
function seatedIn(observation: Observation): string | undefined {
  if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return undefined;
  const { request, change } = observation.fact;
  return request?.id.startsWith("seats ") ? change.battleSessionId : undefined;
}

function fillOf({ matcher }: Books, battleSessionId: string | undefined) {
  return battleSessionId === undefined ? undefined : matcher.sessions.get(battleSessionId)?.fill;
}

export const outsiderGoals: readonly Goal[] = [
  when("somebody was seated beside the matcher", (observation) => seatedIn(observation) !== undefined),
  when("somebody was seated beside the matcher while a fill was under way", (observation, books) => {
    return fillOf(books, seatedIn(observation)) !== undefined;
  }),
  {
    name: "a fill was stale as somebody was seated beside the matcher",
    detector: () => {
      const overtaken = new Set<string>();
      return (observation, books) => {
        const fill = fillOf(books, seatedIn(observation));
        if (fill) overtaken.add(fill.fillId);
        if (observation.type !== "matcher-fact" || observation.fact.type !== "fill-dropped") return false;
        return overtaken.delete(observation.fact.fillId);
      };
    },
  },
  when("who would seat somebody beside the matcher knew an old roster", (observation, books) => {
    if (observation.type !== "answer" || !isRefusal(observation, "ROSTER_VERSION_STALE")) return false;
    return isCallOf(books.calls.get(observation.callId), "createPlayerSessions");
  }),
  when("seats were asked for again", (observation, books) => {
    if (observation.type !== "call") return false;
    const call = { ...observation, startedMs: 0, startedTick: 0 };
    if (!isCallOf(call, "createPlayerSessions")) return false;
    const { battleSessionId, players } = call.request;
    const { everSeated } = books.fleet.sessions.get(battleSessionId) ?? {};
    return players.every(({ playerId }) => everSeated?.has(playerId));
  }),
  when("a session was taken on", (observation) => {
    return observation.type === "matcher-fact" && observation.fact.type === "session-adopted";
  }),
  {
    name: "a session was taken on by asking again",
    detector: () => {
      /** Given away by the fleet, and how often the matcher was asked since. */
      const given = new Map<string, number>();
      return (observation) => {
        if (observation.type === "fleet-fact" && observation.fact.type === "session-adopted") {
          given.set(observation.fact.sessionId, 0);
        }
        if (observation.type === "call") {
          const call = { ...observation, startedMs: 0, startedTick: 0 };
          const asked = isCallOf(call, "startBackfill") ? given.get(call.request.battleSessionId) : undefined;
          if (isCallOf(call, "startBackfill") && asked !== undefined)
            given.set(call.request.battleSessionId, asked + 1);
        }
        if (observation.type !== "matcher-fact" || observation.fact.type !== "session-adopted") return false;
        return (given.get(observation.fact.battleSessionId) ?? 0) > 0;
      };
    },
  },
  when("a session that was taken on was filled", (observation, books) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "fill-applied") return false;
    return books.matcher.sessions.get(observation.fact.battleSessionId)?.adoptedKey !== undefined;
  }),
  when("a game commanded the backfill of a session that was taken on", (observation, books) => {
    if (observation.type !== "answer" || !("ok" in observation.outcome)) return false;
    const call = books.calls.get(observation.callId);
    if (!isCallOf(call, "startBackfill") || !call.caller.endsWith("/game")) return false;
    return books.matcher.sessions.get(call.request.battleSessionId)?.adoptedKey !== undefined;
  }),
];
