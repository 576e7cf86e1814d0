// A stream of messages as server-sent events: each the whole message as JSON, named by a place that the reader can come back to.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { MusterError } from "../muster-error.ts";
import { writeHttpError } from "./http-error.ts";

/** How long a reader waits before it comes back, in ms: it is on this machine. */
const RETRY_MS = 500;
/** How often a quiet stream says that it lives, in ms. */
const COMMENT_MS = 15_000;
/** How long a reader may take nothing before it is cut off, in ms. It comes back and goes on where it was. */
export const STALL_MS = 10_000;

export interface EventStream {
  /** Sends one message. Waits for a reader that is slower; rejects with OVERLOADED when it takes nothing at all. */
  send(json: string, id: string | undefined): Promise<void>;
  /** Ends the stream with an `error` event. */
  fail(error: MusterError): void;
  end(): void;
}

/** Begins the answer. */
export function openEventStream(response: ServerResponse): EventStream {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(`retry: ${RETRY_MS}\n\n`);
  const comments = setInterval(() => {
    if (!response.writableNeedDrain) response.write(":\n\n");
  }, COMMENT_MS);
  response.once("close", () => clearInterval(comments));
  return {
    async send(json, id) {
      const place = id === undefined ? "" : `id: ${id}\n`;
      if (!response.write(`${place}data: ${json}\n\n`)) await drained(response);
    },
    fail(error) {
      response.end(`event: error\ndata: ${JSON.stringify(writeHttpError(error))}\n\n`);
    },
    end: () => void response.end(),
  };
}

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), STALL_MS);
  const stop = () => stalled.abort();
  response.once("close", stop);
  try {
    await once(response, "drain", { signal: stalled.signal });
  } catch (error) {
    if (response.destroyed) return;
    response.destroy();
    const why = `Cannot send more as the reader took nothing for ${STALL_MS} ms`;
    throw new MusterError("OVERLOADED", why, { metadata: { limit: String(STALL_MS) }, cause: error });
  } finally {
    clearTimeout(timer);
    response.off("close", stop);
  }
}
