// X-CLOCK: journal time never runs backwards, and forwards no faster than time passes: a wall clock that jumps moves it only
// when a service starts, by ten minutes at most.
import type { ServiceName } from "../observation.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "X-CLOCK";
const RESTART_GAP_MS_MAX = 600_000;
/** A machine's clock may drift by a twentieth. */
const DRIFT = 0.06;
/** A slow or full disk shows facts so much later than they were decided. */
const SLACK_MS = 60_000;

type Reading = {
  journalMs: number;
  /** Journal time is ahead of the simulation's by so much, as far as facts have shown. */
  aheadMs: number;
  atMs: number;
  restarts: number;
};

export function xClock(): Checker {
  const readings = new Map<ServiceName, Reading>();
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "acquired") {
        const reading = readings.get(observation.service);
        if (reading) reading.restarts += 1;
      }
      if (observation.type !== "matcher-fact" && observation.type !== "fleet-fact") return;
      const service = observation.type === "matcher-fact" ? "matcher" : "fleet";
      const { journalMs, atMs } = observation;
      const aheadMs = journalMs - atMs;
      const before = readings.get(service);
      if (!before) {
        readings.set(service, { journalMs, aheadMs, atMs, restarts: 0 });
        return;
      }
      if (journalMs < before.journalMs) {
        throw new BrokenPromise(NAME, `the ${service}'s time went back by ${before.journalMs - journalMs} ms`);
      }
      const gainedMs = aheadMs - before.aheadMs;
      const mostMs = (atMs - before.atMs) * DRIFT + before.restarts * RESTART_GAP_MS_MAX + SLACK_MS;
      if (gainedMs > mostMs) {
        throw new BrokenPromise(NAME, `the ${service}'s time gained ${Math.round(gainedMs)} ms on everybody's`);
      }
      before.journalMs = journalMs;
      if (gainedMs < 0) return; // Told late: how far ahead it is was known better.
      Object.assign(before, { aheadMs, atMs, restarts: 0 });
    },
  };
}
