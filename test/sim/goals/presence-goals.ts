// What may happen to tickets that end with their owners' watches.
import type { Books } from "../checkers/books/books.ts";
import type { Observation } from "../observation.ts";
import { type Goal, when } from "./goal.ts";

/** Tickets that the observation gives up, with where they were. */
function givenUp(observation: Observation, { matcher }: Books): readonly string[] {
  if (observation.type !== "matcher-fact") return [];
  const { fact } = observation;
  const ids =
    fact.type === "ticket-cancelled" && fact.cause === "OWNER_GONE"
      ? [fact.ticketId]
      : fact.type === "proposal-ended"
        ? fact.outcomes.filter(({ fate }) => fate === "OWNER_GONE").map(({ ticketId }) => ticketId)
        : [];
  return ids.map((id) => matcher.tickets.get(id)?.phase ?? "");
}

/** Tickets whose watchers have all left, by now. */
function isLeft({ ticketId, players, presenceGraceMs }: Ticket, { watches }: Books): boolean {
  if (presenceGraceMs === undefined) return false;
  return ![...watches.ofTickets.values()].some((watcher) => {
    if (!watcher.isOpen || watcher.isOnlooker) return false;
    return watcher.ticketIds?.has(ticketId) ?? players.some(({ playerId }) => playerId === watcher.playerId);
  });
}
type Ticket = ReturnType<Books["matcher"]["tickets"]["get"]> & object;

export const presenceGoals: readonly Goal[] = [
  when("an owner was gone while the ticket searched", (seen, books) => givenUp(seen, books).includes("SEARCHING")),
  when("an owner was gone while the ticket's players were joining", (seen, books) => {
    return givenUp(seen, books).includes("PREPARING");
  }),
  when("an owner who was gone refused a match", (seen, books) => givenUp(seen, books).includes("REQUIRES_ACCEPTANCE")),
  when("a ticket that had come back from a match was given up", (seen, { matcher }) => {
    if (seen.type !== "matcher-fact" || seen.fact.type !== "ticket-cancelled") return false;
    return seen.fact.cause === "OWNER_GONE" && (matcher.tickets.get(seen.fact.ticketId)?.returns ?? 0) > 0;
  }),
  when("a ticket was matched although its owner had just left", (_, books) =>
    books.steps.some(({ ticketId, to }) => {
      const ticket = books.matcher.tickets.get(ticketId);
      return to === "COMPLETED" && ticket !== undefined && isLeft(ticket, books);
    }),
  ),
  when("an owner came back to a ticket in time", (seen, books) => {
    if (seen.type !== "ticket-watch") return false;
    return seen.ticketIds.some((id) => {
      const ticket = books.matcher.tickets.get(id);
      return (
        ticket?.phase === "SEARCHING" &&
        books.watches.ofTickets.get(seen.watcher)?.isOpen === false &&
        isLeft(ticket, books)
      );
    });
  }),
];
