// What the players of a placement have measured of a region, in the two figures that queues go by.
import { limits } from "@muster/proto";

export type Measured = { readonly latenciesMs: Readonly<Record<string, number>> };

export type RegionLatency = {
  /** Of all players, in ms; who has measured nothing there counts with the most that can be reported. */
  readonly averageMs: number;
  /** Of the player who is furthest away, in ms. Infinite if somebody has measured nothing there. */
  readonly worstMs: number;
};

/** Whether latencies have a say: somebody has measured something. */
export function bringsLatencies(players: readonly Measured[]): boolean {
  return players.some(({ latenciesMs }) => Object.keys(latenciesMs).length > 0);
}

// A request is never written, and asked about at every look for a process: with thousands of players each region is added up once.
const known = new WeakMap<readonly Measured[], Map<string, RegionLatency>>();

/** Of at least one player. */
export function latencyIn(players: readonly Measured[], region: string): RegionLatency {
  const ofRequest = known.get(players) ?? new Map<string, RegionLatency>();
  known.set(players, ofRequest);
  const before = ofRequest.get(region);
  if (before) return before;
  let sumMs = 0;
  let worstMs = 0;
  for (const { latenciesMs } of players) {
    const measured = Object.hasOwn(latenciesMs, region) ? latenciesMs[region] : undefined;
    sumMs += measured ?? limits.LATENCY_MS_MAX;
    worstMs = Math.max(worstMs, measured ?? Number.POSITIVE_INFINITY);
  }
  const latency = { averageMs: sumMs / players.length, worstMs };
  ofRequest.set(region, latency);
  return latency;
}
