// Who sits where in a match of the engine: by ticket, and player by player.
import type { JudgedPlayer } from "@muster/rules";
import { groupsOf } from "./party.ts";
import type { PooledTicket } from "./pool.ts";

/** A ticket and the names of the teams that its groups join. */
export type Placing = { readonly ticket: PooledTicket; readonly teams: readonly string[] };

/** Somebody in a match. */
export type Seat = { readonly ticket: PooledTicket; readonly player: JudgedPlayer; readonly team: string };

/** Team by team in the order of `rooms`, of each the oldest first. */
export function seatsOf(placings: readonly Placing[], rooms: readonly string[]): readonly Seat[] {
  const byTeam = new Map<string, Seat[]>();
  for (const { ticket, teams } of placings) {
    const groups = teams.length === 1 ? [ticket] : groupsOf(ticket.players);
    for (const [index, group] of groups.entries()) {
      const team = teams[index] ?? "";
      const seated = byTeam.get(team) ?? [];
      byTeam.set(team, seated);
      for (const player of group.players) seated.push({ ticket, player, team });
    }
  }
  return rooms.flatMap((room) => byTeam.get(room) ?? []);
}
