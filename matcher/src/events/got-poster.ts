// Requests with events over HTTP(S). The host's name is looked up by us and the address that was judged is the one that is dialled;
// redirects are not followed, and little of an answer is read. A connection that broke under a request is tried again at once:
// receivers close idle ones at any time. Everything else is the courier's to repeat.
import { lookup } from "node:dns";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import got, { type Got, RequestError, type Response } from "got";
import pRetry from "p-retry";
import type { DialRules } from "./dial-rules.ts";
import { type EventAnswer, type EventRequest, type Poster, UrlRefused } from "./poster.ts";

/** From the dial to the end of the answer, in ms. */
const ANSWER_WITHIN_MS = 10_000;
/** Bytes of an answer that are read: nothing in it matters. */
const ANSWER_BYTES_MAX = 4_096;
/** Connections to one host, idle ones included: as many as all targets there may use at once. */
const SOCKETS_PER_HOST_MAX = 256;
/** Repeats of a request whose connection broke, and the first wait before one, in ms. */
const BROKEN_RETRIES = 2;
const BROKEN_WAIT_MS = 50;

export type GotPoster = Poster & AsyncDisposable;

export function createGotPoster(rules: DialRules, certificates?: string): GotPoster {
  const agents = {
    http: new HttpAgent({ keepAlive: true, maxSockets: SOCKETS_PER_HOST_MAX }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS_PER_HOST_MAX, minVersion: "TLSv1.2" }),
  };
  const client: Got = got.extend({
    method: "POST",
    agent: agents,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { request: ANSWER_WITHIN_MS },
    decompress: false,
    ...(certificates === undefined ? {} : { https: { certificateAuthority: certificates } }),
  });

  const postOnce = async (
    { url, headers, body, answerBytesMax }: EventRequest,
    signal: AbortSignal,
  ): Promise<EventAnswer> => {
    const parsed = rules.checkUrl(url); // An address that stands in the URL is not looked up: it is judged here.
    // A signal of its own: the client goes on listening to it when the request is over.
    const over = new AbortController();
    const abort = () => over.abort(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    const stream = client.stream(url, {
      headers: { ...headers },
      body,
      signal: over.signal,
      dnsLookup: judgedLookup(rules, parsed) as never,
    });
    let answer: EventAnswer | undefined;
    stream.on("response", ({ statusCode, headers: answered }: Response) => {
      answer = { status: statusCode, retryAfterMs: readRetryAfter(answered["retry-after"]) };
    });
    stream.on("error", () => undefined); // The loop throws it; one that comes after the answer is of no interest.
    let bytes = 0;
    const read: Uint8Array[] = [];
    try {
      for await (const chunk of stream) {
        bytes += chunk.length;
        if (answerBytesMax !== undefined) {
          if (bytes > answerBytesMax) throw new Error(`The answer has more than ${answerBytesMax} bytes`);
          read.push(chunk);
        } else if (bytes > ANSWER_BYTES_MAX) break; // Which ends the connection: the status is all that counts.
      }
    } finally {
      signal.removeEventListener("abort", abort);
    }
    if (!answer) throw new Error("The receiver closed the connection without an answer");
    return answerBytesMax === undefined ? answer : { ...answer, body: Buffer.concat(read).toString("utf8") };
  };

  return {
    check: (url) => void rules.checkUrl(url),
    post: (request, signal) =>
      pRetry(() => postOnce(request, signal), {
        retries: BROKEN_RETRIES,
        minTimeout: BROKEN_WAIT_MS,
        randomize: true,
        // Not its own `signal`: it would leave a request behind that nobody waits for.
        shouldRetry: ({ error }) => !signal.aborted && isBrokenConnection(error),
      }),
    async [Symbol.asyncDispose]() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** A lookup that answers with addresses that have been judged, and fails if one of them may not be dialled. */
function judgedLookup(rules: DialRules, url: URL): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "");
      try {
        for (const { address } of addresses) rules.checkAddress(url, address);
      } catch (refusal) {
        return callback(refusal as Error, "");
      }
      const [first] = addresses;
      if (options.all || !first) callback(null, addresses as never);
      else callback(null, first.address, first.family);
    });
  };
}

function isBrokenConnection(error: unknown): boolean {
  if (error instanceof UrlRefused) return false;
  return error instanceof RequestError && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

/** Seconds, as 429 and 503 bring them; a date is left unread: the receiver's clock is another. */
function readRetryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}
