import { expect, test } from "vitest";
import type { BackendClient } from "./backend-client.ts";
import { USUAL_SHARES, USUAL_STAY } from "./core/plan.ts";
import { createRandom } from "./core/random.ts";
import type { BotEvent } from "./run-bot.ts";
import { runStream } from "./run-stream.ts";

/** A backend that refuses nobody and seats nobody. */
function createBackend(awaySinceMs?: number): BackendClient {
  const cancelled = { phase: "ended", ticketId: "t", state: "CANCELLED" } as const;
  return {
    awaySinceMs,
    start: async () => ({ phase: "waiting", ticketId: "t" }),
    follow: (_, signal) =>
      new Promise((_resolve, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
    cancel: async () => cancelled,
  };
}

function startStream(backend: BackendClient, playersMax: number, stopAfter: number) {
  const stop = new AbortController();
  const events: string[] = [];
  const tell = (player: string, { type }: BotEvent) => {
    events.push(`${player} ${type}`);
    if (type === "asked" && events.length === stopAfter) stop.abort();
  };
  const ways = { shares: USUAL_SHARES, stayMs: USUAL_STAY };
  const options = { backend, seed: 7, ways, playersPerSecond: 500, playersMax, backendGoneMs: 1_000, tell };
  return { end: runStream(options, stop.signal), events };
}

test("runStream() starts bots one after the other, and takes them all back when it is called off", async () => {
  const { end, events } = startStream(createBackend(), 100, 3);
  expect(await end).toBe("called-off");
  expect(events.slice(0, 3)).toEqual(["bot-7-1 asked", "bot-7-2 asked", "bot-7-3 asked"]);
  const asked = events.filter((event) => event.endsWith("asked")).length;
  expect(events.filter((event) => event.endsWith("cancelled"))).toHaveLength(asked);
});

test("runStream() gives up when the backend has been away for too long", async () => {
  const { end } = startStream(createBackend(performance.now() - 2_000), 100, -1);
  expect(await end).toBe("backend-gone");
});

test("a seed sends the same bots", () => {
  const [one, other] = [createRandom(5), createRandom(5)];
  expect(Array.from({ length: 9 }, () => one.fraction())).toEqual(Array.from({ length: 9 }, () => other.fraction()));
});
