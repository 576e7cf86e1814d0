// A service's calls as JSON over HTTP, on a port of their own beside gRPC's. Its main.ts has no branches: they are here.
import { type EnvironmentSpec, list, wholeNumber } from "@muster/kit";
import { limits } from "@muster/proto";
import { parseAddress } from "@muster/proto/grpc";
import { type Pages, type Readiness, serveHttp } from "@muster/proto/http";
import type { OpenApiDocument } from "@muster/proto/openapi";
import type { Implementation, Listening } from "@muster/proto/rpc";
import type { Log } from "../log.ts";
import type { Front } from "./open-front.ts";
import { TRY_PAGE, TRY_PAGE_POLICY } from "./try-page.ts";

/** For no HTTP. */
const NO_HTTP = "off";

/** @throws {Error} unless `text` is an address or "off". */
export function parseHttpBind(text: string): string {
  if (text === NO_HTTP) return text;
  try {
    return parseAddress("address", text);
  } catch {
    throw new Error('it must be "host:port", "unix:/path" or "off"');
  }
}

/** The variables of whatever serves HTTP. */
export const httpEnvironment = {
  MUSTER_HTTP_CONNECTIONS_MAX: {
    meaning:
      "Connections to the HTTP port at a time, each watch by server-sent events being one. More are refused, those that ask about health excepted.",
    fallback: String(limits.HTTP_CONNECTIONS_MAX),
    parse: wholeNumber(1, 1_000_000),
  },
  MUSTER_HTTP_ORIGINS: {
    meaning:
      'Origins of web pages that may call over HTTP, with commas between, such as "https://console.example". Empty: only the page that the service itself serves.',
    fallback: "",
    parse: (text: string) => list(text).map(parseOrigin),
  },
} as const satisfies EnvironmentSpec;

function parseOrigin(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  throw new Error('each must be an origin, such as "https://console.example"');
}

export type HttpApiOptions = {
  /** As the variable says; undefined: it is not set. */
  readonly bind: string | undefined;
  /** The variable that names it. */
  readonly variable: string;
  /** What callers meet there. */
  readonly front: Pick<Front, "checkBind" | "tls" | "pages">;
  /** Where it listens then, if gRPC listens where it usually does; else nowhere, as nobody knows what port is free. */
  readonly usual: { readonly grpc: string; readonly http: string };
  /** Where gRPC listens. */
  readonly grpcBind: string;
  readonly services: readonly Implementation[];
  readonly origins: readonly string[];
  readonly connectionsMax: number;
  readonly readiness: Readiness;
  /** What it serves, for `/openapi.json` and the page at `/`. */
  readonly document: () => Promise<OpenApiDocument>;
  /** What it shows beside that, to everybody. Default: nothing. */
  readonly pages?: Pages;
  readonly log: Log;
  readonly onFault: (error: unknown, path: string) => void;
};

/**
 * Listens, if it is to. Disposing ends it.
 *
 * @throws {MusterError} CONFIG_INVALID for an address that it may not listen on; SERVICE_NOT_READY if the address is taken or cannot be bound.
 */
export async function serveHttpApi(options: HttpApiOptions): Promise<AsyncDisposable> {
  const { grpcBind, usual, services, origins, readiness, document, log, onFault } = options;
  const address = options.bind ?? (grpcBind === usual.grpc ? usual.http : NO_HTTP);
  if (address === NO_HTTP) return { [Symbol.asyncDispose]: async () => undefined };
  const bind = options.front.checkBind(options.variable, address);
  const pages: Pages = {
    ...options.pages,
    ...options.front.pages,
    "/": { type: "text/html; charset=utf-8", body: () => TRY_PAGE, contentPolicy: TRY_PAGE_POLICY },
    "/openapi.json": { type: "application/json", body: async () => JSON.stringify(await document()) },
  };
  const server: Listening = await serveHttp({
    ...{ bind, services, readiness, pages, onFault, browsers: { origins }, tls: options.front.tls },
    connectionsMax: options.connectionsMax,
  });
  log.info({ address: server.address }, "Listening for HTTP");
  return server;
}
