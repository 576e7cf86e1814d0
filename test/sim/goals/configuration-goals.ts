// What may happen when configurations and rule sets change or go while everything runs.
import { type Goal, isRefusal, when } from "./goal.ts";

export const configurationGoals: readonly Goal[] = [
  when("a version was put for new tickets only while others waited", (observation, { matcher }) => {
    if (observation.type !== "matcher-fact") return false;
    const { fact } = observation;
    if (fact.type !== "rule-set-put" && fact.type !== "configuration-put") return false;
    return fact.newTicketsOnly === true && [...matcher.searching.values()].some((pool) => pool.size > 0);
  }),
  when("a match was formed by a version that is no more the present one", (observation, { matcher }) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "match-formed") return false;
    const { configuration, players } = observation.fact.match;
    const { arrival = 0 } = matcher.tickets.get(players[0]?.ticketId ?? "") ?? {};
    return !matcher.versions.isPresent({ configuration, arrival });
  }),
  when("a battle was filled while tickets of before waited beside it", (observation, { matcher }) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "fill-decided") return false;
    const { configuration = "" } = matcher.sessions.get(observation.fact.battleSessionId) ?? {};
    return [...(matcher.searching.get(configuration) ?? [])].some((ticket) => !matcher.versions.isPresent(ticket));
  }),
  when("a match was formed by an alternative", (observation, { matcher }) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "match-formed") return false;
    const { configuration, formedBy } = observation.fact.match;
    return formedBy?.ruleSet !== matcher.configurations.get(configuration)?.ruleSet;
  }),
  when("a configuration was deleted while tickets searched by it", (observation, { matcher }) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "configuration-deleted") return false;
    return (matcher.searching.get(observation.fact.name)?.size ?? 0) > 0;
  }),
  when("a configuration was deleted that more searched by than are cancelled at once", (observation) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "configuration-deleted") return false;
    return observation.fact.keepsSearching === true;
  }),
  when("a configuration was deleted while players were asked", (observation, { matcher }) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "configuration-deleted") return false;
    const { name } = observation.fact;
    return [...matcher.proposals.values()].some(({ isOpen, match }) => isOpen && match.configuration === name);
  }),
  when("a ticket was refused as its configuration was deleted", (observation) =>
    isRefusal(observation, "CONFIGURATION_NOT_FOUND"),
  ),
  when("a deletion of a rule set in use was refused", (observation) => isRefusal(observation, "RULE_SET_IN_USE")),
];
