// What may happen to tickets that are matched by queries.
import type { Books } from "../checkers/books/books.ts";
import type { Observation } from "../observation.ts";
import { type Goal, isRefusal, when } from "./goal.ts";

/** The match by queries that the observation forms, in the mode; its sizes. */
function formed(observation: Observation, { matcher }: Books, mode: string): number | undefined {
  if (observation.type !== "matcher-fact" || observation.fact.type !== "match-formed") return undefined;
  const { configuration, players } = observation.fact.match;
  return matcher.configurations.get(configuration)?.query?.mode === mode ? players.length : undefined;
}

export const queryGoals: readonly Goal[] = [
  when("tickets with queries were matched (best)", (seen, books) => formed(seen, books, "best") !== undefined),
  when("more than two were matched by queries (best)", (seen, books) => (formed(seen, books, "best") ?? 0) > 2),
  when("tickets with queries were matched (compatible)", (seen, books) => {
    return formed(seen, books, "compatible") !== undefined;
  }),
  when("a match ended another ticket of its players", (seen) => {
    return (
      seen.type === "matcher-fact" && seen.fact.type === "ticket-cancelled" && seen.fact.cause === "MATCHED_ELSEWHERE"
    );
  }),
  when("a player had as many tickets as allowed", (seen) => isRefusal(seen, "TICKETS_PER_PLAYER_EXCEEDED")),
];
