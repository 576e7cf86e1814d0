// MusterError ↔ gRPC status. The reason travels as google.rpc.ErrorInfo, so that clients of other languages find it too.
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorInfo, Status } from "../../gen/google/rpc/status.ts";
import { MusterError, readReason, toMusterError } from "../muster-error.ts";
import type { GrpcCode } from "../reasons.ts";

const DETAILS_KEY = "grpc-status-details-bin";
const ERROR_INFO_URL = "type.googleapis.com/google.rpc.ErrorInfo";

/** The status to end a call with. A cause stays here: what is inside a service is not its caller's business. */
export function writeGrpcError(error: unknown): { code: status; details: string; metadata: Metadata } {
  const wire = toMusterError(error);
  const code = status[wire.code];
  const info = ErrorInfo.encode({ reason: wire.reason, domain: "muster", metadata: { ...wire.metadata } }).finish();
  const details = Status.encode({ code, message: wire.message, details: [{ typeUrl: ERROR_INFO_URL, value: info }] });
  const metadata = new Metadata();
  metadata.set(DETAILS_KEY, Buffer.from(details.finish()));
  return { code, details: wire.message, metadata };
}

/** The error of a call that ended with a status other than OK. */
export function readGrpcError(error: ServiceError, target: string): MusterError {
  const code = status[error.code] as GrpcCode;
  const info = readErrorInfo(error.metadata);
  if (info) return new MusterError(readReason(info.reason, code), error.details, { metadata: info.metadata });
  return new MusterError(readReason(undefined, code), describe(code, error.details, target), { cause: error });
}

function readErrorInfo(metadata: Metadata | undefined): ErrorInfo | undefined {
  const [bytes] = metadata?.get(DETAILS_KEY) ?? [];
  if (!(bytes instanceof Uint8Array)) return undefined;
  for (const detail of Status.decode(bytes).details) {
    if (detail.typeUrl === ERROR_INFO_URL) return ErrorInfo.decode(detail.value);
  }
  return undefined;
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
