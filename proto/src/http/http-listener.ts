// A node:http server with the limits that whoever listens to strangers needs, on a port or a Unix socket.
import { createServer, type RequestListener, type Server, STATUS_CODES } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { MusterError } from "../muster-error.ts";
import type { Listening } from "../rpc/service.ts";
import { clearStaleSocket, keepSocketPrivate, socketPathOf } from "../rpc/socket-file.ts";
import { asksForCertificates, contextOptions, type TlsSource } from "../tls/tls-source.ts";
import { writeHttpError } from "./http-error.ts";

export type ListenerOptions = {
  /** "127.0.0.1:7431", port 0 for any free one, or "unix:/path", which its owner alone may open. */
  readonly bind: string;
  /** Connections at a time; more are closed at once. */
  readonly connectionsMax: number;
  /** Told of each that may speak. Default: nobody is. */
  readonly onConnection?: (socket: Socket) => void;
  /** How long open calls may go on after disposal begins, in ms. */
  readonly drainMs: number;
  /** What it shows its callers, and whose certificates it takes for theirs. A Unix socket needs none. Undefined: plain text. */
  readonly tls?: TlsSource | undefined;
};

/** Bytes of all headers: the place of a stream names every session of a process. */
const HEADER_BYTES_MAX = 64 * 1024;
/** How long headers may take to arrive, in ms: two round trips of a phone are one. */
const HEADERS_MS_MAX = 5_000;
/** How long a whole request may take to arrive, in ms. */
const REQUEST_MS_MAX = 10_000;
/** How often open connections are looked over for those that took too long, in ms. */
const LOOK_MS = 1_000;
/** How long a connection may lie idle between two requests, in ms: longer than load balancers keep theirs, which is 60 s. */
const IDLE_MS_MAX = 65_000;

/**
 * Listens until disposed.
 *
 * @throws {MusterError} SERVICE_NOT_READY if the address is taken or cannot be bound.
 */
export async function listenHttp(options: ListenerOptions, onRequest: RequestListener): Promise<Listening> {
  const { bind, connectionsMax, onConnection = () => undefined, drainMs } = options;
  const tls = socketPathOf(bind) === undefined ? options.tls : undefined;
  const { server, forget } = create(tls, onRequest);
  server.maxConnections = connectionsMax;
  server.on(tls ? "secureConnection" : "connection", onConnection);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => refuseBytes(error, socket));
  const address = await listen(server, bind);
  return {
    address,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), drainMs);
        forget();
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

const LIMITS = {
  maxHeaderSize: HEADER_BYTES_MAX,
  headersTimeout: HEADERS_MS_MAX,
  requestTimeout: REQUEST_MS_MAX,
  connectionsCheckingInterval: LOOK_MS,
  keepAliveTimeout: IDLE_MS_MAX,
  noDelay: true,
};

/** A server that follows what `tls` shows, until `forget` is called. */
function create(tls: TlsSource | undefined, onRequest: RequestListener) {
  if (!tls) return { server: createServer(LIMITS, onRequest), forget: () => undefined };
  const { present } = tls;
  const server = createTlsServer(
    { ...LIMITS, ...contextOptions(present), ...asksForCertificates(present), handshakeTimeout: HEADERS_MS_MAX },
    onRequest,
  );
  return { server, forget: tls.onChange((material) => server.setSecureContext(contextOptions(material))) };
}

/** Answers bytes that are no request, or that came too slowly or were too many, in the shape of every refusal. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  const { status, refusal } = refusalOf(error.code);
  const body = `${JSON.stringify(writeHttpError(refusal))}\n`;
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\nconnection: close`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function refusalOf(code: string | undefined): { readonly status: number; readonly refusal: MusterError } {
  if (code === "HPE_HEADER_OVERFLOW") {
    const why = `Cannot read the headers as at most ${HEADER_BYTES_MAX} bytes: they have more`;
    return { status: 431, refusal: new MusterError("MESSAGE_TOO_LARGE", why) };
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const why = `Cannot wait for the request as it has ${HEADERS_MS_MAX} ms for its headers, ${REQUEST_MS_MAX} ms in all`;
    return { status: 408, refusal: new MusterError("DEADLINE_PASSED", why) };
  }
  return { status: 400, refusal: new MusterError("FIELD_INVALID", "Cannot read the bytes as a request of HTTP/1.1") };
}

async function listen(server: Server, bind: string): Promise<string> {
  const path = socketPathOf(bind);
  if (path !== undefined) await clearStaleSocket(path);
  const colon = bind.lastIndexOf(":");
  const host = bind.slice(0, colon);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      const why = `Cannot listen on ${bind} as ${error.message}`;
      reject(new MusterError("SERVICE_NOT_READY", why, { metadata: { address: bind }, cause: error }));
    });
    const where =
      path === undefined ? { host: host.replace(/^\[|\]$/g, ""), port: Number(bind.slice(colon + 1)) } : { path };
    server.listen(where, resolve);
  });
  if (path !== undefined) {
    keepSocketPrivate(path);
    return bind;
  }
  const bound = server.address();
  return `${host}:${typeof bound === "object" && bound ? bound.port : 0}`;
}
