// Handlers behind grpc-js. One adapter for every service of Muster, the sidecar's included.
import {
  type ServiceDefinition as GrpcServiceDefinition,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { createChannel, systemClock } from "@muster/kit";
import {
  ANSWER_BYTES_MAX,
  BATTLE_REQUEST_PARTS_MAX,
  CALL_DEADLINE_MS_MAX,
  CALLS_OPEN_MAX,
  CONNECTION_ANSWER_MS_MAX,
  CONNECTION_ASKED_MS,
  MESSAGE_BYTES_MAX,
  REQUEST_PARTS_MAX,
  STREAMS_OPEN_MAX,
} from "../limits.ts";
import { fieldInvalid, MusterError } from "../muster-error.ts";
import { serverCredentials } from "../tls/grpc-credentials.ts";
import type { TlsSource } from "../tls/tls-source.ts";
import { decodeRequest } from "./decode-request.ts";
import { GrpcCallContext, type ServerCall } from "./grpc-call-context.ts";
import { type ConnectionOptions, createGrpcConnections } from "./grpc-connections.ts";
import { writeGrpcError } from "./grpc-error.ts";
import { createServerHealth } from "./health.ts";
import { bytesOf } from "./message-bytes.ts";
import { nextTurn, OWN_TURN_BYTES } from "./own-turn.ts";
import { sendStream } from "./send-stream.ts";
import {
  type AnyHandler,
  type CallContext,
  type Implementation,
  type Listening,
  type MethodDefinition,
  methodPath,
} from "./service.ts";
import { clearStaleSocket, keepSocketPrivate, socketPathOf } from "./socket-file.ts";
import { createUnfinishedRequests, type UnfinishedOptions } from "./unfinished-requests.ts";

export type GrpcServerOptions = {
  /** "127.0.0.1:7410", port 0 for any free one, or "unix:/path", which its owner alone may open. */
  readonly bind: string;
  readonly services: readonly Implementation[];
  /** Called with what a handler threw that is no MusterError: a mistake of ours, for the log. */
  readonly onFault?: (error: unknown, path: string) => void;
  /** How long open calls may go on after disposal begins, in ms. Default 500. */
  readonly drainMs?: number;
  /** How long requests may take to arrive, and how many of one connection may be on their way. */
  readonly unfinished?: UnfinishedOptions;
  /** How many connections there may be. */
  readonly connections?: ConnectionOptions;
  /** How often a connection is asked whether somebody is there, in ms. Default: CONNECTION_ASKED_MS. */
  readonly askedMs?: number;
  /** How long its answer may take, in ms. Default: CONNECTION_ANSWER_MS_MAX. */
  readonly answerMsMax?: number;
  /** What it shows its callers, and whose certificates it takes for theirs. A Unix socket needs none. Default: plain text. */
  readonly tls?: TlsSource | undefined;
};

/** How long connections that are broken may take to be gone, in ms. */
const FORCED_WITHIN_MS = 200;

/**
 * Listens, and answers until disposed. The server also tells its health by grpc.health.v1.
 *
 * @throws {MusterError} SERVICE_NOT_READY if the address is taken or cannot be bound.
 */
export async function serveGrpc(options: GrpcServerOptions): Promise<Listening> {
  const { bind, services, onFault = () => undefined, drainMs = 500 } = options;
  const health = createServerHealth(services);
  const connections = createGrpcConnections(options.connections);
  const unfinished = createUnfinishedRequests({ ...options.unfinished, refuse: connections.refusalOf });
  const server = new Server({
    interceptors: [unfinished.interceptor],
    // What it writes down of every call and connection, nobody reads.
    "grpc.enable_channelz": 0,
    // Whoever has gone without a word, or never spoke HTTP/2, does not answer, and is cut off.
    "grpc.keepalive_time_ms": options.askedMs ?? CONNECTION_ASKED_MS,
    "grpc.keepalive_timeout_ms": options.answerMsMax ?? CONNECTION_ANSWER_MS_MAX,
    "grpc.max_concurrent_streams": STREAMS_OPEN_MAX + CALLS_OPEN_MAX,
    "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
    "grpc.max_send_message_length": ANSWER_BYTES_MAX,
    "grpc.max_metadata_size": 16 * 1024,
  });
  for (const { definition, handlers } of [...services, health.implementation]) {
    const grpcDefinition: Record<string, GrpcServiceDefinition[string]> = {};
    const implementation: UntypedServiceImplementation = {};
    const partsMax = partsMaxOf(definition.fullName);
    for (const [name, method] of Object.entries(definition.methods)) {
      const path = methodPath(definition, method);
      grpcDefinition[name] = {
        path,
        requestStream: method.requestStream,
        responseStream: method.responseStream,
        requestSerialize: (message) => bytesOf(method.requestType, message),
        requestDeserialize: (bytes) => read(method, bytes, partsMax),
        responseSerialize: (message) => bytesOf(method.responseType, message),
        responseDeserialize: (bytes) => method.responseType.decode(bytes),
      };
      const handler = handlers[name];
      if (!handler) throw new MusterError("METHOD_UNKNOWN", `Cannot serve ${path} as it has no handler`);
      implementation[name] = adapt(method, handler, (error) => {
        if (!(error instanceof MusterError)) onFault(error, path);
      });
    }
    server.addService(grpcDefinition, implementation);
  }
  const path = socketPathOf(bind);
  const tls = path === undefined ? options.tls : undefined;
  if (path !== undefined) await clearStaleSocket(path);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(bind, serverCredentials(tls), (error, bound) => {
      if (!error) return resolve(bound);
      const why = `Cannot listen on ${bind} as ${error.message}`;
      reject(new MusterError("SERVICE_NOT_READY", why, { metadata: { address: bind }, cause: error }));
    });
  });
  connections.follow(server);
  if (path !== undefined) keepSocketPrivate(path);
  return {
    address: bind.startsWith("unix:") ? bind : `${bind.slice(0, bind.lastIndexOf(":"))}:${port}`,
    async [Symbol.asyncDispose]() {
      health.stop();
      unfinished[Symbol.dispose]();
      await new Promise<void>((resolve) => {
        let force = setTimeout(() => {
          server.forceShutdown();
          connections.destroy();
          // It waits for a connection that never spoke HTTP/2 as well, whose caller may wait for this server in turn.
          force = setTimeout(resolve, FORCED_WITHIN_MS);
        }, drainMs);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      });
    },
  };
}

/** A request whose bytes are no message: grpc-js would answer INTERNAL, as if the mistake were ours. */
class Unreadable {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** Services whose requests may name everybody in a battle. */
const OF_BATTLES = /^muster\.(?:fleet|session)\.|\.BackfillService$/;

function partsMaxOf(service: string): number {
  return OF_BATTLES.test(service) ? BATTLE_REQUEST_PARTS_MAX : REQUEST_PARTS_MAX;
}

/** Requests whose work is done in several turns. */
const large = new WeakSet<object>();

function read(method: MethodDefinition, bytes: Uint8Array, partsMax: number): unknown {
  try {
    const message: unknown = decodeRequest(method.requestType, bytes, partsMax);
    if (bytes.length > OWN_TURN_BYTES && typeof message === "object" && message) large.add(message);
    return message;
  } catch (error) {
    return new Unreadable(error);
  }
}

function check(request: unknown): unknown {
  if (request instanceof Unreadable) throw request.error;
  return request;
}

type OnError = (error: unknown) => void;

function adapt(method: MethodDefinition, handler: AnyHandler, onError: OnError): UntypedServiceImplementation[string] {
  if (method.requestStream) return adaptBidi(handler, onError);
  if (method.responseStream) return adaptServerStream(handler, onError);
  return adaptUnary(handler, onError);
}

function adaptUnary(handler: AnyHandler, onError: OnError): handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    const context = new GrpcCallContext(call);
    const late = endLate(call.getDeadline(), context);
    let answered = false;
    const end = () => {
      answered = true;
      clearTimeout(late);
    };
    // grpc-js says so of every call that is over: of an answered one nobody wants to hear it.
    call.on("cancelled", () => {
      if (!answered) context.end(callerIsGone());
    });
    answer(handler, call.request, context).then(
      (response) => {
        end();
        callback(null, response);
      },
      (error) => {
        end();
        onError(error);
        callback(writeGrpcError(error));
      },
    );
  };
}

async function answer(handler: AnyHandler, request: unknown, context: CallContext): Promise<unknown> {
  const read = check(request);
  if (typeof read !== "object" || !read || !large.has(read)) return await handler(read, context);
  await nextTurn();
  const response: unknown = await handler(read, context);
  await nextTurn();
  return response;
}

/** Ends a call that would otherwise wait for too long, or for ever: its caller set no deadline, or one far away. */
function endLate(deadline: Date | number, context: GrpcCallContext): NodeJS.Timeout | undefined {
  if (Number(deadline) <= systemClock.wallMs() + CALL_DEADLINE_MS_MAX) return undefined;
  return setTimeout(() => {
    const why = `Cannot go on as a call may take at most ${CALL_DEADLINE_MS_MAX} ms: its deadline is later`;
    context.end(new MusterError("DEADLINE_PASSED", why));
  }, CALL_DEADLINE_MS_MAX);
}

function adaptServerStream(handler: AnyHandler, onError: OnError): handleServerStreamingCall<unknown, unknown> {
  return (call) => {
    const context = contextOf(call);
    sendStream(() => handler(check(call.request), context), { call, signal: context.signal, onError });
  };
}

function adaptBidi(handler: AnyHandler, onError: OnError): handleBidiStreamingCall<unknown, unknown> {
  return (call) => {
    const context = contextOf(call);
    const requests = createChannel<unknown>();
    call.on("data", (message) => {
      if (message instanceof Unreadable) requests.close(message.error);
      else requests.push(message);
    });
    call.on("end", () => requests.close());
    call.on("error", (error) => requests.close(error));
    context.signal.addEventListener("abort", () => requests.close(context.signal.reason), { once: true });
    sendStream(() => handler(requests, context), { call, signal: context.signal, onError });
  };
}

/** Its signal aborts when the call is over, answered or not. */
function contextOf(call: ServerCall): CallContext {
  const context = new GrpcCallContext(call);
  call.on("cancelled", () => context.end(callerIsGone()));
  return context;
}

function callerIsGone(): MusterError {
  return new MusterError("CALL_CANCELLED", "Cannot go on as the caller is gone");
}

/** @throws {MusterError} FIELD_INVALID unless `address` is "host:port", with a port of 0..65535, or "unix:/path". */
export function parseAddress(field: string, address: string): string {
  if (address.startsWith("unix:/")) return address;
  const port = Number(/^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+):(\d{1,5})$/.exec(address)?.[1] ?? Number.NaN);
  if (port >= 0 && port <= 65_535) return address;
  throw fieldInvalid(field, 'an address such as "127.0.0.1:7410" or "unix:/run/muster.sock"', address);
}
