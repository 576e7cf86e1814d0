// What one writes first: for the oldest ticket go through everybody in order, and seat whoever fits. Whoever finds no match is
// gone through again for everybody else: O(n²).
import type { Ticket } from "@muster/matcher/testing";

const TEAM_PLAYERS = 5;
const SKILL_SPREAD = 100;

type Row = { readonly size: number; readonly skill: number; readonly region: unknown; readonly mode: unknown };

/** Matches of 5v5 with one region and mode and skills within 100; tickets in the order of their age. */
export function searchNaively(tickets: readonly Ticket[]): { readonly matches: number; readonly looks: number } {
  const rows: Row[] = tickets.map(({ players }) => {
    const { skill, region, mode } = players[0]?.attributes ?? {};
    return { size: players.length, skill: Number(skill), region, mode };
  });
  const isTaken = new Uint8Array(rows.length);
  let matches = 0;
  let looks = 0;
  for (const [anchorRow, anchor] of rows.entries()) {
    if (isTaken[anchorRow] === 1) continue;
    let [low, high] = [anchor.skill, anchor.skill];
    let [red, blue] = [anchor.size, 0];
    const members = [anchorRow];
    for (let row = anchorRow + 1; row < rows.length && red + blue < 2 * TEAM_PLAYERS; row += 1) {
      looks += 1;
      const other = rows[row];
      if (isTaken[row] === 1 || !other) continue;
      if (other.region !== anchor.region || other.mode !== anchor.mode) continue;
      if (Math.max(high, other.skill) - Math.min(low, other.skill) > SKILL_SPREAD) continue;
      if (red + other.size <= TEAM_PLAYERS) red += other.size;
      else if (blue + other.size <= TEAM_PLAYERS) blue += other.size;
      else continue;
      low = Math.min(low, other.skill);
      high = Math.max(high, other.skill);
      members.push(row);
    }
    if (red + blue < 2 * TEAM_PLAYERS) continue;
    for (const row of members) isTaken[row] = 1;
    matches += 1;
  }
  return { matches, looks };
}
