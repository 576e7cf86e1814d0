// What may happen to backfills and fills.
import type { Books } from "../checkers/books/books.ts";
import type { Change } from "../checkers/books/fleet-book.ts";
import type { Observation } from "../observation.ts";
import { type Goal, isRefusal, when } from "./goal.ts";

type Backfill = { readonly state: string; readonly cause: string | undefined; readonly noLegalFill: boolean };

function turns(isIt: (before: Backfill | undefined, next: Backfill) => boolean) {
  return (observation: Observation, books: Books) => {
    if (observation.type !== "matcher-fact") return false;
    const { fact } = observation;
    if (fact.type !== "backfill-changed" && fact.type !== "fill-decided") return false;
    return isIt(books.matcher.sessions.get(fact.battleSessionId)?.backfill, fact.backfill);
  };
}

function pausedBy(cause: string) {
  return turns((before, next) => next.state === "PAUSED" && next.cause === cause && before?.state === "SEARCHING");
}

function wokenFrom(cause: string) {
  return turns((before, next) => next.state === "SEARCHING" && before?.state === "PAUSED" && before.cause === cause);
}

function droppedFor(reason: string) {
  return (observation: Observation) =>
    observation.type === "matcher-fact" &&
    observation.fact.type === "fill-dropped" &&
    observation.fact.reason === reason;
}

/** The fleet changes a session that a fill of the matcher is under way to. */
function changesDuringFill(isIt: (change: Change) => boolean) {
  return (observation: Observation, books: Books) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return false;
    const { change } = observation.fact;
    return isIt(change) && books.matcher.sessions.get(change.battleSessionId)?.fill !== undefined;
  };
}

export const backfillGoals: readonly Goal[] = [
  when("a backfill was paused as the battle was full", pausedBy("FULL")),
  when("a backfill was paused as nobody may come", pausedBy("DENY_ALL")),
  when("a backfill was paused as the host was silent", pausedBy("HOST_UNREACHABLE")),
  when("a backfill was woken by a free seat", wokenFrom("FULL")),
  when("a backfill was woken by an open door", wokenFrom("DENY_ALL")),
  when("a backfill was woken by its host", wokenFrom("HOST_UNREACHABLE")),
  when(
    "a custom backfill was completed",
    turns((_, next) => next.state === "COMPLETED"),
  ),
  when(
    "a backfill was cancelled by its game",
    turns((_, next) => next.cause === "CANCELLED_BY_REQUEST"),
  ),
  when(
    "a backfill was replaced",
    turns((_, next) => next.cause === "REPLACED"),
  ),
  when(
    "a backfill had no legal fill",
    turns((_, next) => next.noLegalFill),
  ),
  when("a second backfill was refused", (observation) => isRefusal(observation, "BACKFILL_ALREADY_RUNNING")),
  when("a fill was applied", (observation) => {
    return observation.type === "matcher-fact" && observation.fact.type === "fill-applied";
  }),
  when("a fill was stale", droppedFor("ROSTER_VERSION_STALE")),
  when("a fill found the battle closed to players", droppedFor("SESSION_CLOSED_TO_PLAYERS")),
  when("a fill found the battle over", droppedFor("SESSION_NOT_ACTIVE")),
  when("a backfill ended while its fill was under way", (observation, books) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "backfill-changed") return false;
    const isOver = observation.fact.backfill.state === "CANCELLED";
    return isOver && books.matcher.sessions.get(observation.fact.battleSessionId)?.fill !== undefined;
  }),
  when("a session ended while its fill was under way", (observation, books) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return false;
    const { state, battleSessionId } = observation.fact.change;
    return state === "TERMINATED" && books.matcher.sessions.get(battleSessionId)?.fill !== undefined;
  }),
  when(
    "the door was closed while a fill was under way",
    changesDuringFill(({ creationPolicy }) => creationPolicy === "DENY_ALL"),
  ),
  when(
    "the door was opened while a fill was under way",
    changesDuringFill(({ creationPolicy }) => creationPolicy === "ACCEPT_ALL"),
  ),
  when(
    "a player returned while a fill was under way",
    changesDuringFill(({ reason }) => reason === "PLAYER_RETURNED"),
  ),
  when(
    "a player left while a fill was under way",
    changesDuringFill(({ reason }) => reason === "PLAYER_REMOVED"),
  ),
  {
    name: "a seat that nobody came for was filled again",
    detector: () => {
      const left = new Set<string>();
      return (observation) => {
        if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return false;
        const { battleSessionId, removed, added } = observation.fact.change;
        const seatOf = ({ team }: { readonly team?: string | undefined }) => `${battleSessionId} ${team ?? ""}`;
        for (const seat of removed) if (seat.cause === "RESERVATION_EXPIRED") left.add(seatOf(seat));
        const isFill = observation.fact.request?.id.startsWith("fill ") === true;
        return isFill && added.filter((seat) => left.delete(seatOf(seat))).length > 0;
      };
    },
  },
  {
    name: "a custom backfill without a legal fill was filled later",
    detector: () => {
      const stuck = new Set<string>();
      return (observation) => {
        if (observation.type !== "matcher-fact") return false;
        const { fact } = observation;
        if (fact.type !== "backfill-started" && fact.type !== "backfill-changed" && fact.type !== "fill-decided")
          return false;
        const { backfillId, strategy, noLegalFill } = fact.backfill;
        if (fact.type === "fill-decided") return stuck.delete(backfillId);
        if (strategy === "CUSTOM" && noLegalFill) stuck.add(backfillId);
        return false;
      };
    },
  },
  {
    name: "a fill of one run of the matcher had its outcome in a later one",
    detector: () => {
      const epochs = new Map<string, number>();
      return (observation) => {
        if (observation.type !== "matcher-fact") return false;
        const { fact, epoch } = observation;
        if (fact.type === "fill-decided") epochs.set(fact.fillId, epoch);
        if (fact.type !== "fill-applied" && fact.type !== "fill-dropped") return false;
        const decided = epochs.get(fact.fillId) ?? epoch;
        epochs.delete(fact.fillId);
        return decided < epoch;
      };
    },
  },
];
