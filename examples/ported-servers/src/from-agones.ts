// A server that came from Agones: it is Ready, is allocated for a battle, and is Ready again when that is over. What was
// an allocation found by watching the GameServer is a callback; what was a list of players is seats.
import type { Sidecar } from "@muster/sdk";
import { doorOf, type PortedServer } from "./door.ts";

export async function hostAllocations(sidecar: Sidecar): Promise<PortedServer & { readonly map: string }> {
  let map = "none";

  // WatchGameServer until the state is Allocated; annotations of the allocation are session.properties.
  sidecar.onStartBattleSession(async (session) => {
    map = session.properties.map ?? "plain";
    await session.activate(); // Agones hands the address out at once. Here it waits for this word.
  });
  sidecar.onBattleSessionUpdated(async ({ session, reason, removed }) => {
    const isDeserted = removed.length > 0 && session.players.length === 0;
    if (reason === "SESSION_TERMINATING" || isDeserted) await session.terminate(); // Ready() again, once it is over.
    if (reason === "SESSION_ENDED") map = "none";
  });
  // No loop of Health(): the sidecar asks, and without a handler a process whose event loop answers is well.
  sidecar.onProcessTerminate(async () => {
    // SIGTERM, then Shutdown(). When this has resolved the sidecar has heard it: the process may exit.
    await sidecar.processEnding();
  });
  await sidecar.processReady(); // Ready()

  return {
    get map() {
      return map;
    },
    // addListValue("players", id) and removeListValue, where anybody may claim to be anybody. A seat has a secret of its own.
    enter: doorOf(sidecar).enter,
  };
}
