// The door of every server here: what the sockets of a game need, whichever system the server came from.
import type { BattleSession, Player, Sidecar } from "@muster/sdk";

/** A client that was let in. */
export type Visit = {
  readonly player: Player;
  readonly session: BattleSession;
  /** For the client to keep: with it, it comes back after a broken connection. A secret. */
  readonly reconnectSecret: string;
  /** The player goes for good: the seat is free. */
  leave(): Promise<void>;
  /** The connection broke: the seat is held for the grace. */
  drop(): Promise<void>;
};

export interface PortedServer {
  /** A client presents its player session id. Rejects, with the reason, for whoever has no seat. */
  enter(playerSessionId: string, reconnectSecret?: string): Promise<Visit>;
}

/** Opens the door to whoever has a seat, once, and again to whoever brings the secret of the first time. */
export function doorOf(sidecar: Sidecar): PortedServer {
  return {
    async enter(playerSessionId, reconnectSecret) {
      const accepted = await sidecar.acceptPlayerSession(playerSessionId, { reconnectSecret });
      const { player } = accepted;
      return { ...accepted, leave: () => player.remove(), drop: () => player.disconnect() };
    },
  };
}
