// For tests only: short ways to write players, tickets, rosters and documents.
import { type Attributes, parseId, parsePlayerId, type TicketId } from "@muster/proto";
import type { JudgedPlayer, JudgedTicket, SeatedTeam } from "./roster.ts";

export function player(id: string, attributes: Attributes = {}, team?: string): JudgedPlayer {
  return { playerId: parsePlayerId("playerId", id), attributes, team };
}

/** A ticket of `size` players who all have `attributes`; `since` is when it began to search. */
export function ticket(
  id: string,
  options: { size?: number; since?: number; attributes?: Attributes; team?: string } = {},
): JudgedTicket {
  const { size = 1, since = 0, attributes = {}, team } = options;
  return {
    ticketId: parseId<TicketId>("ticketId", id),
    players: Array.from({ length: size }, (_, index) => player(`${id}.${index}`, attributes, team)),
    searchingSinceMs: since,
  };
}

/** Teams with so many players each, as in `seats({ red: 2, blue: 1 })`. */
export function seats(sizes: Readonly<Record<string, number>>, attributes: Attributes = {}): readonly SeatedTeam[] {
  return Object.entries(sizes).map(([name, size]) => ({
    name,
    players: Array.from({ length: size }, (_, index) => player(`seated.${name}.${index}`, attributes)),
  }));
}

export const equalSize = {
  name: "equalsize",
  type: "comparisonRule",
  measurements: ["count(teams[*].players)"],
  operation: "=",
};

/** Red and blue of `min` to `max`, in the PGOS dialect. */
export function redBlue(min: number, max: number, more: Readonly<Record<string, unknown>> = {}) {
  return {
    version: "v1.0",
    teams: [
      { name: "red", minPlayers: min, maxPlayers: max },
      { name: "blue", minPlayers: min, maxPlayers: max },
    ],
    ...more,
  };
}

export const skill = { name: "skill", type: "number", default: 1000 };
