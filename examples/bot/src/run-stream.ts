// The stream of bots: starts them at their rate until it is called off, or the backend has been away for too long.
import { setTimeout as sleep } from "node:timers/promises";
import type { BackendClient } from "./backend-client.ts";
import { type Arrivals, planArrivals } from "./core/arrivals.ts";
import { drawPlan, type Ways } from "./core/plan.ts";
import { createRandom } from "./core/random.ts";
import { type BotEvent, runBot } from "./run-bot.ts";

export type StreamOptions = {
  readonly backend: BackendClient;
  readonly seed: number;
  readonly ways: Ways;
  readonly playersPerSecond: number;
  /** Bots at once. */
  readonly playersMax: number;
  /** A backend that is away for so long is not coming back, in ms. */
  readonly backendGoneMs: number;
  readonly tell: (player: string, event: BotEvent) => void;
};

/** How often the stream looks whether the backend is still there, in ms, however seldom bots come. */
const LOOK_EVERY_MS = 1_000;

/** Resolves when every bot is gone: "called-off" after an abort of `signal`, else "backend-gone". */
export async function runStream(options: StreamOptions, signal: AbortSignal): Promise<"called-off" | "backend-gone"> {
  const { backend, seed, ways, playersPerSecond, playersMax, backendGoneMs, tell } = options;
  const random = createRandom(seed);
  const running = new Set<Promise<void>>();
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  let arrivals: Arrivals = { startedAtMs: performance.now(), due: 0 };
  let count = 0;

  const startBot = () => {
    count += 1;
    const plan = drawPlan(random, `bot-${seed}-${count}`, ways);
    const world = { backend, random: createRandom(seed + count), tell: (event: BotEvent) => tell(plan.player, event) };
    const life = runBot(plan, world, ended).finally(() => running.delete(life));
    running.add(life);
  };

  while (!ended.aborted) {
    const nowMs = performance.now();
    if (nowMs - (backend.awaySinceMs ?? nowMs) > backendGoneMs) stop.abort();
    const limits = { perSecond: playersPerSecond, running: running.size, runningMax: playersMax };
    const { start, next, waitMs } = planArrivals(arrivals, nowMs, limits);
    arrivals = next;
    for (let i = 0; i < start && !ended.aborted; i += 1) startBot();
    await sleep(Math.min(waitMs, LOOK_EVERY_MS), undefined, { signal: ended }).catch(() => undefined); // An abort ends the loop.
  }
  await Promise.all(running);
  return signal.aborted ? "called-off" : "backend-gone";
}
