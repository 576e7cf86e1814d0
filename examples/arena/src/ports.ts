// What the arena needs of the battle session that it runs, in its own words. `sidecar-battle.ts` is the one with the SDK
// behind it; tests script theirs.

/** A player who was let in. */
export interface SeatedPlayer {
  readonly playerId: string;
  readonly team: string;
  /** To be given to the client: with it, and only with it, the player comes back after a broken connection. */
  readonly reconnectSecret: string;
  /** The connection broke: the seat is held for a while. A repeat changes nothing. */
  disconnect(): Promise<void>;
  /** The player has left for good: the seat is free. A repeat changes nothing. */
  remove(): Promise<void>;
}

export interface Battle {
  /** Seats in use as last heard: who is playing, who is expected and who may come back. */
  seatsInUse(): ReadonlySet<string>;
  /** Whether new players may be sent here, as last heard. */
  isOpen(): boolean;
  /** @throws {MusterError} why the player is not let in. */
  accept(playerSessionId: string, reconnectSecret: string | undefined): Promise<SeatedPlayer>;
  /** Asks for new players to be sent here, or not to be. `isOpen` tells when it holds. */
  setOpen(open: boolean): Promise<void>;
  /** Ends the battle: the process is free for another. */
  terminate(): Promise<void>;
}
