// Who sits where in a match of the engine: by ticket, and player by player.
import type { JudgedPlayer, SeatedTeam } from "@muster/rules";
import type { Roster } from "@muster/rules/plan";
import { groupsByTeam } from "@muster/rules/plan";
import type { Formed } from "./forming.ts";
import type { PooledTicket } from "./pool.ts";

/** A ticket and the names of the teams that its groups join. */
export type Placing = { readonly ticket: PooledTicket; readonly teams: readonly string[] };

/** Somebody in a match. */
export type Seat = { readonly ticket: PooledTicket; readonly player: JudgedPlayer; readonly team: string };

/** Team by team in the order of `rooms`, of each the oldest first. */
export function seatsOf(placings: readonly Placing[], rooms: readonly string[]): readonly Seat[] {
  const byTeam = new Map<string, Seat[]>();
  for (const { ticket, teams } of placings) {
    const groups = teams.length === 1 ? [ticket] : groupsByTeam(ticket.players);
    for (const [index, group] of groups.entries()) {
      const team = teams[index] ?? "";
      const seated = byTeam.get(team) ?? [];
      byTeam.set(team, seated);
      for (const player of group.players) seated.push({ ticket, player, team });
    }
  }
  return rooms.flatMap((room) => byTeam.get(room) ?? []);
}

/** The seats as rules judge them, after those of each team who sit there already. */
export function rosterOf(seats: readonly Seat[], seated: readonly SeatedTeam[] = []): Roster {
  const players = new Map(seated.map((team) => [team.name, [...team.players]]));
  for (const { ticket, player, team } of seats) {
    const there = players.get(team) ?? [];
    players.set(team, there);
    there.push({ ...player, ticketId: ticket.ticketId });
  }
  return [...players].map(([name, of]) => ({ name, players: of }));
}

/** The placing of a match: who of `tickets` joins which of `rooms`. */
export function placingsOf(
  { members }: Pick<Formed, "members">,
  tickets: readonly PooledTicket[],
  rooms: readonly string[],
): readonly Placing[] {
  return members.flatMap(({ seats }, index) => {
    const ticket = tickets[index];
    return ticket ? [{ ticket, teams: seats.map((room) => rooms[room] ?? "") }] : [];
  });
}
