// A gRPC call without a gRPC library: for bytes that no library would send, and for readers that never read.
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";

export type RawAnswer = { readonly status: string; readonly message: string };

export interface RawCall extends Disposable {
  readonly stream: ClientHttp2Stream;
  /** Resolves with the status that the server ended the call with. Reads, and throws away, what it sends before. */
  readonly answer: () => Promise<RawAnswer>;
}

/** Opens a call and sends the chunks as they are; ends its side unless told otherwise. */
export function openRawCall(address: string, path: string, chunks: readonly Uint8Array[], end = true): RawCall {
  const session: ClientHttp2Session = connect(`http://${address}`);
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  session.on("error", () => undefined); // The answer tells.
  const headers: Record<string, unknown> = {};
  stream.on("response", (first) => Object.assign(headers, first));
  stream.on("trailers", (last) => Object.assign(headers, last));
  stream.on("error", () => undefined); // As above.
  const closed = new Promise<void>((resolve) => {
    stream.once("close", resolve);
  });
  for (const chunk of chunks) stream.write(chunk);
  if (end) stream.end();
  return {
    stream,
    answer: async () => {
      stream.resume();
      await closed;
      return { status: String(headers["grpc-status"]), message: decodeURIComponent(String(headers["grpc-message"])) };
    },
    [Symbol.dispose]: () => session.destroy(),
  };
}

/** `bytes` as one message of a gRPC stream. */
export function frameOf(bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}
