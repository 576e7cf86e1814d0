// The one error that crosses the wire and that every public function throws: a reason for machines, a sentence for people.
import { type GrpcCode, isReason, type Reason, reasons } from "./reasons.ts";

export type MusterErrorMetadata = Readonly<Record<string, string>>;

const BRAND = Symbol.for("muster.error");

/**
 * What every Muster call rejects with. Compare `reason`, never the message.
 *
 * @example
 * try {
 *   await sidecar.acceptPlayerSession(id);
 * } catch (error) {
 *   if (error instanceof MusterError && error.reason === "PLAYER_SESSION_EXPIRED") socket.close();
 *   else throw error;
 * }
 */
export class MusterError extends Error {
  override readonly name = "MusterError";
  readonly reason: Reason;
  readonly metadata: MusterErrorMetadata;

  constructor(reason: Reason, message: string, options: { metadata?: MusterErrorMetadata; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.metadata = options.metadata ?? {};
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The gRPC status code of the reason. */
  get code(): GrpcCode {
    return reasons[this.reason].code;
  }

  /** What a caller may do about it: `never` repeat, repeat with `backoff`, or `reread` the state first. */
  get retry(): "never" | "backoff" | "reread" {
    return reasons[this.reason].retry;
  }

  /** True for errors of every installed copy of this package, not only of this one. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/** A `MusterError` of whatever was caught: itself, or `INTERNAL_FAULT` with the cause kept. */
export function toMusterError(error: unknown): MusterError {
  if (error instanceof MusterError) return error;
  if (error instanceof Error && error.name === "AbortError") {
    return new MusterError("CALL_CANCELLED", "Cannot finish the call as its caller called it off", { cause: error });
  }
  return new MusterError("INTERNAL_FAULT", "Cannot finish the call as the service made a mistake", { cause: error });
}

/** The error of a field that breaks its rule: "Cannot read `field` as `rule`: it is `value`", the value cut at 64 characters. */
export function fieldInvalid(field: string, rule: string, value: unknown): MusterError {
  return new MusterError("FIELD_INVALID", `Cannot read ${field} as ${rule}: it is ${show(value)}`, {
    metadata: { field },
  });
}

/** What a person needs of a bad value to find it. Never all of it, and no method of it is called: anybody may have sent it. */
function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 64)) + (value.length > 64 ? "…" : "");
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "a map" : String(value).slice(0, 64);
}

/** The reason of a wire error: its own if this build knows it, else the one that says the same in general. */
export function readReason(text: string | undefined, code: GrpcCode): Reason {
  if (text !== undefined && isReason(text)) return text;
  switch (code) {
    case "CANCELLED":
      return "CALL_CANCELLED";
    case "DEADLINE_EXCEEDED":
      return "DEADLINE_PASSED";
    case "UNAVAILABLE":
      return "PEER_UNREACHABLE";
    case "UNIMPLEMENTED":
      return "METHOD_UNKNOWN";
    case "RESOURCE_EXHAUSTED":
      return "OVERLOADED";
    case "UNAUTHENTICATED":
      return "CREDENTIALS_INVALID";
    case "PERMISSION_DENIED":
      return "NOT_PERMITTED";
    case "INVALID_ARGUMENT":
      return "FIELD_INVALID";
    default:
      return "INTERNAL_FAULT";
  }
}
