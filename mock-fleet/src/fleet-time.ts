// Time that somebody drives, for a fleet whose servers are all simulated: it stands still until it is told to move, then goes from
// one thing that is due to the next, and lets the fleet write down and carry out each before it goes on.
import type { Clock } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";

export interface FleetTime {
  readonly clock: Clock;
  /** How far it was moved since the fleet started, in ms. */
  readonly passedMs: number;
  /** Moves it; resolves when everything that was due has happened. One after another. */
  advance(byMs: number): Promise<void>;
}

/** Standing at the machine's time. `untilQuiet` resolves when nothing is under way any more. */
export function createFleetTime(machine: Clock, untilQuiet: () => Promise<void>): FleetTime {
  const startMs = machine.nowMs();
  const startWallMs = machine.wallMs();
  const virtual = createVirtualClock(startMs);
  let moving: Promise<void> = Promise.resolve();

  const move = async (byMs: number) => {
    const untilMs = virtual.nowMs() + byMs;
    await untilQuiet();
    for (let nextMs = virtual.nextMs; nextMs !== undefined && nextMs <= untilMs; nextMs = virtual.nextMs) {
      await virtual.advance(Math.max(nextMs - virtual.nowMs(), 0));
      await untilQuiet();
    }
    await virtual.advance(untilMs - virtual.nowMs());
  };
  return {
    clock: {
      nowMs: () => virtual.nowMs(),
      wallMs: () => startWallMs + virtual.nowMs() - startMs,
      // What is due now does not wait for somebody to move the time.
      sleep: (delayMs, signal) => (delayMs <= 0 ? machine.sleep(0, signal) : virtual.sleep(delayMs, signal)),
    },
    get passedMs() {
      return virtual.nowMs() - startMs;
    },
    advance(byMs) {
      moving = moving.then(() => move(byMs));
      return moving;
    },
  };
}
