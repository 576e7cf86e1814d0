// Whether a page in somebody's browser may call. It reaches this machine's ports too, by any name that its owner points here.
import type { IncomingMessage, ServerResponse } from "node:http";
import { isLocalAddress } from "../loopback.ts";
import { MusterError } from "../muster-error.ts";

export type BrowserRules = {
  /** Origins of pages that may call, such as "https://console.example". Pages that this server serves may as well. */
  readonly origins: readonly string[];
};

/** How long a browser need not ask again what it may send, in s. */
const PREFLIGHT_SECONDS = "600";

/**
 * A server on loopback is called by names of loopback only: whoever else's name was pointed here has no business here.
 *
 * @throws {MusterError} NOT_PERMITTED.
 */
export function refuseForeignNames({ headers }: IncomingMessage, isLocalOnly: boolean): void {
  const { host = "" } = headers;
  if (!isLocalOnly || host === "" || isLocalAddress(/:\d+$/.test(host) ? host : `${host}:80`)) return;
  const why = "the Host header names this machine by another name than localhost or its loopback address";
  throw new MusterError("NOT_PERMITTED", `Cannot serve the request as ${why}`);
}

/**
 * Refuses pages that may not call; tells the browser of those that may. Without rules none may: games are no pages.
 *
 * @throws {MusterError} NOT_PERMITTED.
 */
export function refusePages({ headers }: IncomingMessage, response: ServerResponse, rules?: BrowserRules): void {
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"] ?? "none";
  if (origin === undefined && site === "none") return;
  if (!rules) {
    throw new MusterError("NOT_PERMITTED", "Cannot serve the request as web pages may not call: it has an origin");
  }
  if (origin !== undefined && rules.origins.includes(origin)) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", "retry-after");
    response.setHeader("vary", "origin");
    return;
  }
  const isOwn = origin === undefined ? site === "same-origin" : origin.replace(/^https?:\/\//, "") === host;
  if (isOwn) return;
  const why = "its origin is none of those that MUSTER_HTTP_ORIGINS names";
  throw new MusterError("NOT_PERMITTED", `Cannot serve a web page as ${why}: ${(origin ?? "unknown").slice(0, 64)}`);
}

/** Whether the request is a browser's question what a page may send, which has been answered now. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return false;
  response.writeHead(204, {
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type, last-event-id, muster-project",
    "access-control-max-age": PREFLIGHT_SECONDS,
  });
  response.end();
  return true;
}
