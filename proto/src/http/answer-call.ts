// One call over HTTP: the handler's answer as JSON, or its stream as server-sent events.
import type { IncomingMessage, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import { CALL_DEADLINE_MS_DEFAULT } from "../limits.ts";
import { MusterError } from "../muster-error.ts";
import { nextTurn } from "../rpc/own-turn.ts";
import type { CallContext } from "../rpc/service.ts";
import { commonNameOf } from "../tls/tls-source.ts";
import { type EventStream, openEventStream } from "./event-stream.ts";
import { projectOf, type Route, tokenOf } from "./http-request.ts";
import { writeJsonMessage } from "./json-message.ts";
import { tokenResume } from "./resume-token.ts";

export type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

/** How long a stream that has nothing to say yet waits with its status, in ms: a refusal can still have one of its own. */
const STATUS_WAIT_MS = 1_000;

/** Rejects with what the handler threw; then nothing has been written. `isLarge`: its answer is written in a turn of its own. */
export async function answerUnary(
  route: Route,
  message: unknown,
  { request, response, isLarge }: Exchange & { readonly isLarge: boolean },
): Promise<void> {
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
    if (isLarge) await nextTurn();
    writeJson(response, 200, writeJsonMessage(route.method.responseType, answered));
  } finally {
    clearTimeout(late);
    gone();
  }
}

/** Rejects with what the handler threw; once `onOpen` has been called, the stream has begun. */
export async function answerStream(
  route: Route,
  message: unknown,
  { request, response, onOpen }: Exchange & { readonly onOpen: (stream: EventStream) => void },
): Promise<void> {
  const controller = new AbortController();
  const gone = goneWith(response, controller);
  const resume = route.implementation.resumes?.[route.name] ?? tokenResume(message);
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

/** Answers with `json`. */
export function writeJson(response: ServerResponse, status: number, json: string): void {
  const body = `${json}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  });
  response.end(body);
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

/** The common name of the certificate that the connection's caller has proven to hold, where an authority of ours vouches for it. */
export function certificateOf({ socket }: IncomingMessage): string | undefined {
  return socket instanceof TLSSocket && socket.authorized ? commonNameOf(socket.getPeerCertificate()) : undefined;
}

function contextOf(request: IncomingMessage, signal: AbortSignal): CallContext {
  const { remoteAddress, remotePort } = request.socket;
  return {
    signal,
    token: tokenOf(request),
    peer: remoteAddress === undefined ? "unix" : `${remoteAddress}:${remotePort}`,
    certificate: certificateOf(request),
    ...projectOf(request),
  };
}
