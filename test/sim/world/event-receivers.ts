// Who is pushed the matcher's events: one target that is always there, and one that is slow, away, of two minds, or loses its answers.
// Each answers 2xx only after it has taken what it was sent, and no request is looked at twice.

import type { Clock } from "@muster/kit";
import type { EventAnswer, EventRequest, MatcherOptions, Poster } from "@muster/matcher";
import { createChance } from "../engine/chance.ts";
import type { Life } from "../engine/life.ts";
import type { PushedEvent } from "../observation.ts";
import { type Eyes, eyesOf } from "./eyes.ts";

export const EVENT_TARGETS = ["steady", "moody"] as const;

export interface EventReceivers {
  /** What a run of the matcher pushes to. */
  for(life: Life): NonNullable<MatcherOptions["events"]>;
  /** From now on everybody answers as they should. */
  heal(): void;
}

type Mood = "well" | "refuses" | "away" | "slow" | "loses its answer";
const MOODS: readonly Mood[] = ["well", "well", "well", "refuses", "away", "slow", "loses its answer"];
/** How long a mood lasts on average, in ms. */
const MOOD_MS = 3_000;
const ANSWER_MS_MAX = 30;
/** Longer than the poster waits. */
const SLOW_MS = 10_000;

export function createEventReceivers({
  seed,
  clock,
  eyes,
}: {
  readonly seed: number;
  readonly clock: Clock;
  readonly eyes: Eyes;
}): EventReceivers {
  const chance = createChance(seed, "event receivers");
  let mood: Mood = "well";
  let changesAtMs = 0;
  let isHealed = false;
  const presentMood = (): Mood => {
    if (isHealed) return "well";
    for (; clock.nowMs() >= changesAtMs; changesAtMs += chance.wait(MOOD_MS)) mood = chance.pick(MOODS);
    return mood;
  };
  const posterOf = (life: Life): Poster => {
    const { see } = eyesOf(life, eyes);
    const answer = async (request: EventRequest, signal: AbortSignal): Promise<EventAnswer> => {
      const target = new URL(request.url).hostname;
      const now = target === "moody" ? presentMood() : "well";
      const events = readPushed(request.body);
      if (now === "slow") await life.clock.sleep(SLOW_MS, signal);
      else await life.clock.sleep(chance.fraction() * ANSWER_MS_MAX, signal);
      const isTaken = now === "well" || now === "loses its answer";
      see({ type: "events-pushed", target, webhookId: request.headers["webhook-id"] ?? "", events, isTaken });
      if (now === "refuses") return { status: chance.pick([400, 429, 500, 503]), retryAfterMs: undefined };
      if (isTaken && now === "well") return { status: chance.pick([200, 204]), retryAfterMs: undefined };
      throw new Error(now);
    };
    return { check: () => undefined, post: answer };
  };
  const settings = { configurations: [], types: [], concurrency: 4, matchTokens: false };
  return {
    for: (life) => ({
      poster: posterOf(life),
      targets: EVENT_TARGETS.map((name, index) => ({
        settings: { ...settings, name, url: `https://${name}/`, eventsPerRequest: index === 0 ? 1 : 3 },
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      })),
    }),
    heal() {
      isHealed = true;
    },
  };
}

function readPushed(body: string): readonly PushedEvent[] {
  const document = JSON.parse(body);
  const events: readonly Omit<PushedEvent, "text">[] = Array.isArray(document.events) ? document.events : [document];
  return events.map(({ id, type, number, data }) => ({
    id,
    type,
    number,
    data,
    text: JSON.stringify({ id, type, data }),
  }));
}
