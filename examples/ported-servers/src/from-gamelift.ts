// A server that came from GameLift: one game session a process, players checked at the door, a backfill when somebody
// leaves and none in the last round, and the process ends with its session.
import type { BattleSession, Sidecar } from "@muster/sdk";
import { doorOf, type PortedServer } from "./door.ts";

export async function hostGameSession(sidecar: Sidecar): Promise<PortedServer & { lastRound(): Promise<void> }> {
  let game: BattleSession | undefined;
  let isLastRound = false;

  // onStartGameSession. MatchmakerData needs no parsing: it is session.teams and session.players, kept up to date.
  sidecar.onStartBattleSession(async (session) => {
    game = session;
    await session.activate(); // ActivateGameSession
  });
  // onUpdateGameSession told of backfill alone; this tells of everybody who comes or goes as well.
  sidecar.onBattleSessionUpdated(async ({ session, reason, removed }) => {
    if (reason === "SESSION_ENDED") return await sidecar.processEnding(); // ProcessEnding
    const isDeserted = removed.length > 0 && session.players.length === 0;
    if (reason === "SESSION_TERMINATING" || isDeserted) return await session.terminate();
    // StartMatchBackfill, without the list of who is left: the matcher knows. It looks for leavers until it is cancelled.
    if (removed.length > 0 && !isLastRound && session.backfill === undefined) await session.startBackfill();
  });
  sidecar.onHealthCheck(() => true);
  sidecar.onProcessTerminate(async () => {
    await game?.terminate();
    await sidecar.processEnding();
  });
  await sidecar.processReady(); // InitSDK was connect().

  return {
    ...doorOf(sidecar), // AcceptPlayerSession, RemovePlayerSession; GameLift had no word for a connection that broke.
    async lastRound() {
      isLastRound = true;
      await game?.setCreationPolicy("DENY_ALL"); // UpdatePlayerSessionCreationPolicy: it also pauses the backfill.
      if (game?.backfill?.state === "PAUSED" || game?.backfill?.state === "SEARCHING") await game.cancelBackfill();
    },
  };
}
