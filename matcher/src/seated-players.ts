// Which ticket brought a player the seat in which the player sits. Follows the facts and is in no snapshot: a restart reads it from the
// sessions that live. Whether the seat is still the player's, the fleet shows.
import type { PlayerId, ServerSessionId, TicketId } from "@muster/proto";
import type { FindSeat } from "./core/duplicate-players.ts";
import type { MatcherFact, SeatedPlayer } from "./core/fact.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import type { SessionView } from "./core/session-view.ts";

export interface SeatedPlayers {
  /** Takes note of a durable fact. */
  follow(fact: MatcherFact): void;
  readonly find: FindSeat;
}

/** Of the sessions of `state` that live now, and of those to come. */
export function createSeatedPlayers(state: MatcherState, view: Pick<SessionView, "find">): SeatedPlayers {
  const seats = new Map<PlayerId, { readonly ticketId: TicketId; readonly battleSessionId: ServerSessionId }>();
  /** Who came to each session, to be forgotten with it. */
  const comers = new Map<ServerSessionId, PlayerId[]>();

  const seat = (playerId: PlayerId, ticketId: TicketId, battleSessionId: ServerSessionId) => {
    seats.set(playerId, { ticketId, battleSessionId });
    const players = comers.get(battleSessionId);
    if (players) players.push(playerId);
    else comers.set(battleSessionId, [playerId]);
  };
  const seatAll = (players: readonly SeatedPlayer[], battleSessionId: ServerSessionId) => {
    for (const { playerId, ticketId } of players) if (ticketId !== undefined) seat(playerId, ticketId, battleSessionId);
  };
  for (const { battleSessionId, tickets, ended } of state.sessions.values()) {
    for (const ticketId of ended ? [] : tickets) {
      for (const { playerId } of state.tickets.get(ticketId)?.ticket.players ?? []) {
        seat(playerId, ticketId, battleSessionId);
      }
    }
  }
  return {
    follow(fact) {
      if (fact.type === "match-placed" || fact.type === "fill-applied" || fact.type === "ticket-rejoined")
        seatAll(fact.players, fact.battleSessionId);
      if (fact.type !== "session-ended") return;
      const { battleSessionId } = fact;
      for (const playerId of comers.get(battleSessionId) ?? []) {
        if (seats.get(playerId)?.battleSessionId === battleSessionId) seats.delete(playerId);
      }
      comers.delete(battleSessionId);
    },
    find(playerId) {
      const found = seats.get(playerId);
      const session = found && view.find(found.battleSessionId);
      const isTheirs =
        session?.state !== "TERMINATED" && session?.playerSessions.some((one) => one.playerId === playerId);
      return isTheirs === true && session ? { ...found, session } : undefined;
    },
  };
}
