// Tickets that ask players to join, as the matcher's facts tell of them: who is in, and when the search begins.
import type { MatcherFact } from "@muster/matcher/testing";
import type { TicketEntry, TicketStep } from "./matcher-entries.ts";

type Fact<Type extends MatcherFact["type"]> = Extract<MatcherFact, { type: Type }>;

/** Who is in from the start; undefined: nobody is asked. */
export function joinedAtFirst({ joined, players }: Fact<"ticket-created">): Set<string> | undefined {
  return joined === undefined ? undefined : new Set(players.slice(0, joined).map(({ playerId }) => playerId));
}

/** Who has joined, as one text. */
export function joinedText(joined: ReadonlySet<string>): string {
  return `joined: ${[...joined].toSorted().join()}`;
}

export function stepsOfJoin(
  ticket: TicketEntry | undefined,
  { ticketId, players }: Fact<"players-joined">,
): readonly TicketStep[] {
  const joined = new Set([...(ticket?.joined ?? []), ...players.map(({ playerId }) => playerId)]);
  const isComplete = ticket?.players.every(({ playerId }) => joined.has(playerId));
  if (isComplete) return [{ ticketId, to: "SEARCHING" }];
  return [{ ticketId, to: "PREPARING", progress: joinedText(joined) }];
}

/** Takes the newcomers in, before the step of the ticket. */
export function takeJoined(
  ticket: TicketEntry | undefined,
  { players, timesOutAtMs }: Fact<"players-joined">,
  journalMs: number,
): void {
  if (!ticket?.joined) return;
  const byId = new Map(players.map((player) => [player.playerId, player]));
  for (const playerId of byId.keys()) ticket.joined.add(playerId);
  ticket.players = ticket.players.map((player) => byId.get(player.playerId) ?? player);
  if (ticket.joined.size < ticket.players.length) return;
  ticket.createdMs = journalMs;
  ticket.timesOutAtMs = timesOutAtMs;
}
