// A server of duels without its sockets: what a client's connection does to its seat, and what the seats do to the duel. main()
// of a real server would call `hostDuels(await connect())` and hand it its connections; tests hand it a sidecar of their own.
import type { Sidecar } from "@muster/sdk";

export type Duels = {
  /** A client presents its player session id. Resolves with the player's name, rejects for whoever has no seat. */
  join(playerSessionId: string): Promise<string>;
  /** Names of the players in a duel that are here, by the duel's id. */
  readonly present: ReadonlyMap<string, ReadonlySet<string>>;
};

/** Takes two duels at a time, looks for another player when one leaves, and ends a duel that everybody has left. */
export async function hostDuels(sidecar: Sidecar): Promise<Duels> {
  const present = new Map<string, Set<string>>();

  sidecar.onStartBattleSession(async (session) => {
    present.set(session.battleSessionId, new Set());
    await session.activate();
  });
  sidecar.onBattleSessionUpdated(async ({ session, reason, removed }) => {
    const players = present.get(session.battleSessionId);
    for (const { playerId } of removed) players?.delete(playerId);
    if (reason === "SESSION_ENDED") return void present.delete(session.battleSessionId);
    const isDeserted = removed.length > 0 && session.players.length === 0;
    if (reason === "SESSION_TERMINATING" || isDeserted) return await session.terminate();
    if (removed.length > 0 && session.backfill === undefined) await session.startBackfill({ strategy: "MAX_POSSIBLE" });
  });
  await sidecar.processReady({ concurrentSessions: 2 });

  return {
    present,
    async join(playerSessionId) {
      const { session, player } = await sidecar.acceptPlayerSession(playerSessionId);
      present.get(session.battleSessionId)?.add(player.playerId);
      return player.playerId;
    },
  };
}
