// What may happen to parties, and to tickets that wait for their own players.
import type { MatcherFact } from "@muster/matcher/testing";
import type { Books } from "../checkers/books/books.ts";
import type { Observation } from "../observation.ts";
import { type Goal, isRefusal, when } from "./goal.ts";

function factOf(observation: Observation): MatcherFact | undefined {
  return observation.type === "matcher-fact" ? observation.fact : undefined;
}

/** Phases of live tickets of the party whose members the observation changes. */
function phasesAtChange(observation: Observation, { matcher }: Books): readonly string[] {
  const fact = factOf(observation);
  if (fact?.type !== "party-changed" || !["joined", "left", "dissolved"].includes(fact.change.type)) return [];
  const { members } = matcher.parties.parties.get(fact.partyId) ?? { members: new Set<string>() };
  const mine = [...matcher.tickets.values()].filter(({ partyId }) => partyId === fact.partyId);
  return members.size === 0 ? [] : mine.filter((ticket) => matcher.parties.fits(ticket)).map(({ phase }) => phase);
}

function changes(name: string, phase: string): Goal {
  return when(name, (observation, books) => phasesAtChange(observation, books).includes(phase));
}

export const partyGoals: readonly Goal[] = [
  when("a ticket searched when its last player had joined", (observation, { steps }) => {
    return factOf(observation)?.type === "players-joined" && steps.some(({ to }) => to === "SEARCHING");
  }),
  when("a player declined to join", (observation) => factOf(observation)?.type === "preparation-declined"),
  when("a ticket's players did not come in time", (observation, { matcher }) => {
    const fact = factOf(observation);
    return fact?.type === "ticket-timed-out" && matcher.tickets.get(fact.ticketId)?.phase === "PREPARING";
  }),
  when("a player came too late to join", (observation) => isRefusal(observation, "PREPARATION_ENDED")),
  when("a party queued", (observation) => {
    const fact = factOf(observation);
    return fact?.type === "ticket-created" && fact.partyId !== undefined;
  }),
  changes("a party changed while its ticket searched", "SEARCHING"),
  changes("a party changed while its ticket was asked", "REQUIRES_ACCEPTANCE"),
  changes("a party changed while its ticket was being placed", "PLACING"),
  when("a party's ticket came back from a match to a party that had changed", (_, { steps }) => {
    return steps.some(({ viaSearch }) => viaSearch === true);
  }),
  when("a leader left and another member led", (observation) => {
    const fact = factOf(observation);
    return fact?.type === "party-changed" && fact.change.type === "left" && fact.change.leaderId !== undefined;
  }),
  when("a leader who led no more was refused", (observation) => isRefusal(observation, "PARTY_LEADER_ONLY")),
  when("a player was in another party still", (observation) => isRefusal(observation, "PLAYER_IN_PARTY")),
];
