// MusterError ↔ an HTTP answer: one JSON shape for every refusal, whatever refused.
import type { MusterError } from "../muster-error.ts";
import type { GrpcCode, Reason } from "../reasons.ts";

/** The body of every answer that is no success, and the data of a stream's `error` event. */
export type HttpErrorBody = {
  /** The gRPC status: NOT_FOUND, UNAVAILABLE, …. */
  readonly status: GrpcCode;
  /** Compare this. Reasons: docs/reference/errors.md. */
  readonly reason: Reason;
  /** A sentence for people. */
  readonly message: string;
  /** The field that broke its rule, where one did. */
  readonly field?: string;
  /** "never", "backoff" or "reread": what may be done about it. */
  readonly retry: MusterError["retry"];
  readonly metadata: Readonly<Record<string, string>>;
};

const STATUS_OF_CODE: Readonly<Record<GrpcCode, number>> = {
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 409,
  ABORTED: 409,
  OUT_OF_RANGE: 410,
  UNIMPLEMENTED: 404,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};

export function httpStatusOf(error: MusterError): number {
  return error.reason === "MESSAGE_TOO_LARGE" ? 413 : STATUS_OF_CODE[error.code];
}

export function writeHttpError(error: MusterError): HttpErrorBody {
  const { code: status, reason, message, retry, metadata } = error;
  const { field } = metadata;
  return { status, reason, message, ...(field === undefined ? {} : { field }), retry, metadata };
}
