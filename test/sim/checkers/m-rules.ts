// M-RULES: every match is legal by the version of the rule set that it names, at the age that its tickets had: by the judge of @muster/rules, and by an
// oracle that was written without looking at it. It is placed in a region that suits every player.

import type { MatcherFact } from "@muster/matcher/testing";
import { judge } from "@muster/rules";
import { asksForRegions, findBreach, suitingRegions } from "../model/rule-oracle.ts";
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { createRuleSets } from "./rule-sets.ts";

const NAME = "M-RULES";

type Match = Extract<MatcherFact, { type: "match-formed" }>["match"];

export function mRules(books: Books): Checker {
  const ruleSets = createRuleSets(books);
  /** Where each match that asks for it may be placed. */
  const regionsOf = new Map<string, readonly string[]>();
  const check = ({ matchId, configuration, players, teams, formedBy }: Match, journalMs: number) => {
    const document = books.matcher.versions.documentOf(formedBy?.ruleSet ?? "", formedBy?.ruleSetVersion ?? 0) ?? "";
    const ruleSet = ruleSets.parse(document);
    if (!ruleSet) throw new BrokenPromise(NAME, `${matchId} is of ${configuration}, which has no rule set`);
    const ages = players.map(
      ({ ticketId }) => journalMs - (books.matcher.tickets.get(ticketId)?.createdMs ?? journalMs),
    );
    const ageMs = ruleSet.expansionAge === "newest" ? Math.min(...ages) : Math.max(...ages);
    const roster = teams.map((team) => ({
      name: team.name,
      players: players
        .filter((player) => player.team === team.name)
        .map(({ playerId, ticketId }) => {
          const ticket = books.matcher.tickets.get(ticketId);
          const held = ticket?.players.find((player) => player.playerId === playerId);
          return { playerId, ticketId, attributes: held?.attributes ?? {}, latenciesMs: held?.latenciesMs ?? {} };
        }),
    }));
    const [violation] = judge(ruleSet, roster, { ageMs });
    const breach = violation?.message ?? findBreach(document, roster, ageMs);
    if (breach !== undefined) throw new BrokenPromise(NAME, `${matchId} is not legal: ${breach}`);
    const everybody = roster.flatMap((team) => team.players);
    if (asksForRegions(document)) regionsOf.set(matchId, suitingRegions(document, everybody, ageMs));
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "matcher-fact") return;
      const { fact, journalMs } = observation;
      // Without a rule set it is by queries: M-QUERIES.
      const isByRules = fact.type === "match-formed" && fact.match.formedBy?.ruleSet !== "";
      if (isByRules) check(fact.match, journalMs);
      if (fact.type === "match-placed") {
        const regions = regionsOf.get(fact.matchId);
        if (regions?.includes(fact.region) === false) {
          throw new BrokenPromise(
            NAME,
            `${fact.matchId} is placed in ${fact.region}, and only ${regions} suit everybody`,
          );
        }
        regionsOf.delete(fact.matchId);
      }
    },
  };
}
