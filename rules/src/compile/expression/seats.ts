// The players of the teams that an expression is about, in one list.
import type { TeamReference } from "../../language/expression.ts";
import type { Roster, RosterTeam, SeatedPlayer } from "../../roster.ts";
import { oncePerLook } from "./look.ts";
import { type Scope, share } from "./scope.ts";

/** Only the first `length` players and `groups` ends count. A group is the players of one team, up to its end. */
export type Seats = {
  readonly players: SeatedPlayer[];
  readonly ends: number[];
  length: number;
  groups: number;
};

export function seatsOf(scope: Scope, teams: TeamReference): () => Seats {
  const { look } = scope;
  return share(scope.seats, keyOf(teams), () => {
    const visit = visitorOf(teams);
    const empty: Seats = { players: [], ends: [], length: 0, groups: 0 };
    return oncePerLook(look, empty, (seats) => {
      seats.length = 0;
      seats.groups = 0;
      visit(look.roster, seats);
      return seats;
    });
  });
}

/** The same for references to the same teams in the same order. */
export function keyOf({ isAll, isList, instances }: TeamReference): string {
  return isAll ? "*" : JSON.stringify([isList, ...instances]);
}

/** Of more teams in a roster those that an expression names are found by a map. */
const SCANNED_TEAMS_MAX = 8;

function visitorOf({ isAll, isList, instances }: TeamReference): (roster: Roster, seats: Seats) => void {
  if (isAll) {
    return (roster, seats) => {
      for (let at = 0; at < roster.length; at += 1) addTeam(seats, roster[at]);
    };
  }
  if (!isList) {
    const [name] = instances;
    return (roster, seats) =>
      addTeam(
        seats,
        roster.find((team) => team.name === name),
      );
  }
  const byName = new Map<string, RosterTeam>();
  return (roster, seats) => {
    if (roster.length <= SCANNED_TEAMS_MAX) {
      for (const name of instances) for (const team of roster) if (team.name === name) addTeam(seats, team);
      return;
    }
    byName.clear();
    for (const team of roster) byName.set(team.name, team);
    for (const name of instances) if (byName.has(name)) addTeam(seats, byName.get(name));
  };
}

/** A group of the team's players; of nobody for a team that is not open. */
function addTeam(seats: Seats, team: RosterTeam | undefined): void {
  const { players, ends } = seats;
  if (team) {
    const added = team.players;
    for (let at = 0; at < added.length; at += 1) {
      const player = added[at];
      if (player) players[seats.length + at] = player;
    }
    seats.length += added.length;
  }
  ends[seats.groups] = seats.length;
  seats.groups += 1;
}
