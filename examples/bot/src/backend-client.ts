// The backend over HTTP, as a game client talks to it: every call has a time limit and is repeated while the backend is
// away or busy. Repeats are safe: starting carries a request key, the rest changes nothing twice.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { drawBetween, type Random } from "./core/random.ts";
import { parseErrorReason, parseTicketAnswer, type TicketAnswer } from "./core/ticket-answer.ts";
import { followLive } from "./follow-live.ts";

/** A refusal of the backend's that repeating does not change. */
export class BackendRefusal extends Error {
  override readonly name = "BackendRefusal";
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(`Cannot go on as the backend refuses it: ${status} ${reason}`);
    this.reason = reason;
  }
}

export interface BackendClient {
  /** Asks to play. Each call is another request, which all its repeats share. */
  start(player: { readonly player: string; readonly skill: number }, signal: AbortSignal): Promise<TicketAnswer>;
  /** The ticket once it has ended, or after about 20 s as it stands. */
  follow(ticketId: string, signal: AbortSignal): Promise<TicketAnswer>;
  /** Takes the ticket back; the answer is its seat if that came too late. */
  cancel(ticketId: string, signal: AbortSignal): Promise<TicketAnswer>;
  /** Since when nothing but silence has come back, as `performance.now()` counts; undefined while the backend answers. */
  readonly awaySinceMs: number | undefined;
}

/** The longest that the backend holds a follow back, in seconds. */
const WAIT_SECONDS = 20;

/** What an answer may take on top of that, in ms. */
const ANSWER_MS = 10_000;

const BACKOFF_MS = { first: 200, max: 5_000 } as const;

export type BackendClientOptions = {
  /** The backend's, such as "http://127.0.0.1:7400". */
  readonly url: string;
  /** The matchmaking configuration to play in. */
  readonly mode: string;
  readonly random: Random;
};

/** A client with a key of its own: nobody else sees its tickets. */
export function createBackendClient({ url, mode, random }: BackendClientOptions): BackendClient {
  const clientKey = randomBytes(32).toString("base64url");
  let awaySinceMs: number | undefined;

  async function ask(method: string, path: string, options: { body?: unknown; key?: string }, signal: AbortSignal) {
    const headers: Record<string, string> = { authorization: `Bearer ${clientKey}` };
    if (options.key !== undefined) headers["idempotency-key"] = options.key;
    if (options.body !== undefined) headers["content-type"] = "application/json";
    const response = await fetch(new URL(path, url), {
      method,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(WAIT_SECONDS * 1_000 + ANSWER_MS)]),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const value: unknown = await response.json();
    awaySinceMs = undefined;
    return { status: response.status, value };
  }

  async function persist(...[method, path, options, signal]: Parameters<typeof ask>): Promise<TicketAnswer> {
    for (let pauseMs: number = BACKOFF_MS.first; ; pauseMs = Math.min(pauseMs * 2, BACKOFF_MS.max)) {
      const answer = await ask(method, path, options, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        awaySinceMs ??= performance.now();
        return { status: 503, value: error }; // Away, too slow, or talking something else: the same as busy.
      });
      // A cancel that came too late is a conflict, and says where the seat is.
      const ticket = answer.status < 300 || answer.status === 409 ? parseTicketAnswer(answer.value) : undefined;
      if (ticket) return ticket;
      if (answer.status < 500 && answer.status !== 429) {
        throw new BackendRefusal(answer.status, parseErrorReason(answer.value) ?? "UNKNOWN");
      }
      await sleep(drawBetween(random, pauseMs / 2, pauseMs), undefined, { signal });
    }
  }

  return {
    start: (player, signal) => {
      const key = randomBytes(16).toString("base64url");
      return persist("POST", "/matchmaking", { body: { ...player, mode }, key }, signal);
    },
    async follow(ticketId, signal) {
      // Told by the backend as it happens; asked again where that breaks off.
      const live = new URL(`/matchmaking/${ticketId}/live`, url);
      const told = await followLive(live, { clientKey, waitMs: WAIT_SECONDS * 1_000 }, signal);
      return told ?? (await persist("GET", `/matchmaking/${ticketId}?wait=${WAIT_SECONDS}`, {}, signal));
    },
    cancel: (ticketId, signal) => persist("DELETE", `/matchmaking/${ticketId}`, {}, signal),
    get awaySinceMs() {
      return awaySinceMs;
    },
  };
}
