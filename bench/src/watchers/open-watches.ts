// Ten thousand watchers cost their own process something too: these are as small as HTTP/2 lets them be.
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { WatchSessionsRequest } from "@muster/proto/fleet";

const FRAME_BYTES = 5;

export interface OpenWatches extends AsyncDisposable {
  /** Those that the server has ended. */
  readonly ended: number;
}

export type WatchCount = { readonly connections: number; readonly watchesPerConnection: number };

/** What is watched: the method's path, and the request of each watch, by its number from 0. */
export type Watched = { readonly path: string; readonly bodyOf: (watch: number) => Uint8Array };

const ofSessions: Watched = {
  path: "/muster.fleet.v1.FleetService/WatchSessions",
  bodyOf: () => WatchSessionsRequest.encode({ owner: "", resumeToken: "" }).finish(),
};

/** Opens that many watches, of sessions by default; resolves when each server side has seen all of them. */
export async function openWatches(address: string, count: WatchCount, of = ofSessions): Promise<OpenWatches> {
  const sessions: ClientHttp2Session[] = [];
  let ended = 0;
  for (let index = 0; index < count.connections; index += 1) {
    const session = connect(`http://${address}`);
    sessions.push(session);
    await once(session, "connect");
    for (let watch = 0; watch < count.watchesPerConnection; watch += 1) {
      const stream = session.request({
        ":method": "POST",
        ":path": of.path,
        "content-type": "application/grpc",
        te: "trailers",
      });
      stream.on("close", () => {
        ended += 1;
      });
      stream.on("error", () => stream.destroy()); // Counted as it closes.
      stream.resume();
      stream.end(frameOf(of.bodyOf(index * count.watchesPerConnection + watch)));
    }
    // An answer to a ping comes after what was sent before it has been read.
    await new Promise<void>((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())));
  }
  return {
    get ended() {
      return ended;
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
    },
  };
}

function frameOf(bytes: Uint8Array): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES + bytes.length);
  frame.writeUInt32BE(bytes.length, 1);
  frame.set(bytes, FRAME_BYTES);
  return frame;
}
