// What the backend itself refuses: an HTTP status, a reason for machines, the field where there is one, a sentence.

export const REQUEST_REASONS = {
  /** A field of the body, the path, the query or a header breaks a rule. */
  FIELD_INVALID: 400,
  /** The body is not what its type says, or not JSON at all. */
  BODY_INVALID: 400,
  BODY_TOO_LARGE: 413,
  /** The request needs the client key that started the ticket. */
  CLIENT_KEY_MISSING: 401,
  /** No such ticket, or not of this client: which of both is not told. */
  TICKET_NOT_FOUND: 404,
  PATH_UNKNOWN: 404,
  METHOD_UNKNOWN: 405,
  /** More clients wait at once than the backend takes on. */
  OVERLOADED: 503,
  /** A fault of the backend's. */
  INTERNAL_FAULT: 500,
} as const;

export type RequestReason = keyof typeof REQUEST_REASONS;

export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly reason: RequestReason;
  /** Undefined where the whole request is meant. */
  readonly field: string | undefined;

  constructor(reason: RequestReason, message: string, field?: string) {
    super(message);
    this.reason = reason;
    this.field = field;
  }

  get status(): number {
    return REQUEST_REASONS[this.reason];
  }
}
