// What a game client and the arena say to one another: JSON texts over a WebSocket. Everything that a client sends is
// unknown until it has been read here; whatever does not fit is refused with the field and the rule.

/** What a client may send. */
export type ClientMessage =
  | {
      readonly type: "join";
      /** What the matchmaking gave to the player. */
      readonly playerSessionId: string;
      /** Of the first welcome: to come back after the connection broke. */
      readonly reconnectSecret: string | undefined;
    }
  | {
      readonly type: "move";
      /** Where to run: 1 is full speed, {0, 0} stands still. */
      readonly x: number;
      readonly y: number;
    }
  /** The player gives the seat up; closing the socket without it keeps the seat for a while. */
  | { readonly type: "leave" };

/** What the arena sends. */
export type ServerMessage =
  | {
      readonly type: "welcome";
      readonly player: string;
      readonly team: string;
      /** To be kept by the client, and shown when it comes back. */
      readonly reconnectSecret: string;
      readonly field: { readonly width: number; readonly height: number };
      readonly ticksPerSecond: number;
    }
  /** Once a tick. A client that reads too slowly misses some. */
  | { readonly type: "state"; readonly tick: number; readonly players: readonly PlayerState[] }
  /** The connection is closed after it. `reason` is for machines: a reason of Muster's, or one of `REFUSALS`. */
  | { readonly type: "refused"; readonly reason: string; readonly message: string }
  /** The battle is over; the connection is closed after it. */
  | { readonly type: "over"; readonly reason: string };

export type PlayerState = { readonly player: string; readonly team: string; readonly x: number; readonly y: number };

/** Why the arena itself, rather than Muster, turns a client away. */
export const REFUSALS = [
  /** The message is not of this protocol. */
  "MESSAGE_INVALID",
  /** The first message must be `join`, and there is only one. */
  "JOIN_EXPECTED",
  "ALREADY_JOINED",
  /** No `join` within the time. */
  "JOIN_TIMED_OUT",
  /** More messages than a player can mean. */
  "RATE_EXCEEDED",
  /** The client reads slower than the battle goes on. */
  "TOO_SLOW",
  /** There is no battle here at the moment. */
  "NO_BATTLE",
  /** The seat is no longer the player's: it ended on the fleet's side. */
  "SEAT_ENDED",
  /** The same player came back on another connection. */
  "REPLACED",
  /** The server has a fault, or has lost its sidecar. */
  "UNAVAILABLE",
] as const;

export type Refusal = (typeof REFUSALS)[number];

/** The largest text that a client may send, in bytes: a `join` with both ids at their longest. */
export const MESSAGE_BYTES_MAX = 1_024;

/** A message that is not of the protocol. `field` is "" when it is not even an object. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly field: string;

  constructor(field: string, rule: string, present: string) {
    super(`Cannot read ${field || "the message"} as ${rule}: ${present}`);
    this.field = field;
  }
}

/** @throws {ProtocolError} unless `text` is exactly one message of the protocol. */
export function parseClientMessage(text: string): ClientMessage {
  const fields = parseObject(text);
  switch (fields.type) {
    case "join":
      requireOnly(fields, ["type", "playerSessionId", "reconnectSecret"]);
      return {
        type: "join",
        playerSessionId: readSecret(fields, "playerSessionId"),
        reconnectSecret: fields.reconnectSecret === undefined ? undefined : readSecret(fields, "reconnectSecret"),
      };
    case "move":
      requireOnly(fields, ["type", "x", "y"]);
      return { type: "move", x: readNumber(fields, "x"), y: readNumber(fields, "y") };
    case "leave":
      requireOnly(fields, ["type"]);
      return { type: "leave" };
    default:
      throw new ProtocolError("type", '"join", "move" or "leave"', `it is ${show(fields.type)}`);
  }
}

/** The text of a message to a client. */
export function writeServerMessage(message: ServerMessage): string {
  return JSON.stringify(message);
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ProtocolError("", "JSON", `it starts with ${show(text.slice(0, 20))}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("", "an object", `it is ${show(value)}`);
  }
  return value as Fields; // JSON objects have no other keys than texts.
}

function requireOnly(fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ProtocolError(unknown.slice(0, 40), "a field of the message", `known are ${known.join(", ")}`);
  }
}

/** Ids and secrets: the value itself is not repeated in the message, which may be logged. */
function readSecret(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value === "string" && /^[A-Za-z0-9_.:-]{1,128}$/.test(value)) return value;
  const present =
    typeof value === "string" ? `it has ${value.length} characters, or others` : `it is a ${typeof value}`;
  throw new ProtocolError(field, "1 to 128 of A-Z a-z 0-9 _ . : -", present);
}

function readNumber(fields: Fields, field: string): number {
  const value = fields[field];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new ProtocolError(field, "a finite number", `it is ${show(value)}`);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "undefined").slice(0, 40);
}
