// A session's roster and backfill in a few words, for the live view, the event lines and `muster sessions`.
import type { Backfill, BattleSession, PlayerSession } from "@muster/proto";

/** More players than this are counted, not named. */
const NAMES_MAX = 24;

/** "red ada bo(reserved) | blue cleo(gone)"; a session without teams lists its players, a crowd is counted. */
export function describeRoster(session: BattleSession): string {
  if (session.playerSessions.length === 0) return "nobody";
  const teams = session.teams.map(({ name }) => name);
  const others = session.playerSessions.filter(({ team }) => team === undefined || !teams.includes(team));
  const groups = [
    ...teams.map((team) => ({ team, seats: session.playerSessions.filter((seat) => seat.team === team) })),
    ...(others.length > 0 ? [{ team: "", seats: others }] : []),
  ];
  const isCrowd = session.playerSessions.length > NAMES_MAX;
  const show = (seats: readonly PlayerSession[]) => (isCrowd ? [countSeats(seats)] : seats.map(describeSeat));
  return groups.map(({ team, seats }) => [team, ...show(seats)].join(" ").trim()).join(" | ");
}

/** "180 (4 reserved, 2 gone)". */
function countSeats(seats: readonly PlayerSession[]): string {
  const count = (state: PlayerSession["state"]) => seats.filter((seat) => seat.state === state).length;
  const marks = [
    { count: count("RESERVED"), mark: "reserved" },
    { count: count("DISCONNECTED"), mark: "gone" },
  ].filter((one) => one.count > 0);
  const noted = marks.map((one) => `${one.count} ${one.mark}`).join(", ");
  return `${seats.length}${noted === "" ? "" : ` (${noted})`}`;
}

/** The player, marked unless it has arrived: "bo(reserved)", "cleo(gone)". */
function describeSeat({ playerId, state }: PlayerSession): string {
  if (state === "RESERVED") return `${playerId}(reserved)`;
  if (state === "DISCONNECTED") return `${playerId}(gone)`;
  return playerId;
}

/** "SEARCHING red 2+1/3 blue 3/3": the state with its cause, and the progress. */
export function describeBackfill(backfill: Backfill): string {
  const custom = backfill.strategy === "CUSTOM" ? ["CUSTOM"] : [];
  const stuck = backfill.noLegalFill ? ["(no legal fill)"] : [];
  const cause = backfill.cause === undefined ? [] : [`(${backfill.cause})`];
  const progress = backfill.progress.length > 0 ? [describeProgress(backfill)] : [];
  return [backfill.state, ...cause, ...custom, ...progress, ...stuck].join(" ");
}

/** "red 2+1/3 blue 3/3": arrived, + on their way, of the goal. */
export function describeProgress({ progress }: Backfill): string {
  return progress
    .map(({ team, have, reserved, goal }) => `${team} ${have}${reserved > 0 ? `+${reserved}` : ""}/${goal}`)
    .join(" ");
}
