// X-CLOCK: journal time never runs backwards, and forwards no faster than time passes: a wall clock that jumps moves it only
// when a service starts, by ten minutes at most.
import type { ServiceName } from "../observation.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "X-CLOCK";
const RESTART_GAP_MS_MAX = 600_000;
/** A machine's clock may drift by a twentieth. */
const DRIFT = 1.06;
const SLACK_MS = 1_000;

type Reading = { readonly journalMs: number; readonly atMs: number };

export function xClock(): Checker {
  const last = new Map<ServiceName, Reading>();
  /** Services that started since their last fact. */
  const restarted = new Map<ServiceName, number>();
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "acquired") {
        restarted.set(observation.service, (restarted.get(observation.service) ?? 0) + 1);
      }
      if (observation.type !== "matcher-fact" && observation.type !== "fleet-fact") return;
      const service = observation.type === "matcher-fact" ? "matcher" : "fleet";
      const { journalMs, atMs } = observation;
      const before = last.get(service);
      const passedMs = before ? journalMs - before.journalMs : 0;
      if (passedMs < 0) throw new BrokenPromise(NAME, `the ${service}'s time went back by ${-passedMs} ms`);
      const restarts = restarted.get(service) ?? 0;
      const mostMs = before ? (atMs - before.atMs) * DRIFT + restarts * RESTART_GAP_MS_MAX + SLACK_MS : passedMs;
      if (passedMs > mostMs) {
        throw new BrokenPromise(
          NAME,
          `the ${service}'s time went on by ${passedMs} ms in at most ${Math.round(mostMs)}`,
        );
      }
      last.set(service, { journalMs, atMs });
      restarted.delete(service);
    },
  };
}
