// The lines between the demo's players and its server.

export type ServerRequest = { readonly id: number } /** Takes a seat on this connection. */ & (
  | { readonly ask: "join"; readonly playerSessionId: string; readonly reconnectSecret?: string }
  /** The connection's player is gone for a moment: the seat is held for the grace. */
  | { readonly ask: "break" }
  /** Gives the connection's seat up for good. */
  | { readonly ask: "leave" }
  /** From now on, what the server hears from Muster, after all that it has heard. */
  | { readonly ask: "listen" }
  /** Starts a CUSTOM backfill of the present battle. */
  | { readonly ask: "backfill"; readonly addPlayers: Readonly<Record<string, number>> }
  /** Ends its backfill. */
  | { readonly ask: "cancel-backfill" }
  | { readonly ask: "policy"; readonly policy: "ACCEPT_ALL" | "DENY_ALL" }
  /** Ends the present battle. */
  | { readonly ask: "end" }
);

/** Answers carry the id of what was asked; `refused` is the reason of Muster. */
export type ServerAnswer = {
  readonly answer: number;
  readonly refused?: string;
  readonly playerId?: string;
  readonly team?: string;
  readonly battleSessionId?: string;
  readonly state?: string;
  /** Of who joined: leads back to the seat. */
  readonly reconnectSecret?: string;
};

/** What the server heard from its sidecar. */
export type ServerReport =
  | { readonly heard: "onStartBattleSession"; readonly battleSessionId: string }
  | {
      readonly heard: "onBattleSessionUpdated";
      readonly battleSessionId: string;
      readonly reason: string;
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly players: readonly string[];
      readonly backfill: string | undefined;
      /** Why the backfill is PAUSED or has ended. */
      readonly cause: string | undefined;
    };
