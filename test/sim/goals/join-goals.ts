// What may happen at the doors of matches without a session, and to tickets that a hook is asked about.

import type { Books } from "../checkers/books/books.ts";
import { isCallOf } from "../checkers/books/call-book.ts";
import type { Observation } from "../observation.ts";
import { type Goal, isRefusal, when } from "./goal.ts";

function redeemed(seen: Observation, { calls }: Books): boolean {
  return seen.type === "answer" && isCallOf(calls.get(seen.callId), "redeemJoinToken");
}

function started(seen: Observation, { calls }: Books): boolean {
  return seen.type === "answer" && isCallOf(calls.get(seen.callId), "startMatching");
}

export const joinGoals: readonly Goal[] = [
  when("a player was let in by a join token", (seen, books) => {
    return redeemed(seen, books) && seen.type === "answer" && "ok" in seen.outcome;
  }),
  when("a join token was shown that had let somebody in", (seen, books) => {
    return redeemed(seen, books) && isRefusal(seen, "JOIN_TOKEN_REDEEMED");
  }),
  when("a join token came too late", (seen, books) => redeemed(seen, books) && isRefusal(seen, "JOIN_TOKEN_EXPIRED")),
  when("there was another join key", (seen) => {
    return seen.type === "matcher-fact" && seen.fact.type === "join-key-added" && seen.sequence > 3;
  }),
  when("a hook refused a ticket", (seen) => seen.type === "matcher-fact" && seen.fact.type === "ticket-refused"),
  when("a hook refused a match", (seen) => {
    return seen.type === "matcher-fact" && seen.fact.type === "match-weighed" && seen.fact.match === undefined;
  }),
  when("a hook chose what a match became", (seen) => {
    return seen.type === "matcher-fact" && seen.fact.type === "match-weighed" && seen.fact.match !== undefined;
  }),
  {
    name: "a hook was asked of a match again",
    detector: () => {
      const asked = new Set<string>();
      return (seen) => {
        if (seen.type !== "hook-asked" || seen.question !== "matched") return false;
        const isAgain = asked.has(seen.id);
        asked.add(seen.id);
        return isAgain;
      };
    },
  },
  when("a ticket waited for a hook that did not answer", (seen, books) => {
    return started(seen, books) && isRefusal(seen, "HOOK_FAILED");
  }),
  when(
    "a caller was told what a hook had said",
    (seen, books) => started(seen, books) && isRefusal(seen, "HOOK_REFUSED"),
  ),
];
