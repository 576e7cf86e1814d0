// What an HTTP request asks for, or why it is refused: the method, who calls, and the message in its body.
import type { IncomingMessage } from "node:http";
import { MESSAGE_BYTES_MAX } from "../limits.ts";
import { fieldInvalid, MusterError } from "../muster-error.ts";
import { nextTurn, OWN_TURN_BYTES } from "../rpc/own-turn.ts";
import { type Implementation, type MethodDefinition, PROJECT_HEADER } from "../rpc/service.ts";
import { HttpRefusal } from "./http-refusal.ts";
import { checkJsonShape } from "./json-shape.ts";

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

/** @throws {MusterError} METHOD_UNKNOWN. @throws {HttpRefusal} 405, for a verb that the method does not have. */
export function findRoute(routes: Routes, path: string, verb: string): Route {
  const route = routes.get(path);
  if (!route) {
    const why = "a path is /<service>/<Method>, as /openapi.json or the .proto tells";
    throw new MusterError("METHOD_UNKNOWN", `Cannot find a method at ${JSON.stringify(path.slice(0, 128))} as ${why}`);
  }
  if (verb === "POST" || (verb === "GET" && route.method.responseStream)) return route;
  const verbs = route.method.responseStream ? ["GET", "POST"] : ["POST"];
  const refusal = fieldInvalid("the HTTP method", verbs.join(" or "), verb.slice(0, 16));
  throw new HttpRefusal(405, refusal, { allow: verbs.join(", ") });
}

/** The bearer token. Empty: none. */
export function tokenOf({ headers }: IncomingMessage): string {
  return /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
}

/** The project that the caller says it speaks for; nothing if it says none. */
export function projectOf({ headers }: IncomingMessage): { readonly project?: string } {
  const project = headers[PROJECT_HEADER];
  return typeof project === "string" ? { project } : {};
}

/** A message as JSON, and whether it is large enough for its work to be done in several turns. */
export type Body = { readonly json: unknown; readonly isLarge: boolean };

/**
 * The message as JSON; no body is `{}`.
 *
 * @throws {MusterError} MESSAGE_TOO_LARGE; FIELD_INVALID for bytes that are no UTF-8, no JSON, or nest too deep.
 * @throws {HttpRefusal} 415, for another content type.
 */
export async function readBody(request: IncomingMessage): Promise<Body> {
  if (Number(request.headers["content-length"] ?? 0) > MESSAGE_BYTES_MAX) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MESSAGE_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  if (bytes === 0) return { json: {}, isLarge: false };
  checkContentType(request);
  const isLarge = bytes > OWN_TURN_BYTES;
  if (isLarge) await nextTurn();
  return { json: parseJson(Buffer.concat(chunks)), isLarge };
}

function checkContentType({ headers }: IncomingMessage): void {
  const type = headers["content-type"] ?? "";
  if (!/^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type)) {
    const rule = 'application/json (curl: -H "content-type: application/json")';
    throw new HttpRefusal(415, fieldInvalid("content-type", rule, type));
  }
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new HttpRefusal(415, fieldInvalid("content-encoding", "identity", encoding));
}

function parseJson(bytes: Buffer): unknown {
  checkJsonShape(bytes);
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
