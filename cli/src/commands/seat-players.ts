// muster sessions seat: seats for players in a session that runs.
import { drawId, systemRandom } from "@muster/kit";
import { connectFleet } from "../contract/connection.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { listPlayers } from "./session-players.ts";

export type SeatPlayersOptions = {
  readonly battleSessionId: string;
  readonly playerIds: readonly string[];
  /** "": a session without teams. */
  readonly team: string;
  /** Of the session as whoever asks knows it; needed where a matcher fills it. 0: any. */
  readonly expectedRosterVersion: number;
};

/** Reserves seats, all or none, and prints who sits in the session then. */
export async function seatPlayers(options: SeatPlayersOptions, context: CommandContext): Promise<ExitCode> {
  const { battleSessionId, playerIds, team, expectedRosterVersion } = options;
  {
    await using connection = connectFleet(context.fleetAddress);
    const players = playerIds.map((playerId) => ({ playerId, team, ticketId: "", attributes: {}, latenciesMs: {} }));
    const request = { requestId: drawId("seats", systemRandom), battleSessionId, players, expectedRosterVersion };
    await connection.fleet.createPlayerSessions(request, { signal: context.signal });
  }
  return await listPlayers({ battleSessionId, playerId: "", state: undefined }, context);
}
