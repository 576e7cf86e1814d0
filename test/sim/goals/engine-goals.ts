// What may happen when matches are formed by rules, as facts show it.
import type { Books } from "../checkers/books/books.ts";
import { ticketsOf } from "../checkers/books/matcher-entries.ts";
import type { Observation } from "../observation.ts";
import { type Goal, when } from "./goal.ts";

type Assigned = readonly { readonly ticketId: string; readonly playerId: string; readonly team: string }[];

/** Whom a match or fill takes. */
function takenBy(observation: Observation): Assigned {
  if (observation.type !== "matcher-fact") return [];
  const { fact } = observation;
  if (fact.type === "match-formed") return fact.match.players;
  return fact.type === "fill-decided" ? fact.newcomers : [];
}

function isDivided(players: Assigned): boolean {
  return ticketsOf(players).some((id) => new Set(players.filter((p) => p.ticketId === id).map((p) => p.team)).size > 1);
}

function asksForTeam({ matcher }: Books, players: Assigned): boolean {
  return ticketsOf(players).some((id) => matcher.tickets.get(id)?.players.some(({ team }) => team !== undefined));
}

export const engineGoals: readonly Goal[] = [
  when("a divided party was taken", (observation) => isDivided(takenBy(observation))),
  when("somebody who asked for a team was taken", (observation, books) => asksForTeam(books, takenBy(observation))),
  when("a match suits everybody in one region alone", (observation) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "match-formed") return false;
    return observation.fact.match.regions.length === 1;
  }),
  when("a rule set was put while tickets waited", (observation, { matcher }) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "rule-set-put") return false;
    const { name } = observation.fact;
    const isOurs = ({
      ruleSet,
      name: configuration,
    }: {
      readonly ruleSet: string | undefined;
      readonly name: string;
    }) => ruleSet === name && (matcher.searching.get(configuration)?.size ?? 0) > 0;
    return [...matcher.configurations.values()].some(isOurs);
  }),
];
