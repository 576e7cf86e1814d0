// What the backend answers about a ticket, as far as a bot needs it.

/** Where the player's seat is. */
export type Seat = {
  readonly host: string;
  readonly port: number;
  /** The player's own: a secret, never printed. */
  readonly playerSessionId: string;
};

export type TicketAnswer =
  | { readonly phase: "waiting"; readonly ticketId: string }
  | { readonly phase: "seated"; readonly ticketId: string; readonly seat: Seat }
  /** `state` is CANCELLED, TIMED_OUT or FAILED. */
  | { readonly phase: "ended"; readonly ticketId: string; readonly state: string };

const WAITING: ReadonlySet<string> = new Set(["PREPARING", "SEARCHING", "REQUIRES_ACCEPTANCE", "PLACING"]);

/** Undefined if `value` is not an answer of the backend's. */
export function parseTicketAnswer(value: unknown): TicketAnswer | undefined {
  const { ticketId, state, connection } = fieldsOf(value);
  if (typeof ticketId !== "string" || typeof state !== "string") return undefined;
  if (WAITING.has(state)) return { phase: "waiting", ticketId };
  if (state !== "COMPLETED") return { phase: "ended", ticketId, state };
  const { host, port, playerSessionId } = fieldsOf(connection);
  if (typeof host !== "string" || typeof port !== "number" || typeof playerSessionId !== "string") return undefined;
  return { phase: "seated", ticketId, seat: { host, port, playerSessionId } };
}

/** The `reason` of an error that the backend answered with; undefined if it gave none. */
export function parseErrorReason(value: unknown): string | undefined {
  const { reason } = fieldsOf(fieldsOf(value).error);
  return typeof reason === "string" ? reason : undefined;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
