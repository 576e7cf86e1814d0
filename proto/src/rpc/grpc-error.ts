// MusterError ↔ gRPC status. The reason travels as google.rpc.ErrorInfo, so that clients of other languages find it too.
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorInfo, Status } from "../../gen/google/rpc/status.ts";
import { ANSWER_BYTES_MAX, MESSAGE_BYTES_MAX } from "../limits.ts";
import { MusterError, readReason, toMusterError } from "../muster-error.ts";
import type { GrpcCode } from "../reasons.ts";

const DETAILS_KEY = "grpc-status-details-bin";
const ERROR_INFO_URL = "type.googleapis.com/google.rpc.ErrorInfo";

/** Bytes of a message, and of one value of its metadata: clients take trailers of 8 KiB, and the message is in them twice. */
const SENTENCE_BYTES_MAX = 2_000;
const VALUE_BYTES_MAX = 1_000;

/** The status to end a call with. A cause stays here: what is inside a service is not its caller's business. */
export function writeGrpcError(error: unknown): { code: status; details: string; metadata: Metadata } {
  const wire = toMusterError(error);
  const code = status[wire.code];
  const message = cut(wire.message, SENTENCE_BYTES_MAX);
  const values = Object.entries(wire.metadata).map(([key, value]) => [key, cut(value, VALUE_BYTES_MAX)]);
  const info = ErrorInfo.encode({ reason: wire.reason, domain: "muster", metadata: Object.fromEntries(values) });
  const detail = { typeUrl: ERROR_INFO_URL, value: info.finish() };
  const metadata = new Metadata();
  // What gRPC's own clients wait for before they repeat a call.
  const { retryAfterMs } = wire.metadata;
  if (retryAfterMs !== undefined && /^\d{1,9}$/.test(retryAfterMs))
    metadata.set("grpc-retry-pushback-ms", retryAfterMs);
  metadata.set(DETAILS_KEY, Buffer.from(Status.encode({ code, message, details: [detail] }).finish()));
  return { code, details: message, metadata };
}

/** As much of `text` as fits. Half a character, which a cut elsewhere may have left, would make grpc-js throw. */
function cut(text: string, bytesMax: number): string {
  const whole = text.toWellFormed();
  const { read } = new TextEncoder().encodeInto(whole, new Uint8Array(bytesMax));
  return read < whole.length ? `${whole.slice(0, read)}…` : whole;
}

/**
 * The error of a call to `target` that ended with a status other than OK; `calledOff` says whether it was us who ended it.
 */
export function readGrpcError(error: ServiceError, target: string, calledOff: boolean): MusterError {
  const told = status[error.code] as GrpcCode;
  const info = readErrorInfo(error.metadata);
  // A server that goes down in the middle of a call cancels it: for the caller it is gone.
  const code = told === "CANCELLED" && !calledOff && !info ? "UNAVAILABLE" : told;
  if (info) return new MusterError(readReason(info.reason, code), error.details, { metadata: info.metadata });
  // What grpc-js says of both ends and both directions. The same message is too large again: this is no overload.
  if (code === "RESOURCE_EXHAUSTED" && error.details.includes("larger than")) {
    const why = `Cannot finish the call to ${target} as a request has at most ${MESSAGE_BYTES_MAX} bytes and an answer ${ANSWER_BYTES_MAX}: ${error.details}`;
    return new MusterError("MESSAGE_TOO_LARGE", why, { cause: error });
  }
  return new MusterError(readReason(undefined, code), describe(code, error.details, target), { cause: error });
}

/** Undefined also where the bytes are no status details: whoever stands between may send anything, and a call still ends. */
function readErrorInfo(metadata: Metadata | undefined): ErrorInfo | undefined {
  const [bytes] = metadata?.get(DETAILS_KEY) ?? [];
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    const info = Status.decode(bytes).details.find(({ typeUrl }) => typeUrl === ERROR_INFO_URL);
    return info && ErrorInfo.decode(info.value);
  } catch {
    return undefined; // The status itself says enough.
  }
}

function describe(code: GrpcCode, details: string, target: string): string {
  switch (code) {
    case "UNAVAILABLE":
      return `Cannot reach ${target} as nobody answers there: ${details}`;
    case "DEADLINE_EXCEEDED":
      return `Cannot finish the call to ${target} as its deadline passed`;
    case "CANCELLED":
      return `Cannot finish the call to ${target} as it was called off`;
    default:
      return `Cannot finish the call to ${target} as it answered ${code}: ${details}`;
  }
}
