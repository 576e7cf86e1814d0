// A server that speaks HTTP/2 by hand, for clients: it answers with whatever bytes, headers and trailers it is given.
import { once } from "node:events";
import { createServer, type OutgoingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";

export type HostileAnswer = {
  readonly headers: OutgoingHttpHeaders;
  /** Chunks as they are, heads of messages included. */
  readonly chunks: readonly Uint8Array[];
  /** What the call ends with; undefined: it stays open. */
  readonly trailers: OutgoingHttpHeaders | undefined;
  /** Resets the stream with this code instead of the trailers. */
  readonly reset: number | undefined;
};

export interface HostileServer extends AsyncDisposable {
  readonly address: string;
  /** Calls that came so far. */
  readonly calls: number;
}

/** Answers each call by its path. */
export async function serveHostile(answerTo: (path: string) => HostileAnswer): Promise<HostileServer> {
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  let calls = 0;
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => undefined); // The client under attack may well break it.
    session.once("close", () => sessions.delete(session));
  });
  server.on("stream", (stream, headers) => {
    calls += 1;
    stream.on("error", () => undefined); // As above.
    stream.resume();
    send(stream, answerTo(String(headers[":path"])));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  return {
    address: `127.0.0.1:${typeof bound === "object" && bound ? bound.port : 0}`,
    get calls() {
      return calls;
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function send(stream: ServerHttp2Stream, { headers, chunks, trailers, reset }: HostileAnswer): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc", ...headers }, { waitForTrailers: true });
  stream.on("wantTrailers", () => {
    if (reset !== undefined) stream.close(reset);
    else stream.sendTrailers(trailers ?? {});
  });
  for (const chunk of chunks) stream.write(chunk);
  if (reset !== undefined || trailers !== undefined) stream.end();
}
