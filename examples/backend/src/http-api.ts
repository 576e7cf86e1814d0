// The backend's HTTP API for game clients:
//   POST   /matchmaking               {player, skill?, mode?} → 201 with the ticket
//   GET    /matchmaking/ID?wait=20    → 200 with the ticket, once it has ended or the wait is over
//   DELETE /matchmaking/ID            → 200 cancelled; 409 with the ticket if it has its match already
//   GET    /matchmaking/ID/live       → a WebSocket with every step of the ticket: socket-api.ts
//   POST   /muster/events             → what the matcher pushes: not for game clients, who have no secret to sign with
//   GET    /healthz                   → 200
// `Authorization: Bearer KEY` says who asks; a first POST may come without and is given a key. `Idempotency-Key` names a
// POST, so that it can be repeated. Errors are {"error": {reason, message, field?}}.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { MusterError } from "@muster/sdk/backend";
import { RequestError } from "./core/request-error.ts";
import { parseStartRequest, parseWaitSeconds } from "./core/start-request.ts";
import { statusOf } from "./core/status-of.ts";
import type { TicketView } from "./core/ticket-view.ts";
import type { TicketDesk } from "./ports.ts";
import { readBody } from "./read-body.ts";
import { drawClientKey, drawRequestKey, isClientKey, ownsTicket, writeTicketId } from "./ticket-id.ts";

/** What one request may ask of the matcher, in ms, beside a wait of the client's own. */
const CALL_MS = 10_000;

/** Clients that wait at once, each a call to the matcher. */
export const WAITING_MAX = 1_000;

export type HttpApiOptions = {
  readonly desk: TicketDesk;
  /** Takes what is posted to /muster/events, and answers it. Undefined: there is no such path. */
  readonly onEvents?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Hears of faults that are nobody's input. */
  readonly onFault: (error: unknown) => void;
};

/** A server that is not listening yet. */
export function createHttpApi({ desk, onEvents, onFault }: HttpApiOptions): Server {
  let waiting = 0;

  async function answer(request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const url = new URL(request.url ?? "/", "http://backend");
    if (url.pathname === "/healthz")
      return requireMethod(request, ["GET"], () => ({ status: 200, body: { ok: true } }));
    if (url.pathname === "/matchmaking") return requireMethod(request, ["POST"], () => start(request, signal));
    const ticketId = /^\/matchmaking\/([A-Za-z0-9_.:-]{1,128})$/.exec(url.pathname)?.[1];
    if (ticketId === undefined) throw new RequestError("PATH_UNKNOWN", "Cannot find anything at this path");
    return requireMethod(request, ["GET", "DELETE"], () => {
      requireOwner(request, ticketId);
      return request.method === "GET"
        ? follow(ticketId, url.searchParams.get("wait"), signal)
        : cancel(ticketId, signal);
    });
  }

  async function start(request: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const known = readClientKey(request);
    const clientKey = known ?? drawClientKey();
    const ticketId = writeTicketId(clientKey, readRequestKey(request));
    const asked = parseStartRequest(await readBody(request));
    const ticket = await desk.start(ticketId, asked, limit(signal, CALL_MS));
    return { status: 201, body: known === undefined ? { ...ticket, clientKey } : ticket };
  }

  async function follow(ticketId: string, wait: string | null, signal: AbortSignal): Promise<Answer> {
    const seconds = parseWaitSeconds(wait);
    if (seconds > 0) {
      if (waiting >= WAITING_MAX) {
        throw new RequestError(
          "OVERLOADED",
          `Cannot wait for the ticket as ${WAITING_MAX} may: ${waiting} wait already`,
        );
      }
      waiting += 1;
      const patience = AbortSignal.timeout(seconds * 1_000);
      try {
        return { status: 200, body: await desk.follow(ticketId, AbortSignal.any([signal, patience])) };
      } catch (error) {
        if (!patience.aborted) throw error;
      } finally {
        waiting -= 1;
      }
    }
    return { status: 200, body: await desk.describe(ticketId, limit(signal, CALL_MS)) };
  }

  async function cancel(ticketId: string, signal: AbortSignal): Promise<Answer> {
    try {
      return { status: 200, body: await desk.cancel(ticketId, limit(signal, CALL_MS)) };
    } catch (error) {
      if (!(error instanceof MusterError) || error.reason !== "TICKET_ALREADY_MATCHED") throw error;
      const ticket = await desk.describe(ticketId, limit(signal, CALL_MS));
      return { status: 409, body: { ...ticket, error: { reason: error.reason, message: error.message } } };
    }
  }

  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8_192 });
  server.on("request", (request, response) => {
    if (onEvents && request.method === "POST" && request.url === "/muster/events") {
      onEvents(request, response).catch(onFault);
      return;
    }
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    answer(request, gone.signal)
      .catch((error: unknown) => answerToError(error, gone.signal.aborted ? () => undefined : onFault))
      .then((reply) => send(response, reply, !request.complete))
      .catch(onFault);
  });
  return server;
}

type Answer = { readonly status: number; readonly body: object; readonly headers?: Readonly<Record<string, string>> };

type Maker = () => Answer | Promise<Answer>;

async function requireMethod(request: IncomingMessage, methods: readonly string[], make: Maker): Promise<Answer> {
  if (methods.includes(request.method ?? "")) return await make();
  const message = `Cannot do ${request.method} here: the methods are ${methods.join(", ")}`;
  const { status, body } = answerToError(new RequestError("METHOD_UNKNOWN", message), () => undefined);
  return { status, body, headers: { allow: methods.join(", ") } };
}

function readClientKey(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  const key = /^Bearer (.+)$/.exec(header)?.[1];
  if (key !== undefined && isClientKey(key)) return key;
  throw new RequestError(
    "FIELD_INVALID",
    "Cannot read authorization as Bearer and 43 of A-Z a-z 0-9 _ -: it has another form",
    "authorization",
  );
}

function readRequestKey(request: IncomingMessage): string {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return drawRequestKey();
  if (typeof key === "string" && /^[\x21-\x7e]{1,128}$/.test(key)) return key;
  throw new RequestError(
    "FIELD_INVALID",
    "Cannot read idempotency-key as 1 to 128 visible ASCII characters: it has others, or more",
    "idempotency-key",
  );
}

function requireOwner(request: IncomingMessage, ticketId: string): void {
  const key = readClientKey(request);
  if (key === undefined) {
    throw new RequestError(
      "CLIENT_KEY_MISSING",
      "Cannot show a ticket without its client's key: authorization is missing",
    );
  }
  if (!ownsTicket(key, ticketId))
    throw new RequestError("TICKET_NOT_FOUND", "Cannot find such a ticket of this client");
}

function answerToError(error: unknown, onFault: (error: unknown) => void): Answer {
  if (error instanceof RequestError) {
    const { status, reason, message, field } = error;
    return { status, body: { error: { reason, message, ...(field === undefined ? {} : { field }) } } };
  }
  if (error instanceof MusterError) {
    const { status, field } = statusOf(error);
    if (status >= 500) onFault(error);
    const { reason, message } = error;
    return { status, body: { error: { reason, message, ...(field === undefined ? {} : { field }) } } };
  }
  onFault(error);
  return {
    status: 500,
    body: { error: { reason: "INTERNAL_FAULT", message: "Cannot answer as something is broken here" } },
  };
}

/** A request whose body was not read to its end closes the connection: nobody knows where the next one would start. */
function send(response: ServerResponse, { status, body, headers }: Answer, unread: boolean): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body satisfies TicketView | object);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...(status === 429 || status === 503 ? { "retry-after": "1" } : {}),
    ...(unread ? { connection: "close" } : {}),
    ...headers,
  });
  response.end(text);
}

function limit(signal: AbortSignal, timeoutMs: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
}
