// What an HTTP request asks for, or why it is refused: the method, who calls, and the message in query or body. It comes from
// anybody on the machine, a web page in a browser among them.
import type { IncomingMessage } from "node:http";
import { MESSAGE_BYTES_MAX } from "../limits.ts";
import { isLocalAddress } from "../loopback.ts";
import { fieldInvalid, MusterError } from "../muster-error.ts";
import type { Implementation, MethodDefinition } from "./service.ts";

export type Route = {
  readonly implementation: Implementation;
  /** The method's name in code: "processReady". */
  readonly name: string;
  readonly method: MethodDefinition;
};

/** By path: "/muster.sdk.v1.GameServerService/ProcessReady". */
export type Routes = ReadonlyMap<string, Route>;

/** Every method of `services` that HTTP can carry: those that take one request. */
export function routesOf(services: readonly Implementation[]): Routes {
  return new Map(
    services.flatMap((implementation) =>
      Object.entries(implementation.definition.methods)
        .filter(([, { requestStream }]) => !requestStream)
        .map(([name, method]) => [
          `/${implementation.definition.fullName}/${method.name}`,
          { implementation, name, method },
        ]),
    ),
  );
}

/** @throws {MusterError} METHOD_UNKNOWN, FIELD_INVALID for a verb that the method does not have. */
export function findRoute(routes: Routes, path: string, verb: string): Route {
  const route = routes.get(path);
  if (!route) {
    const why = "a path is /<service>/<Method>, such as /muster.sdk.v1.GameServerService/ProcessReady";
    throw new MusterError("METHOD_UNKNOWN", `Cannot find a method at ${JSON.stringify(path.slice(0, 128))} as ${why}`);
  }
  if (verb === "POST" || (verb === "GET" && route.method.responseStream)) return route;
  throw fieldInvalid("the HTTP method", route.method.responseStream ? "GET or POST" : "POST", verb.slice(0, 16));
}

/**
 * A page in somebody's browser reaches this machine's ports too, by any name that its owner points here. Games are no pages.
 *
 * @throws {MusterError} NOT_PERMITTED.
 */
export function refuseBrowsers({ headers }: IncomingMessage, isLocalOnly: boolean): void {
  if (headers.origin !== undefined || (headers["sec-fetch-site"] ?? "none") !== "none") {
    throw new MusterError("NOT_PERMITTED", "Cannot serve the request as web pages may not call: it has an origin");
  }
  const { host = "" } = headers;
  if (!isLocalOnly || host === "" || isLocalAddress(/:\d+$/.test(host) ? host : `${host}:80`)) return;
  const why = "the Host header names this machine by another name than localhost or its loopback address";
  throw new MusterError("NOT_PERMITTED", `Cannot serve the request as ${why}`);
}

/** The bearer token. Empty: none. */
export function tokenOf({ headers }: IncomingMessage): string {
  return /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
}

/**
 * The message as JSON: of a GET the query, whose parameters are fields that hold text, else the body; nothing is `{}`.
 *
 * @throws {MusterError} MESSAGE_TOO_LARGE; FIELD_INVALID for another content type, bytes that are no UTF-8, or no JSON.
 */
export async function readJson(request: IncomingMessage, query: URLSearchParams): Promise<unknown> {
  if (request.method === "GET") return Object.fromEntries(query);
  if (Number(request.headers["content-length"] ?? 0) > MESSAGE_BYTES_MAX) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MESSAGE_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  checkContentType(request);
  return parseJson(Buffer.concat(chunks));
}

function checkContentType({ headers }: IncomingMessage): void {
  const type = headers["content-type"] ?? "";
  if (!/^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type)) {
    throw fieldInvalid("content-type", 'application/json (curl: -H "content-type: application/json")', type);
  }
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw fieldInvalid("content-encoding", "identity", encoding);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof SyntaxError ? "it does not parse" : "its bytes are no UTF-8";
    throw new MusterError("FIELD_INVALID", `Cannot read the body as JSON: ${why}`, {
      metadata: { field: "the body" },
      cause: error,
    });
  }
}

function tooLarge(): MusterError {
  const why = `Cannot read the request as it has at most ${MESSAGE_BYTES_MAX} bytes: it has more`;
  return new MusterError("MESSAGE_TOO_LARGE", why);
}
