// A server that came from PlayFab's game server SDK: its main program waits for players, reads a cookie and the initial
// players, plays one battle, and ends. The waiting call is written as such here, on the callbacks.
import type { BattleSession, Sidecar } from "@muster/sdk";
import { doorOf, type PortedServer } from "./door.ts";

export type CookedBattle = PortedServer & {
  /** What the title put into the session cookie. */
  readonly cookie: string;
  /** Names of those who are expected or here. */
  readonly players: readonly string[];
};

/** GSDK.start(), readyForPlayers() and what follows it. Resolves when a battle has been given to this process. */
export async function hostAllocatedBattle(sidecar: Sidecar): Promise<CookedBattle> {
  const session = await readyForPlayers(sidecar);

  sidecar.onBattleSessionUpdated(async ({ reason, removed }) => {
    if (reason === "SESSION_ENDED") return await sidecar.processEnding(); // main() returned: one battle a process.
    const isDeserted = removed.length > 0 && session.players.length === 0;
    if (reason === "SESSION_TERMINATING" || isDeserted) return await session.terminate();
  });
  sidecar.onProcessTerminate(() => sidecar.processEnding()); // registerShutdownCallback
  sidecar.onHealthCheck(() => true); // registerHealthCallback

  return {
    cookie: session.data, // getConfigSettings(): sessionCookie
    get players() {
      return session.players.map(({ playerId }) => playerId); // getInitialPlayers(), and who came since.
    },
    enter: doorOf(sidecar).enter, // In place of updateConnectedPlayers: the fleet sees each seat change.
  };
}

/** GSDK.readyForPlayers(): StandingBy until a battle is given. */
async function readyForPlayers(sidecar: Sidecar): Promise<BattleSession> {
  const given = Promise.withResolvers<BattleSession>();
  sidecar.onStartBattleSession(async (session) => {
    await session.activate();
    given.resolve(session);
  });
  await sidecar.processReady();
  return await given.promise;
}
