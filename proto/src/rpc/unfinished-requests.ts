// Requests by gRPC that have begun and do not end. grpc-js hands a call over when its request is whole: until then nobody counts it, and
// nothing ends it but its caller. Thirty thousand of them, on one connection, are 400 MB.
import type { ServerInterceptingCallInterface, ServerInterceptor, ServerMethodDefinition } from "@grpc/grpc-js";
import { REQUEST_MS_MAX, UNFINISHED_REQUESTS_MAX } from "../limits.ts";
import { MusterError } from "../muster-error.ts";
import { writeGrpcError } from "./grpc-error.ts";

export interface UnfinishedRequests extends Disposable {
  /** To be given to the server. */
  readonly interceptor: ServerInterceptor;
  /** How many there are now. */
  readonly size: number;
}

export type UnfinishedOptions = {
  /** How long a request may take to arrive, in ms. Default: REQUEST_MS_MAX. */
  readonly requestMsMax?: number;
  /** Of one connection at a time. Default: UNFINISHED_REQUESTS_MAX. */
  readonly unfinishedMax?: number;
};

type Unfinished = { readonly call: ServerInterceptingCallInterface; readonly peer: string; readonly sinceMs: number };

/** How often in that time it is looked who is late. */
const LOOKS = 10;
/** When a caller with too many should come again, in ms. */
const RETRY_MS = 200;

/**
 * Ends requests that take too long with DEADLINE_PASSED, and those that are too many for one connection with OVERLOADED. Streams of
 * requests may take as long as they like. Disposing stops looking.
 */
export function createUnfinishedRequests(options: UnfinishedOptions = {}): UnfinishedRequests {
  const { requestMsMax = REQUEST_MS_MAX, unfinishedMax = UNFINISHED_REQUESTS_MAX } = options;
  /** The oldest first. */
  const open = new Set<Unfinished>();
  const byPeer = new Map<string, number>();
  const finish = (one: Unfinished) => {
    if (!open.delete(one)) return;
    const left = (byPeer.get(one.peer) ?? 1) - 1;
    if (left === 0) byPeer.delete(one.peer);
    else byPeer.set(one.peer, left);
  };
  // All that a request pays for it is its place in the set.
  const looking = setInterval(() => {
    for (const one of open) {
      if (one.sinceMs + requestMsMax > performance.now()) return;
      finish(one);
      const why = `Cannot wait for the request as it has ${requestMsMax} ms to arrive`;
      end(one.call, new MusterError("DEADLINE_PASSED", why));
    }
  }, requestMsMax / LOOKS);
  looking.unref();

  return {
    interceptor: unwrapped(({ requestStream }, call) => {
      if (requestStream) return call;
      const peer = call.getPeer();
      const present = byPeer.get(peer) ?? 0;
      const start = call.start.bind(call);
      if (present >= unfinishedMax) {
        call.start = (listener) => {
          start({ ...listener, onReceiveMetadata: ignore, onReceiveMessage: ignore, onReceiveHalfClose: ignore });
          const why = `Cannot take the request as at most ${unfinishedMax} of one connection may be unfinished`;
          const metadata = { limit: String(unfinishedMax), retryAfterMs: String(RETRY_MS) };
          end(call, new MusterError("OVERLOADED", why, { metadata }));
        };
        return call;
      }
      const one: Unfinished = { call, peer, sinceMs: performance.now() };
      open.add(one);
      byPeer.set(peer, present + 1);
      call.start = (listener) =>
        start({
          onReceiveMetadata: (metadata) => listener.onReceiveMetadata(metadata),
          onReceiveMessage: (message: unknown) => listener.onReceiveMessage(message),
          onReceiveHalfClose() {
            finish(one);
            listener.onReceiveHalfClose();
          },
          onCancel() {
            finish(one);
            listener.onCancel();
          },
        });
      return call;
    }),
    get size() {
      return open.size;
    },
    [Symbol.dispose]: () => clearInterval(looking),
  };
}

type Watch = (
  method: ServerMethodDefinition<unknown, unknown>,
  call: ServerInterceptingCallInterface,
) => ServerInterceptingCallInterface;

/** grpc-js takes whatever has the interface of a call; its types ask for its own class, which costs each call some microseconds. */
function unwrapped(watch: Watch): ServerInterceptor {
  return watch as ServerInterceptor;
}

/** With an answer, and with no ear for what would still come. */
function end(call: ServerInterceptingCallInterface, error: MusterError): void {
  call.sendStatus(writeGrpcError(error));
  // grpc-js ends its own half of the stream, and the caller of such a request never will end the other.
  const stream: unknown = Reflect.get(call, "stream");
  if (isStream(stream)) stream.close();
}

function isStream(value: unknown): value is { close(): void } {
  return typeof value === "object" && value !== null && "close" in value && typeof value.close === "function";
}

function ignore(): void {
  // The call is over for its caller: what still comes of it is nobody's.
}
