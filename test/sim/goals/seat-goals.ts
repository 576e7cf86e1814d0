// What may happen to seats and at the doors of servers.

import type { Books } from "../checkers/books/books.ts";
import { isCallOf, type OpenCall } from "../checkers/books/call-book.ts";
import type { Observation, Outcome } from "../observation.ts";
import { type Goal, isRefusal, when } from "./goal.ts";

function frees(cause: string) {
  return (observation: Observation) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return false;
    return observation.fact.change.removed.some((seat) => seat.cause === cause);
  };
}

function isAcceptOf(call: OpenCall | undefined, playerSessionId: string): boolean {
  return isCallOf(call, "acceptPlayerSession") && call.request.playerSessionId === playerSessionId;
}

function refusedAccept(reason: string) {
  return (observation: Observation, books: Books) => {
    if (observation.type !== "answer" || !isRefusal(observation, reason)) return false;
    return books.calls.get(observation.callId)?.method === "acceptPlayerSession";
  };
}

export const seatGoals: readonly Goal[] = [
  when("a reservation expired", frees("RESERVATION_EXPIRED")),
  when("a grace expired", frees("GRACE_EXPIRED")),
  when("a player left", frees("REMOVED")),
  when("a game's numbers reached the fleet", (observation) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return false;
    return observation.fact.change.customData !== undefined;
  }),
  when("an accept raced the reservation's end", (observation, books) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return false;
    const expired = observation.fact.change.removed.filter((seat) => seat.cause === "RESERVATION_EXPIRED");
    return expired.some(({ playerSessionId }) =>
      [...books.calls.values()].some((call) => isAcceptOf(call, playerSessionId)),
    );
  }),
  when("an accept came too late", refusedAccept("PLAYER_SESSION_EXPIRED")),
  when("a seat was asked for twice", refusedAccept("PLAYER_SESSION_ALREADY_ACCEPTED")),
  when("a seat was asked for at the wrong door", refusedAccept("PLAYER_SESSION_NOT_FOUND")),
  when("a seat was asked for after its end", refusedAccept("PLAYER_SESSION_ENDED")),
  when("a player returned with a wrong secret", refusedAccept("RECONNECT_SECRET_WRONG")),
  when("a player returned in time", (observation) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return false;
    return observation.fact.change.reason === "PLAYER_RETURNED";
  }),
  whileFleetIsAway("a player was let in while the fleet was away", "acceptPlayerSession", (outcome) => "ok" in outcome),
  whileFleetIsAway("a player left while the fleet was away", "removePlayerSession", (outcome) => "ok" in outcome),
  whileFleetIsAway(
    "a player was sent away for a while as only the fleet could tell",
    "acceptPlayerSession",
    (outcome) => "unknown" in outcome && outcome.unknown === "FLEET_UNREACHABLE",
  ),
];

/** A call of a game that ended in this way while no fleet ran. */
function whileFleetIsAway(name: string, method: string, isIt: (outcome: Outcome) => boolean): Goal {
  return {
    name,
    detector: () => {
      let isAway = false;
      return (observation, books) => {
        if (observation.type === "life" && observation.service === "fleet") isAway = observation.how !== "start";
        if (!isAway || observation.type !== "answer" || !isIt(observation.outcome)) return false;
        return books.calls.get(observation.callId)?.method === method;
      };
    },
  };
}
