// The lines between the players of a chaos run and its servers: one JSON object a line each way.

export type ServerRequest = { readonly id: number } /** Takes a seat on this connection. */ & (
  | { readonly ask: "join"; readonly playerSessionId: string; readonly reconnectSecret?: string }
  /** Gives the connection's seat up for good. */
  | { readonly ask: "leave" }
  /** Starts a CUSTOM backfill of the connection's battle. */
  | { readonly ask: "backfill"; readonly addPlayers: Readonly<Record<string, number>> }
  /** Ends the connection's battle. */
  | { readonly ask: "end" }
);

export type ServerAnswer = { readonly answer: number } & (
  | { readonly reconnectSecret?: string }
  /** The reason of Muster; `retry` tells whether it is a refusal or nobody knows. */
  | { readonly refused: string; readonly retry: "never" | "backoff" | "reread" }
);
