// What a client may send to the lobby: JSON texts over a WebSocket, in the same words as the arena's, so that the same bots
// come to both. What does not fit is answered with undefined, and the client is sent away.

export type GuestMessage =
  | { readonly type: "join"; readonly playerSessionId: string; readonly reconnectSecret: string | undefined }
  /** Strolls that way. */
  | { readonly type: "move"; readonly x: number; readonly y: number }
  | { readonly type: "leave" };

/** The largest text that a client may send, in bytes. */
export const MESSAGE_BYTES_MAX = 1_024;

/** Undefined unless `text` is a message of the protocol. */
export function parseGuestMessage(text: string): GuestMessage | undefined {
  const { type, playerSessionId, reconnectSecret, x, y } = parseObject(text);
  if (type === "join" && isSecret(playerSessionId) && (reconnectSecret === undefined || isSecret(reconnectSecret))) {
    return { type, playerSessionId, reconnectSecret };
  }
  if (type === "move" && Number.isFinite(x) && Number.isFinite(y)) return { type, x: Number(x), y: Number(y) };
  return type === "leave" ? { type } : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function isSecret(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_.:-]{1,128}$/.test(value);
}
