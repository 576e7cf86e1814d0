// A server that came from GSE or PGOS: the process takes one battle after the other, waves are reported as custom data, a
// leaver is replaced by a custom backfill for his team, and who lost the connection may accept again.
import type { Player, Sidecar } from "@muster/sdk";
import { doorOf, type PortedServer } from "./door.ts";

export async function hostBattles(sidecar: Sidecar): Promise<PortedServer & { nextWave(): Promise<void> }> {
  let wave = 0;

  sidecar.onStartBattleSession(async (session) => {
    wave = 0;
    await session.activate(); // ActivateGameServerSession(id, maxPlayers): the fleet knows session.capacity already.
  });
  // OnBattleSessionUpdated of PGOS. GSE had none: its servers met newcomers at the door.
  sidecar.onBattleSessionUpdated(async ({ session, reason, removed }) => {
    const isDeserted = removed.length > 0 && session.players.length === 0;
    // TerminateBattleSession. The process is free for the next battle: no ProcessReady, no ProcessEnding.
    if (reason === "SESSION_TERMINATING" || isDeserted) return await session.terminate();
    const isLive = session.backfill?.state === "SEARCHING" || session.backfill?.state === "PAUSED";
    if (session.state !== "ACTIVE" || removed.length === 0 || isLive) return; // A live one looks for leavers by itself.
    // StartBackfill(id, Custom, { team: 1 }). A second one is refused while one is live, as it was.
    await session.startBackfill({ strategy: "CUSTOM", addPlayers: countByTeam(removed) });
  });
  sidecar.onHealthCheck(() => true); // OnHealthCheck
  await sidecar.processReady();

  return {
    // Accept-, Disconnect- and RemovePlayerBattleSession. To accept again takes the secret of the first time.
    ...doorOf(sidecar),
    async nextWave() {
      wave += 1;
      const [session] = sidecar.sessions;
      await session?.reportCustomData({ currentCount: wave, maxCount: 30 }); // ReportCustomData
    },
  };
}

function countByTeam(players: readonly Player[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { team = "all" } of players) counts[team] = (counts[team] ?? 0) + 1;
  return counts;
}
