// B-TARGET: CUSTOM is COMPLETED once its goal was reached and everybody has come, and never goes beyond; MAX_POSSIBLE is PAUSED while
// there is no room. Either is while nobody may come or the host is silent, searches again as soon as that is over, and says whether
// any fill could be legal.
import { mayGrow } from "../model/rule-oracle.ts";
import type { Books } from "./books/books.ts";
import type { Change, SessionEntry } from "./books/fleet-book.ts";
import { isLiveBackfill, type MatchedSessionEntry } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { SETTLE_MS } from "./settle.ts";

const NAME = "B-TARGET";
/** How long it may take, where nothing fails, until the backfill is what its session asks for, in ms. */
const ASTRAY_MS = 4_000;
/** How long a matcher may wait for the first word of a fleet that is gone before it asks the next one, in ms. */
const FEED_OPENS_MS = 10_000;

export function bTarget(books: Books): Checker {
  const { sessions } = books.fleet;
  /** Backfills whose goal was reached at some time. */
  const reached = new Set<string>();
  /** Tickets that the fills of each brought. */
  const brought = new Map<string, Set<string>>();
  /** Sessions whose backfill is not what the session asks for, and since when. */
  const astray = new Map<string, number>();

  const sizeAfter = (session: SessionEntry, change: Change | undefined, team: string) => {
    const more = change?.added.filter((seat) => seat.team === team).length ?? 0;
    const less = change?.removed.filter((seat) => seat.team === team).length ?? 0;
    return (session.used.get(team) ?? 0) + more - less;
  };
  const goalsOf = (sessionId: string) => {
    const matched = books.matcher.sessions.get(sessionId);
    return matched?.backfill?.strategy === "CUSTOM" ? matched.goals : [];
  };
  const checkGoal = (session: SessionEntry, change: Change, isFill: boolean) => {
    const id = session.battleSessionId;
    const goals = goalsOf(id);
    const backfillId = books.matcher.sessions.get(id)?.backfill?.backfillId;
    if (goals.length === 0 || backfillId === undefined) return;
    if (goals.every((goal) => sizeAfter(session, change, goal.team) >= goal.players)) reached.add(backfillId);
    if (!isFill || change.backfill?.backfillId !== backfillId) return;
    for (const { team, players } of goals) {
      const size = sizeAfter(session, change, team);
      const joins = change.added.some((seat) => seat.team === team);
      if (joins && size > players)
        throw new BrokenPromise(NAME, `${backfillId} fills ${team} to ${size} of ${players}`);
    }
  };
  const checkArrived = (sessionId: string, backfillId: string) => {
    const tickets = brought.get(backfillId);
    const coming = [...(sessions.get(sessionId)?.seats.values() ?? [])].find(
      ({ state, ticketId }) => state === "RESERVED" && ticketId !== undefined && tickets?.has(ticketId),
    );
    if (!coming) return;
    throw new BrokenPromise(NAME, `${backfillId} is COMPLETED, and ${coming.playerId}, whom it sent, has not come yet`);
  };
  const isAstray = (sessionId: string) => {
    const session = sessions.get(sessionId);
    const matched = books.matcher.sessions.get(sessionId);
    if (session?.state !== "ACTIVE" || !matched || matched.hasEnded || !isLiveBackfill(matched.backfill)) return false;
    const { backfill, goals, fill } = matched;
    if (!backfill || fill) return false;
    const isCustom = backfill.strategy === "CUSTOM";
    const isReached = goals.every((goal) => sizeAfter(session, undefined, goal.team) >= goal.players);
    const isExpected = [...session.seats.values()].some(({ state }) => state === "RESERVED");
    if (isCustom && isReached && !isExpected) return true; // It should be done.
    const isFull =
      session.seats.size >= session.capacity ||
      (session.teams.length > 0 &&
        session.teams.every((team) => sizeAfter(session, undefined, team.name) >= team.capacity));
    const mustPause = (isFull && !isCustom) || session.isUnreachable || session.creationPolicy === "DENY_ALL";
    if (mustPause !== (backfill.state === "PAUSED")) return true;
    if (mustPause) return false;
    const isStuck = !(isCustom ? isReached : isFull) && !mayBeFilled(session, matched);
    return backfill.noLegalFill !== isStuck;
  };
  /** Whether numbers of players alone allow any fill at all. */
  const mayBeFilled = (session: SessionEntry, { configuration, goals, backfill }: MatchedSessionEntry) => {
    const { ruleSet = "" } = books.matcher.configurations.get(configuration) ?? {};
    const document = books.matcher.ruleSets.get(ruleSet);
    if (document === undefined) return !backfill?.noLegalFill;
    const shrinks = backfill?.strategy === "CUSTOM";
    const most = new Map(goals.map(({ team, players }) => [team, players]));
    return mayGrow(document, session.used, { most, shrinks });
  };
  const look = (sessionId: string, nowMs: number) => {
    if (!isAstray(sessionId)) astray.delete(sessionId);
    else if (!astray.has(sessionId)) astray.set(sessionId, nowMs);
  };
  const checkAstray = (nowMs: number) => {
    if (books.healedMs === undefined) return;
    for (const [id, sinceMs] of astray) {
      if (nowMs < Math.max(sinceMs + ASTRAY_MS, books.healedMs + SETTLE_MS + FEED_OPENS_MS)) continue;
      look(id, nowMs); // It may have been put right by the last fact that named it.
      if (!astray.has(id)) continue;
      const { backfill } = books.matcher.sessions.get(id) ?? {};
      const what = backfill?.noLegalFill ? `${backfill.state} without a legal fill` : backfill?.state;
      throw new BrokenPromise(NAME, `the backfill of ${id} is ${what} for ${nowMs - sinceMs} ms, and should not be`);
    }
  };
  let touched: string | undefined;
  return {
    name: NAME,
    see(observation) {
      const { atMs } = observation;
      // The books move on after the checkers: what the last observation touched is looked at now.
      if (touched !== undefined) look(touched, atMs);
      touched = undefined;
      if (observation.type === "fleet-fact" && observation.fact.type === "session-changed") {
        const { change, request } = observation.fact;
        const session = sessions.get(change.battleSessionId);
        if (session) checkGoal(session, change, request?.id.startsWith("fill ") ?? false);
        touched = change.battleSessionId;
      }
      if (observation.type === "matcher-fact") {
        const { fact } = observation;
        if ("battleSessionId" in fact) touched = fact.battleSessionId;
        if (fact.type === "backfill-started") {
          const session = sessions.get(fact.battleSessionId);
          const isReached =
            session && fact.goals.every((goal) => sizeAfter(session, undefined, goal.team) >= goal.players);
          if (isReached) reached.add(fact.backfill.backfillId);
        }
        if (fact.type === "fill-decided") {
          const { backfillId } = fact.backfill;
          const tickets = fact.newcomers.map(({ ticketId }) => ticketId);
          brought.set(backfillId, new Set([...(brought.get(backfillId) ?? []), ...tickets]));
        }
        const isDone = fact.type === "backfill-changed" && fact.backfill.state === "COMPLETED";
        if (isDone) checkArrived(fact.battleSessionId, fact.backfill.backfillId);
        if (isDone && !reached.has(fact.backfill.backfillId)) {
          throw new BrokenPromise(NAME, `${fact.backfill.backfillId} is COMPLETED and never reached its goal`);
        }
      }
      if (astray.size > 0) checkAstray(atMs);
    },
    end() {
      if (touched !== undefined) look(touched, books.nowMs);
      checkAstray(books.nowMs);
    },
  };
}
