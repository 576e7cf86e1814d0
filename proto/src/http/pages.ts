// What is served beside the calls, by GET: documents, and the two questions that whoever runs a service asks it.
import type { IncomingMessage, ServerResponse } from "node:http";
import { MusterError, toMusterError } from "../muster-error.ts";
import type { CallContext } from "../rpc/service.ts";
import { certificateOf, writeJson } from "./answer-call.ts";
import { writeHttpError } from "./http-error.ts";
import { tokenOf } from "./http-request.ts";

export type Page = {
  /** "text/html; charset=utf-8". */
  readonly type: string;
  /** What it may do, as `content-security-policy` says it. Default: nothing. */
  readonly contentPolicy?: string;
  /** The whole of it, made anew for each caller where it changes. */
  readonly body: () => string | Promise<string>;
  /** Refuses who may not see it, by throwing a MusterError. Default: anybody may. */
  readonly admit?: (caller: Pick<CallContext, "token" | "certificate">) => void;
};

/** By path: "/openapi.json". */
export type Pages = Readonly<Record<string, Page>>;

/** Resolves when the service can be called. Rejects with a MusterError that says why it cannot. */
export type Readiness = () => Promise<void>;

/** What a page may do that says nothing else: be looked at. */
const CONTENT_POLICY = "default-src 'none'";
/** What none may: be framed, send a form anywhere, take its links for another site's. */
const ALWAYS = "frame-ancestors 'none'; form-action 'none'; base-uri 'none'";

/** Whether `path` is a page, which has been answered now. */
export async function answerPage(
  path: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { pages, readiness }: { readonly pages: Pages; readonly readiness: Readiness },
): Promise<boolean> {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  if (path === "/healthz") {
    writeJson(response, 200, '{"status":"SERVING"}');
    return true;
  }
  if (path === "/readyz") {
    await answerReadiness(response, readiness);
    return true;
  }
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (!page) return false;
  page.admit?.({ token: tokenOf(request), certificate: certificateOf(request) });
  const body = await page.body();
  response.writeHead(200, {
    "content-type": page.type,
    "cache-control": "no-cache",
    "content-security-policy": `${page.contentPolicy ?? CONTENT_POLICY}; ${ALWAYS}`,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
  return true;
}

/** How long the question whether a service is ready may take, in ms. */
const READY_MS_MAX = 2_000;

async function answerReadiness(response: ServerResponse, readiness: Readiness): Promise<void> {
  try {
    await Promise.race([readiness(), late(response)]);
    writeJson(response, 200, '{"status":"SERVING"}');
  } catch (error) {
    const told = error instanceof MusterError ? error : toMusterError(error);
    response.setHeader("retry-after", "1");
    writeJson(response, 503, JSON.stringify(writeHttpError(told)));
  }
}

/** Rejects when the answer takes too long; never settles once the answer is there. */
function late(response: ServerResponse): Promise<never> {
  return new Promise((_, reject) => {
    const why = `Cannot say that the service is ready as it could not for ${READY_MS_MAX} ms: perhaps its disk is full`;
    const timer = setTimeout(() => reject(new MusterError("SERVICE_NOT_READY", why)), READY_MS_MAX);
    response.once("close", () => clearTimeout(timer));
  });
}
