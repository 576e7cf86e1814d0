// What the arena sends to a client, as far as a bot cares. A bot is a client like any other: it knows the protocol, not
// the server's code. A message that it does not know is skipped, so that an older bot plays on a newer server.

export type ArenaMessage =
  | { readonly type: "welcome"; readonly team: string; readonly reconnectSecret: string }
  | { readonly type: "state"; readonly tick: number; readonly playerCount: number }
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "over"; readonly reason: string }
  | { readonly type: "unknown" };

/** Reads one text of the arena; "unknown" for whatever does not have the expected form. */
export function parseArenaMessage(text: string): ArenaMessage {
  const fields = parseObject(text);
  const { type, team, reconnectSecret, tick, players, reason } = fields;
  if (type === "welcome" && isText(team) && isText(reconnectSecret)) return { type, team, reconnectSecret };
  if (type === "state" && typeof tick === "number" && Array.isArray(players)) {
    return { type, tick, playerCount: players.length };
  }
  if ((type === "refused" || type === "over") && isText(reason)) return { type, reason };
  return { type: "unknown" };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return {};
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
