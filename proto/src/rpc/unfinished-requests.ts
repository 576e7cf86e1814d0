// Requests by gRPC that have begun and do not end. grpc-js hands a call over when its request is whole: until then nobody counts it, and
// nothing ends it but its caller. Thirty thousand of them, on one connection, are 400 MB.
import type {
  Metadata,
  ServerInterceptingCallInterface,
  ServerInterceptor,
  ServerMethodDefinition,
} from "@grpc/grpc-js";
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
  /** Why a call of that path is not taken, whatever its request is. Undefined: it is. Default: it is. */
  readonly refuse?: (call: ServerInterceptingCallInterface, path: string) => MusterError | undefined;
};

/** Of a call that is over for its caller: what still comes of it is nobody's. */
const NOBODY: ServerListener = {
  onReceiveMetadata: ignore,
  onReceiveMessage: ignore,
  onReceiveHalfClose: ignore,
  onCancel: ignore,
};

/** How often in that time it is looked who is late. */
const LOOKS = 10;
/** When a caller with too many should come again, in ms. */
const RETRY_MS = 200;

/**
 * Ends requests that take too long with DEADLINE_PASSED, and those that are too many for one connection with OVERLOADED. Streams of
 * requests may take as long as they like. Disposing stops looking.
 */
export function createUnfinishedRequests(options: UnfinishedOptions = {}): UnfinishedRequests {
  const { requestMsMax = REQUEST_MS_MAX, unfinishedMax = UNFINISHED_REQUESTS_MAX, refuse = takeAll } = options;
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
    interceptor: unwrapped(({ path, requestStream }, call) => {
      const refusal = refuse(call, path);
      if (refusal) return refused(call, refusal);
      if (requestStream) return call;
      const peer = call.getPeer();
      const present = byPeer.get(peer) ?? 0;
      if (present >= unfinishedMax) {
        const why = `Cannot take the request as at most ${unfinishedMax} of one connection may be unfinished`;
        const metadata = { limit: String(unfinishedMax), retryAfterMs: String(RETRY_MS) };
        return refused(call, new MusterError("OVERLOADED", why, { metadata }));
      }
      const one = new Unfinished(call, peer, finish);
      open.add(one);
      byPeer.set(peer, present + 1);
      const start = call.start.bind(call);
      call.start = (listener) => start(one.before(listener));
      return call;
    }),
    get size() {
      return open.size;
    },
    [Symbol.dispose]: () => clearInterval(looking),
  };
}

/** A request on its way, and what is told of it: an object with its methods elsewhere, as every open stream keeps it for ever. */
class Unfinished implements ServerListener {
  readonly call: ServerInterceptingCallInterface;
  readonly peer: string;
  readonly sinceMs = performance.now();
  readonly #finish: (one: Unfinished) => void;
  #next: ServerListener = NOBODY;

  constructor(call: ServerInterceptingCallInterface, peer: string, finish: (one: Unfinished) => void) {
    this.call = call;
    this.peer = peer;
    this.#finish = finish;
  }

  /** Itself, to be told before `next` is. */
  before(next: ServerListener): this {
    this.#next = next;
    return this;
  }

  onReceiveMetadata(metadata: Metadata): void {
    this.#next.onReceiveMetadata(metadata);
  }

  onReceiveMessage(message: unknown): void {
    this.#next.onReceiveMessage(message);
  }

  onReceiveHalfClose(): void {
    this.#finish(this);
    this.#next.onReceiveHalfClose();
  }

  onCancel(): void {
    this.#finish(this);
    this.#next.onCancel();
  }
}

type ServerListener = Parameters<ServerInterceptingCallInterface["start"]>[0];

function takeAll(): undefined {
  return undefined;
}

/** The call, which is answered with `error` as soon as it begins. */
function refused(call: ServerInterceptingCallInterface, error: MusterError): ServerInterceptingCallInterface {
  const start = call.start.bind(call);
  call.start = (listener) => {
    start({ ...NOBODY, onCancel: () => listener.onCancel() });
    end(call, error);
  };
  return call;
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
  // By its name.
}
