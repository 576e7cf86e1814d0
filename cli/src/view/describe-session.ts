// A session's roster and backfill in a few words, for the live view, the event lines and `muster sessions`.
import type { Backfill, BattleSession, PlayerSession } from "@muster/proto";

/** "red ada bo(reserved) | blue cleo(gone)"; a session without teams lists its players. */
export function describeRoster(session: BattleSession): string {
  if (session.playerSessions.length === 0) return "nobody";
  const teams = session.teams.map(({ name }) => name);
  const others = session.playerSessions.filter(({ team }) => team === undefined || !teams.includes(team));
  const groups = [
    ...teams.map((team) => ({ team, seats: session.playerSessions.filter((seat) => seat.team === team) })),
    ...(others.length > 0 ? [{ team: "", seats: others }] : []),
  ];
  return groups.map(({ team, seats }) => [team, ...seats.map(describeSeat)].join(" ").trim()).join(" | ");
}

/** The player, marked unless it has arrived: "bo(reserved)", "cleo(gone)". */
function describeSeat({ playerId, state }: PlayerSession): string {
  if (state === "RESERVED") return `${playerId}(reserved)`;
  if (state === "DISCONNECTED") return `${playerId}(gone)`;
  return playerId;
}

/** "SEARCHING red 2+1/3 blue 3/3": arrived, + on their way, of the goal. */
export function describeBackfill(backfill: Backfill): string {
  const teams = backfill.progress.map(
    ({ team, have, reserved, goal }) => `${team} ${have}${reserved > 0 ? `+${reserved}` : ""}/${goal}`,
  );
  const custom = backfill.strategy === "CUSTOM" ? ["CUSTOM"] : [];
  const stuck = backfill.noLegalFill ? ["(no legal fill)"] : [];
  const cause = backfill.cause === undefined ? [] : [`(${backfill.cause})`];
  return [backfill.state, ...cause, ...custom, ...teams, ...stuck].join(" ");
}
