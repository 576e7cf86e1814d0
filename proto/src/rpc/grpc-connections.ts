// The connections of a gRPC server. grpc-js keeps no count of them that one could bound, and its own list of them is part of a
// record of every call (channelz) that nobody reads, which costs each open stream and each call more than we like.
import type { Http2Server, Http2Session } from "node:http2";
import type { Server, ServerInterceptingCallInterface } from "@grpc/grpc-js";
import { invariant } from "@muster/kit";
import { GRPC_CONNECTIONS_MAX, GRPC_SPARE_CONNECTIONS_MAX } from "../limits.ts";
import { MusterError } from "../muster-error.ts";

export type ConnectionOptions = {
  /** At a time. Default: GRPC_CONNECTIONS_MAX. */
  readonly connectionsMax?: number;
  /** Beyond them, for a moment, for those who ask about health or are to hear why they are refused. Default: GRPC_SPARE_CONNECTIONS_MAX. */
  readonly spareMax?: number;
  /** How long one of these may stay, in ms. Default: SPARE_MS. */
  readonly spareMs?: number;
  /** A connection came for which there is no place, or only a spare one. Called for the first, and again only once there was room. */
  readonly onFull?: (connectionsMax: number) => void;
  /** Is given what counts those that are open. */
  readonly measure?: (count: () => number) => void;
};

export interface GrpcConnections {
  /** Begins to count those of `server`, which has been bound. */
  follow(server: Server): void;
  /**
   * Why a call is not taken: it is none about health, and came on a spare connection while there was no place. Undefined: it is.
   * A connection whose call is not taken takes no other, and ends when what it has under way has.
   */
  refusalOf(call: ServerInterceptingCallInterface, path: string): MusterError | undefined;
  /** How many there are now, spare ones included. */
  readonly size: number;
  /** Breaks every connection. */
  destroy(): void;
}

/** Long enough for a handshake and a call, short enough that those who wait for a spare place get one. */
const SPARE_MS = 5_000;
/** When a caller without a place should come again, in ms: longer than a client takes that only looks for a better server. */
const RETRY_MS = 1_000;
const HEALTH = "/grpc.health.v1.Health/";

/** None yet. */
export function createGrpcConnections(options: ConnectionOptions = {}): GrpcConnections {
  const { connectionsMax = GRPC_CONNECTIONS_MAX, spareMax = GRPC_SPARE_CONNECTIONS_MAX, spareMs = SPARE_MS } = options;
  const open = new Set<Http2Session>();
  /** Those of them that came when all places were taken, and what ends them. */
  const spare = new Map<Http2Session, NodeJS.Timeout>();
  let isFull = false;
  options.measure?.(() => open.size);

  const isRoom = () => open.size - spare.size < connectionsMax;
  const tellFull = () => {
    if (!isFull) options.onFull?.(connectionsMax);
    isFull = true;
  };
  /** There is room now: a spare connection is like any other. */
  const keep = (session: Http2Session) => {
    clearTimeout(spare.get(session));
    spare.delete(session);
  };
  const add = (session: Http2Session) => {
    const hasPlace = isRoom();
    open.add(session);
    session.once("close", () => {
      keep(session);
      open.delete(session);
      if (isRoom()) isFull = false;
    });
    if (hasPlace) return;
    tellFull();
    const over = setTimeout(() => {
      if (isRoom()) keep(session);
      else session.destroy();
    }, spareMs);
    over.unref();
    spare.set(session, over);
  };

  return {
    follow(server) {
      for (const listener of listenersOf(server)) {
        // Whoever comes when the spare places are taken too is closed before it is listened to.
        listener.maxConnections = connectionsMax + spareMax;
        listener.on("drop", tellFull);
        listener.on("session", add);
      }
    },
    refusalOf(call, path) {
      if (spare.size === 0 || path.startsWith(HEALTH)) return undefined;
      const session = sessionOf(call);
      if (!session || !spare.has(session)) return undefined;
      if (isRoom()) {
        keep(session);
        return undefined;
      }
      // What is under way is answered, this refusal too.
      setImmediate(() => session.close());
      const why = `Cannot take the connection as at most ${connectionsMax} are open at once: come again`;
      const metadata = { limit: String(connectionsMax), retryAfterMs: String(RETRY_MS) };
      return new MusterError("OVERLOADED", why, { metadata });
    },
    get size() {
      return open.size;
    },
    destroy() {
      for (const session of open) session.destroy();
    },
  };
}

/** grpc-js does not show them. */
function listenersOf(server: Server): readonly Http2Server[] {
  const servers: unknown = Reflect.get(server, "http2Servers");
  invariant(servers instanceof Map && servers.size > 0, "a gRPC server that is bound has its listeners");
  return [...servers.keys()];
}

function sessionOf(call: ServerInterceptingCallInterface): Http2Session | undefined {
  const stream: unknown = Reflect.get(call, "stream");
  return typeof stream === "object" && stream !== null ? Reflect.get(stream, "session") : undefined;
}
