// muster sessions players: seats in use and seats that have ended, of a session or of a player.
import { fingerprint, readEnum, readPlayerSession, type PlayerSessionState as State } from "@muster/proto";
import type { DescribedPlayerSession } from "@muster/proto/fleet";
import { PlayerSessionState, SeatEndCause } from "@muster/proto/session";
import { connectFleet } from "../contract/connection.ts";
import { present } from "../contract/session.ts";
import { jsonWithoutSecrets } from "../contract/without-secrets.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { formatTable } from "./format-table.ts";

export type PlayersQuestion = {
  /** Empty: of the player. */
  readonly battleSessionId: string;
  readonly playerId: string;
  /** Undefined: any. */
  readonly state: State | undefined;
};

/** Prints the seats in the order in which they were reserved, ids as fingerprints. With --json one a line. */
export async function listPlayers({ state, ...of }: PlayersQuestion, context: CommandContext): Promise<ExitCode> {
  await using fleet = connectFleet(context.fleetAddress);
  const found: DescribedPlayerSession[] = [];
  let pageToken = "";
  do {
    const question = { ...of, state: state ? PlayerSessionState[state] : PlayerSessionState.UNSPECIFIED };
    const request = { ...question, playerSessionId: "", limit: 0, pageToken };
    const page = await fleet.fleet.describePlayerSessions(request, { signal: context.signal });
    found.push(...page.playerSessions);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  const seats = found.map(readSeat);
  if (context.json) for (const seat of seats) context.terminal.print(jsonWithoutSecrets(seat));
  else if (seats.length === 0) context.terminal.print("No such seats.");
  else for (const line of describeSeats(seats)) context.terminal.print(line);
  return 0;
}

function readSeat({ playerSession, battleSessionId, createdAt, endedAt, endCause }: DescribedPlayerSession) {
  const seat = readPlayerSession(present("player_session", playerSession));
  return { ...seat, battleSessionId, createdAt, endedAt, endCause: readEnum(SeatEndCause, endCause) };
}

function describeSeats(seats: readonly ReturnType<typeof readSeat>[]): readonly string[] {
  const rows = seats.map(({ playerId, playerSessionId, state, endCause, team, battleSessionId, createdAt }) => [
    playerId === "" ? "(erased)" : playerId,
    endCause === undefined ? state : `${state} (${endCause})`,
    team ?? "-",
    fingerprint(playerSessionId),
    createdAt?.toISOString() ?? "-",
    battleSessionId,
  ]);
  return formatTable(["PLAYER", "STATE", "TEAM", "SEAT", "RESERVED", "SESSION"], rows);
}
