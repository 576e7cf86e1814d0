// What an error of Muster's means to a game client: an HTTP status, and the field of the client's own request.

/** The part of a MusterError that decides. */
export type Fault = {
  readonly reason: string;
  readonly code: string;
  readonly metadata: Readonly<Record<string, string>>;
};

/** The status of an answer with this error; `field` is the client's, where it is the client's fault. */
export function statusOf({ reason, code, metadata }: Fault): {
  readonly status: number;
  readonly field: string | undefined;
} {
  // The client chose the mode: what it named is missing is its own bad input.
  if (reason === "CONFIGURATION_NOT_FOUND") return { status: 400, field: "mode" };
  const status = STATUSES[code] ?? 500;
  return { status, field: status === 400 ? fieldOf(metadata.field) : undefined };
}

/** The status by gRPC code, as Google's APIs map them. */
const STATUSES: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  OUT_OF_RANGE: 400,
  FAILED_PRECONDITION: 409,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 503,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** The matcher speaks of players[0].attributes.skill; the client knows that as skill. */
function fieldOf(field: string | undefined): string | undefined {
  if (field === undefined) return undefined;
  if (/\bskill\b/.test(field)) return "skill";
  return /player_?id/i.test(field) ? "player" : field;
}
