// Calls through grpc-js. A peer holds one connection, reconnects by itself, and turns every failure into a MusterError.
import {
  type ClientDuplexStream,
  type ClientReadableStream,
  Client as GrpcClient,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { ANSWER_BYTES_MAX, CALL_DEADLINE_MS_DEFAULT, MESSAGE_BYTES_MAX } from "../limits.ts";
import { MusterError } from "../muster-error.ts";
import { channelCredentials } from "../tls/grpc-credentials.ts";
import type { TlsSource } from "../tls/tls-source.ts";
import { readGrpcError } from "./grpc-error.ts";
import { bytesOf } from "./message-bytes.ts";
import {
  type CallOptions,
  type Client,
  type ConnectOptions,
  type MethodDefinition,
  methodPath,
  type Network,
  type Peer,
  PROJECT_HEADER,
} from "./service.ts";

/** The network of sockets: addresses are "host:port" or "unix:/path". */
export const grpcNetwork: Network = createGrpcNetwork(undefined);

/**
 * The network of sockets as `grpcNetwork`, with TLS where `tls` names authorities: every address is called so, loopback too, but
 * for Unix sockets.
 */
export function createGrpcNetwork(tls: TlsSource | undefined): Network {
  return {
    connect: (address, options = {}) => connectGrpc(address, options, address.startsWith("unix:") ? undefined : tls),
  };
}

function connectGrpc(address: string, options: ConnectOptions, tls: TlsSource | undefined): Peer {
  // No keepalive pings: on loopback they only provoke servers that count them (agones.md §3.2).
  const grpc = new GrpcClient(address, channelCredentials(tls), {
    "grpc.max_receive_message_length": ANSWER_BYTES_MAX,
    "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.min_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1_000,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_retries": 0,
  });
  const connection: Connection = { grpc, address, token: options.token ?? "", project: options.project };
  return {
    client: (definition) => {
      const calls: Record<string, unknown> = {};
      for (const [name, method] of Object.entries(definition.methods)) {
        calls[name] = callOf(connection, methodPath(definition, method), method);
      }
      return calls as Client<typeof definition>;
    },
    async [Symbol.asyncDispose]() {
      grpc.close();
    },
  };
}

type Connection = {
  readonly grpc: GrpcClient;
  readonly address: string;
  readonly token: string;
  readonly project: string | undefined;
};

function callOf(connection: Connection, path: string, method: MethodDefinition): unknown {
  const { grpc, address } = connection;
  const serialize = (message: unknown) => bytesOf(method.requestType, message);
  const deserialize = (bytes: Buffer) => method.responseType.decode(bytes);

  if (method.requestStream) {
    return (requests: AsyncIterable<unknown>, options: CallOptions = {}) => {
      const open = () =>
        grpc.makeBidiStreamRequest(path, serialize, deserialize, headers(connection), grpcOptions(options));
      return receive(open, address, options.signal, (call) => void pump(requests, call as Duplex));
    };
  }
  if (method.responseStream) {
    return (request: unknown, options: CallOptions = {}) => {
      const open = () =>
        grpc.makeServerStreamRequest(path, serialize, deserialize, request, headers(connection), grpcOptions(options));
      return receive(open, address, options.signal);
    };
  }
  return (request: unknown, options: CallOptions = {}) =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted) return reject(calledOff(address));
      const call = grpc.makeUnaryRequest(
        path,
        serialize,
        deserialize,
        request,
        headers(connection),
        grpcOptions({ deadlineMs: CALL_DEADLINE_MS_DEFAULT, ...options }),
        (error, response) => {
          signal?.removeEventListener("abort", cancel);
          if (error) reject(readGrpcError(error, address, signal?.aborted ?? false));
          else resolve(response);
        },
      );
      const cancel = () => call.cancel();
      signal?.addEventListener("abort", cancel, { once: true });
    });
}

type Duplex = ClientDuplexStream<unknown, unknown>;

/** Opens the call when the reader starts, and cancels it when the reader stops. */
async function* receive(
  open: () => ClientReadableStream<unknown>,
  address: string,
  signal: AbortSignal | undefined,
  afterOpen?: (call: ClientReadableStream<unknown>) => void,
): AsyncGenerator<unknown> {
  if (signal?.aborted) throw calledOff(address);
  const call = open();
  const cancel = () => call.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    afterOpen?.(call);
    yield* call;
  } catch (error) {
    throw isServiceError(error) ? readGrpcError(error, address, signal?.aborted ?? false) : error;
  } finally {
    signal?.removeEventListener("abort", cancel);
    call.on("error", () => undefined); // Cancelling a call that its reader has left is no news.
    call.cancel();
  }
}

async function pump(requests: AsyncIterable<unknown>, call: Duplex): Promise<void> {
  try {
    for await (const request of requests) {
      if (call.destroyed) return;
      if (!call.write(request)) {
        await new Promise<void>((resolve) => {
          const goOn = () => {
            // Both: a long stream would gather a listener at every wait.
            call.off("drain", goOn).off("close", goOn);
            resolve();
          };
          call.on("drain", goOn).on("close", goOn);
        });
      }
    }
    call.end();
  } catch (error) {
    call.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function headers(connection: Connection): Metadata {
  const metadata = new Metadata();
  if (connection.token) metadata.set("authorization", `Bearer ${connection.token}`);
  if (connection.project !== undefined) metadata.set(PROJECT_HEADER, connection.project);
  return metadata;
}

function grpcOptions(options: CallOptions): { deadline?: number } {
  return options.deadlineMs === undefined ? {} : { deadline: Date.now() + options.deadlineMs };
}

function calledOff(address: string): MusterError {
  return new MusterError("CALL_CANCELLED", `Cannot finish the call to ${address} as it was called off`);
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "details" in error;
}
