// gRPC calls by hand: for messages that no library would send, and for all that an answer says.
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from "node:http2";
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { getMessage, registry } from "../contract.ts";

export type RawAnswer = {
  /** gRPC status, as digits. Undefined: the stream ended without one. */
  readonly status: string | undefined;
  readonly message: string;
  /** Of google.rpc.ErrorInfo. */
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly httpStatus: number | undefined;
  /** Messages that came before the status. */
  readonly responses: number;
  /** How the stream was reset, if it was. */
  readonly resetCode: number;
};

export type RawCall = {
  readonly path: string;
  /** Bodies of messages, each in a frame of its own. */
  readonly bodies: readonly Uint8Array[];
  /** Ends the call at the server, in ms. */
  readonly deadlineMs: number;
};

/** A connection that is opened anew when it broke. */
export interface RawClient extends Disposable {
  call(call: RawCall): Promise<RawAnswer>;
}

export function createRawClient(address: string): RawClient {
  let session: ClientHttp2Session | undefined;
  const open = (): ClientHttp2Session => {
    if (session && !session.closed && !session.destroyed) return session;
    session = connect(`http://${address}`);
    session.on("error", () => undefined); // The calls tell.
    session.unref();
    return session;
  };
  return {
    call: ({ path, bodies, deadlineMs }) => {
      const stream = open().request({ ...grpcHeaders(path), "grpc-timeout": `${deadlineMs}m` });
      const answer = readAnswer(stream);
      for (const body of bodies) stream.write(frameOf(body));
      stream.end();
      return answer;
    },
    [Symbol.dispose]: () => session?.destroy(),
  };
}

/** What every gRPC call begins with. */
export function grpcHeaders(path: string): Readonly<Record<string, string>> {
  return { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
}

/** `bytes` as one message of a gRPC stream. */
export function frameOf(bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}

type Answering = ReturnType<ClientHttp2Session["request"]>;

/** Resolves when the server has said its last word, or the stream has closed, however. */
export function readAnswer(stream: Answering): Promise<RawAnswer> {
  const headers: IncomingHttpHeaders = {};
  let bytes: Buffer = Buffer.alloc(0);
  let responses = 0;
  stream.on("response", (first) => Object.assign(headers, first));
  stream.on("trailers", (last) => Object.assign(headers, last));
  stream.on("error", () => undefined); // The reset code tells.
  stream.on("data", (chunk: Buffer) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    for (let length = frameLength(bytes); length <= bytes.length; length = frameLength(bytes)) {
      bytes = bytes.subarray(length);
      responses += 1;
    }
  });
  return new Promise((resolve) => {
    const tell = () => {
      const message = decodeMessage(String(headers["grpc-message"] ?? ""));
      const status = headers["grpc-status"];
      const resetCode = stream.rstCode ?? constants.NGHTTP2_NO_ERROR;
      const shared = { message, responses, resetCode, httpStatus: Number(headers[":status"]) || undefined };
      resolve({ ...shared, status: status === undefined ? undefined : String(status), ...readErrorInfo(headers) });
    };
    // A call that its caller leaves open stays open after its status: `close` would never come.
    stream.once("end", tell);
    stream.once("close", tell);
  });
}

function frameLength(bytes: Buffer): number {
  return bytes.length < 5 ? Number.POSITIVE_INFINITY : 5 + bytes.readUInt32BE(1);
}

function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A bare % is what an HTTP/2 server of another kind may send.
  }
}

function readErrorInfo(headers: IncomingHttpHeaders): Pick<RawAnswer, "reason" | "metadata"> {
  const text = headers["grpc-status-details-bin"];
  if (text === undefined) return { reason: undefined, metadata: {} };
  const desc = getMessage("google.rpc.Status");
  const status: unknown = toJson(desc, fromBinary(desc, new Uint8Array(Buffer.from(String(text), "base64"))), {
    registry,
  });
  const [info] = isRecord(status) && Array.isArray(status.details) ? status.details : [];
  if (!isRecord(info)) return { reason: undefined, metadata: {} };
  const metadata = isRecord(info.metadata) ? info.metadata : {};
  const texts = Object.entries(metadata).map(([key, value]) => [key, String(value)]);
  return { reason: String(info.reason), metadata: Object.fromEntries(texts) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
