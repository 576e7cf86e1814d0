// A receiver of events in the test's hand: keeps what it is sent, and answers as it is told.
import { abortError, type Clock } from "@muster/kit";
import type { EventAnswer, EventRequest, Poster } from "./poster.ts";

export type ReceivedEvent = {
  readonly id: string;
  readonly type: string;
  readonly number: number;
  readonly data: {
    readonly ticket?: { readonly ticketId: string };
    readonly session?: { readonly battleSessionId: string; readonly backfill?: { readonly state: string } };
    readonly target?: { readonly name: string };
    readonly party?: { readonly partyId: string; readonly change: { readonly type: string } };
    readonly duplicate?: { readonly ticketId: string };
  };
};

export type ScriptedPoster = Poster & {
  /** Every request, in the order in which they came. */
  readonly requests: EventRequest[];
  /** Events of requests that were answered with 2xx, repeats among them. */
  readonly taken: ReceivedEvent[];
  /** How each URL answers: a status, "silence" for none, "away" for a broken connection. Default: 204. */
  readonly answers: Map<string, number | "silence" | "away">;
  /** How long an answer takes, in ms. Default 0. */
  delayMs: number;
  /** What it asks for beside an answer that is no 2xx, in ms. Default: nothing. */
  retryAfterMs: number | undefined;
};

export function createScriptedPoster(clock: Pick<Clock, "sleep">): ScriptedPoster {
  const poster: ScriptedPoster = {
    requests: [],
    taken: [],
    answers: new Map(),
    delayMs: 0,
    retryAfterMs: undefined,
    check: () => undefined,
    async post(request, signal): Promise<EventAnswer> {
      poster.requests.push(request);
      const answer = poster.answers.get(request.url) ?? 204;
      if (poster.delayMs > 0) await clock.sleep(poster.delayMs, signal);
      if (answer === "away") throw new Error("connect ECONNREFUSED");
      if (answer === "silence") {
        await clock.sleep(10_000, signal);
        throw abortError("No answer within 10 s");
      }
      if (answer >= 200 && answer < 300) poster.taken.push(...eventsOf(request));
      return { status: answer, retryAfterMs: poster.retryAfterMs };
    },
  };
  return poster;
}

/** The events of a request, one or several. */
export function eventsOf({ body }: EventRequest): readonly ReceivedEvent[] {
  const document = JSON.parse(body);
  return Array.isArray(document.events) ? document.events : [document];
}
