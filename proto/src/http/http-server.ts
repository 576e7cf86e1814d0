// Handlers behind node:http, for callers without gRPC: POST /<service>/<Method> with the message as JSON, streams as server-sent
// events. One adapter for every service definition; errors have the reasons that they have everywhere.
import type { IncomingMessage, ServerResponse } from "node:http";
import { HTTP_SPARE_CONNECTIONS_MAX } from "../limits.ts";
import { isLocalAddress } from "../loopback.ts";
import { MusterError, toMusterError } from "../muster-error.ts";
import type { Implementation, Listening } from "../rpc/service.ts";
import type { TlsSource } from "../tls/tls-source.ts";
import { answerStream, answerUnary, type Exchange, writeJson } from "./answer-call.ts";
import { answerPreflight, type BrowserRules, refuseForeignNames, refusePages } from "./browsers.ts";
import type { EventStream } from "./event-stream.ts";
import { createHttpConnections } from "./http-connections.ts";
import { httpStatusOf, writeHttpError } from "./http-error.ts";
import { listenHttp } from "./http-listener.ts";
import { HttpRefusal } from "./http-refusal.ts";
import { findRoute, readBody, routesOf } from "./http-request.ts";
import { readJsonMessage, readLargeJsonMessage } from "./json-message.ts";
import { answerPage, type Pages, type Readiness } from "./pages.ts";
import { parseQuery, readQuery } from "./query-message.ts";

export type HttpServerOptions = {
  /** "127.0.0.1:7431", port 0 for any free one, or "unix:/path", which its owner alone may open. */
  readonly bind: string;
  readonly services: readonly Implementation[];
  /** Called with what a handler threw that is no MusterError: a mistake of ours, for the log. */
  readonly onFault?: (error: unknown, path: string) => void;
  /** How long open calls may go on after disposal begins, in ms. Default 500. */
  readonly drainMs?: number;
  /** Which web pages may call. Undefined: none. */
  readonly browsers?: BrowserRules;
  /** Served by GET beside the calls, and beside `/healthz` and `/readyz`. Default none. */
  readonly pages?: Pages;
  /** What `/readyz` asks. Default: who answers is ready. */
  readonly readiness?: Readiness;
  /** Connections at a time. More are told how the service is, and to come again. Default 256: a game has a few. */
  readonly connectionsMax?: number;
  /** What it shows its callers, and whose certificates it takes for theirs. Default: plain text. */
  readonly tls?: TlsSource | undefined;
};

const CONNECTIONS_MAX_DEFAULT = 256;

/**
 * Listens, and answers until disposed.
 *
 * @throws {MusterError} SERVICE_NOT_READY if the address is taken or cannot be bound.
 */
export async function serveHttp(options: HttpServerOptions): Promise<Listening> {
  const { bind, services, browsers, onFault = () => undefined } = options;
  const { pages = {}, readiness = async () => undefined } = options;
  const { drainMs = 500, connectionsMax = CONNECTIONS_MAX_DEFAULT } = options;
  const connections = createHttpConnections(connectionsMax);
  const routes = routesOf(services);
  const isLocalOnly = isLocalAddress(bind);
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    let stream: EventStream | undefined;
    try {
      if (connections.isSpare(request)) response.setHeader("connection", "close");
      refuseForeignNames(request, isLocalOnly);
      // Whoever comes by a link from another page may see a page, and cannot read it from there.
      if (await answerPage(path, { request, response }, { pages, readiness })) return;
      connections.refuseSpare(request);
      refusePages(request, response, browsers);
      if (browsers && answerPreflight(request, response)) return;
      const route = findRoute(routes, path, request.method ?? "");
      const { requestType } = route.method;
      const isQuery = request.method === "GET";
      const { json, isLarge } = isQuery
        ? { json: readQuery(requestType, parseQuery(query)), isLarge: false }
        : await readBody(request);
      const message = isLarge ? await readLargeJsonMessage(requestType, json) : readJsonMessage(requestType, json);
      if (!route.method.responseStream) return await answerUnary(route, message, { request, response, isLarge });
      await answerStream(route, message, {
        ...{ request, response },
        onOpen: (opened) => {
          stream = opened;
        },
      });
    } catch (error) {
      if (response.destroyed) return; // The caller is gone: nobody hears why.
      if (error instanceof HttpRefusal) return refuse({ request, response }, error);
      if (!(error instanceof MusterError)) onFault(error, path);
      const told = toMusterError(error);
      if (stream) stream.fail(told);
      else refuse({ request, response }, new HttpRefusal(httpStatusOf(told), told));
    }
  };
  return listenHttp(
    {
      ...{ bind, drainMs, tls: options.tls },
      // Whoever comes when the spare places are taken too is closed before it is listened to.
      connectionsMax: connectionsMax + HTTP_SPARE_CONNECTIONS_MAX,
      onConnection: connections.add,
    },
    (request, response) => void answer(request, response),
  );
}

function refuse({ request, response }: Exchange, { status, error, headers }: HttpRefusal): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (status === 503 || (status === 429 && error.retry === "backoff")) {
    // Whole seconds, as HTTP has it; the body's metadata says it to the millisecond.
    response.setHeader("retry-after", String(Math.max(1, Math.ceil(Number(error.metadata.retryAfterMs ?? 0) / 1_000))));
  }
  if (status === 401) response.setHeader("www-authenticate", "Bearer");
  // What is left of a request that was not read to its end would be taken for the next one.
  if (!request.complete) response.setHeader("connection", "close");
  writeJson(response, status, JSON.stringify(writeHttpError(error)));
}
