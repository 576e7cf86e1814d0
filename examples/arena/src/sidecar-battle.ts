// The arena's battle on Muster's SDK: what the arena asks, in the words of the SDK.
import type { BattleSession, Sidecar } from "@muster/sdk";
import type { Battle } from "./ports.ts";

/** The battle of `session`, whose players are let in by `sidecar`. */
export function createSidecarBattle(sidecar: Pick<Sidecar, "acceptPlayerSession">, session: BattleSession): Battle {
  return {
    // The session's fields always show the latest that the sidecar said.
    seatsInUse: () => new Set(session.players.map((player) => player.playerSessionId)),
    isOpen: () => session.creationPolicy !== "DENY_ALL",
    async accept(playerSessionId, reconnectSecret) {
      const accepted = await sidecar.acceptPlayerSession(playerSessionId, { reconnectSecret });
      const { player } = accepted;
      return {
        playerId: player.playerId,
        team: player.team ?? "players",
        reconnectSecret: accepted.reconnectSecret,
        disconnect: () => player.disconnect(),
        remove: () => player.remove(),
      };
    },
    setOpen: (open) => session.setCreationPolicy(open ? "ACCEPT_ALL" : "DENY_ALL"),
    terminate: () => session.terminate(),
  };
}
