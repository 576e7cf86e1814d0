// Handlers behind node:http, for callers without gRPC: POST /<service>/<Method> with the message as JSON, streams as server-sent
// events. One adapter for every service definition; errors have the reasons that they have everywhere.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { CALL_DEADLINE_MS_DEFAULT } from "../limits.ts";
import { isLocalAddress } from "../loopback.ts";
import { MusterError, toMusterError } from "../muster-error.ts";
import { type EventStream, openEventStream } from "./event-stream.ts";
import { httpStatusOf, writeHttpError } from "./http-error.ts";
import { findRoute, type Route, readJson, refuseBrowsers, routesOf, tokenOf } from "./http-request.ts";
import { readJsonMessage, writeJsonMessage } from "./json-message.ts";
import type { CallContext, Implementation, Listening } from "./service.ts";
import { clearStaleSocket, keepSocketPrivate, socketPathOf } from "./socket-file.ts";

export type HttpServerOptions = {
  /** "127.0.0.1:7431", port 0 for any free one, or "unix:/path", which its owner alone may open. */
  readonly bind: string;
  readonly services: readonly Implementation[];
  /** Called with what a handler threw that is no MusterError: a mistake of ours, for the log. */
  readonly onFault?: (error: unknown, path: string) => void;
  /** How long open calls may go on after disposal begins, in ms. Default 500. */
  readonly drainMs?: number;
};

/** Bytes of all headers: the place of a stream names every session of a process. */
const HEADER_BYTES_MAX = 64 * 1024;
/** How long a request may take to arrive, in ms. */
const REQUEST_MS_MAX = 10_000;
/** Connections at a time: a game has a few. */
const CONNECTIONS_MAX = 256;
/** How long a stream that has nothing to say yet waits with its status, in ms: a refusal can still have one of its own. */
const STATUS_WAIT_MS = 1_000;

/**
 * Listens, and answers until disposed.
 *
 * @throws {MusterError} SERVICE_NOT_READY if the address is taken or cannot be bound.
 */
export async function serveHttp(options: HttpServerOptions): Promise<Listening> {
  const { bind, services, onFault = () => undefined, drainMs = 500 } = options;
  const routes = routesOf(services);
  const isLocalOnly = isLocalAddress(bind);
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    let stream: EventStream | undefined;
    try {
      refuseBrowsers(request, isLocalOnly);
      const route = findRoute(routes, path, request.method ?? "");
      const json = await readJson(request, new URLSearchParams(query));
      const message = readJsonMessage(route.method.requestType, json);
      if (!route.method.responseStream) return await answerUnary(route, message, { request, response });
      await answerStream(route, message, {
        ...{ request, response },
        onOpen: (opened) => {
          stream = opened;
        },
      });
    } catch (error) {
      if (response.destroyed) return; // The caller is gone: nobody hears why.
      if (!(error instanceof MusterError)) onFault(error, path);
      if (stream) stream.fail(toMusterError(error));
      else refuse(request, response, toMusterError(error));
    }
  };
  const server = createServer(
    { maxHeaderSize: HEADER_BYTES_MAX, requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX },
    (request, response) => void answer(request, response),
  );
  server.maxConnections = CONNECTIONS_MAX;
  const address = await listen(server, bind);
  return {
    address,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), drainMs);
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

async function answerUnary(route: Route, message: unknown, { request, response }: Exchange): Promise<void> {
  const controller = new AbortController();
  const gone = goneWith(response, controller);
  const late = setTimeout(() => {
    const why = `Cannot finish the call as it may take ${CALL_DEADLINE_MS_DEFAULT} ms`;
    controller.abort(new MusterError("DEADLINE_PASSED", why));
  }, CALL_DEADLINE_MS_DEFAULT);
  try {
    const { promise: over, reject } = Promise.withResolvers<never>();
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
    const handler = route.implementation.handlers[route.name];
    const answered = await Promise.race([handler?.(message, contextOf(request, controller.signal)), over]);
    write(response, 200, writeJsonMessage(route.method.responseType, answered));
  } finally {
    clearTimeout(late);
    gone();
  }
}

async function answerStream(
  route: Route,
  message: unknown,
  { request, response, onOpen }: Exchange & { readonly onOpen: (stream: EventStream) => void },
): Promise<void> {
  const controller = new AbortController();
  const gone = goneWith(response, controller);
  const resume = route.implementation.resumes?.[route.name];
  const lastEventId = request.headers["last-event-id"];
  const from = resume && typeof lastEventId === "string" ? resume.after(message, lastEventId) : message;
  const placeOf = resume?.follow(from);
  let stream: EventStream | undefined;
  const open = (): EventStream => {
    if (stream) return stream;
    stream = openEventStream(response);
    onOpen(stream);
    return stream;
  };
  const waiting = setTimeout(open, STATUS_WAIT_MS);
  try {
    const handler = route.implementation.handlers[route.name];
    for await (const one of handler?.(from, contextOf(request, controller.signal)) ?? []) {
      if (controller.signal.aborted) return;
      await open().send(writeJsonMessage(route.method.responseType, one), placeOf?.(one));
    }
    open().end();
  } finally {
    clearTimeout(waiting);
    gone();
    controller.abort(callerIsGone());
  }
}

/** Aborts when the caller leaves before its answer is whole. The function that it gives stops listening. */
function goneWith(response: ServerResponse, controller: AbortController): () => void {
  const stop = () => controller.abort(callerIsGone());
  response.once("close", stop);
  return () => response.off("close", stop);
}

function callerIsGone(): MusterError {
  return new MusterError("CALL_CANCELLED", "Cannot go on as the caller is gone");
}

function contextOf(request: IncomingMessage, signal: AbortSignal): CallContext {
  const { remoteAddress, remotePort } = request.socket;
  return {
    signal,
    token: tokenOf(request),
    peer: remoteAddress === undefined ? "unix" : `${remoteAddress}:${remotePort}`,
  };
}

function refuse(request: IncomingMessage, response: ServerResponse, error: MusterError): void {
  if (error.code === "UNAVAILABLE") response.setHeader("retry-after", "1");
  // What is left of a request that was not read to its end would be taken for the next one.
  if (!request.complete) response.setHeader("connection", "close");
  write(response, httpStatusOf(error), JSON.stringify(writeHttpError(error)));
}

function write(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${json}\n`);
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
