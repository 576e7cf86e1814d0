// L-SHED: what is too much is refused before anything is done, with a hint when to come again; never more than there is room for, and
// never whoever has come seldom, nor whoever keeps battles going; and room that was taken is given back.
import { BrokenPromise } from "../sim/checkers/checker.ts";
import { judge } from "./check-tenant.ts";
import type { GivenKey, Seen, Visit } from "./seen.ts";

const NAME = "L-SHED";
/** How long a stream may go on whose key no longer counts, in ms. */
const CUT_OFF_WITHIN_MS = 20;

export type ShedLimits = {
  readonly callsMax: number;
  readonly streamsMax: number;
  readonly perSecond: number;
  readonly burst: number;
};

type Inside = { readonly visit: Visit; readonly hasOwnLane: boolean; readonly key: GivenKey | undefined };

export function createShedChecker({ callsMax, streamsMax, perSecond, burst }: ShedLimits): (seen: Seen) => void {
  let keys: ReadonlyMap<string, GivenKey> = new Map();
  const inside = new Map<string, Inside>();
  const arrivals = new Map<string, number[]>();
  const letThrough = new Map<string, number[]>();
  const room = { calls: 0, streams: 0 };
  const roomAtArrival = new Map<string, boolean>();
  const revokedAtMs = new Map<string, number>();
  const broken = (why: string) => new BrokenPromise(NAME, why);
  const laneOf = ({ isStream }: Visit) => (isStream ? "streams" : "calls");
  const isFull = (visit: Visit) => room[laneOf(visit)] >= (visit.isStream ? streamsMax : callsMax);
  const whose = (key: GivenKey) => `${key.project}/${key.name}`;
  const note = (book: Map<string, number[]>, name: string, atMs: number) =>
    book.set(name, [...(book.get(name) ?? []), atMs]);

  /** Of any stretch of time up to now, no more than its burst and what came again in it. */
  const checkRate = (name: string, atMs: number) => {
    const times = letThrough.get(name) ?? [];
    for (const [index, sinceMs] of times.entries()) {
      const count = times.length - index;
      const most = burst + ((atMs - sinceMs) * perSecond) / 1_000;
      if (count > most + 1e-6) throw broken(`${name} was let through ${count} times in ${atMs - sinceMs} ms`);
    }
  };
  const checkRefusal = (visit: Visit, metadata: Readonly<Record<string, string>>, atMs: number) => {
    if (!(Number(metadata.retryAfterMs) > 0))
      throw broken(`${visit.method} is refused without a hint when to come again`);
    const verdict = judge(keys, visit);
    if ("refused" in verdict) return;
    const key = keys.get(visit.key);
    const wasFull = roomAtArrival.get(visit.id) === true;
    const isOfRoom = metadata.limit === String(visit.isStream ? streamsMax : callsMax);
    if (isOfRoom && verdict.role === "GAME_SERVER") {
      throw broken(`${visit.method} of a game server is refused for want of room, and has a lane of its own`);
    }
    const fullAgainMs = (burst / perSecond) * 1_000;
    const lately = (arrivals.get(key ? whose(key) : "") ?? []).filter((time) => time >= atMs - fullAgainMs);
    if (!wasFull && lately.length <= burst) {
      throw broken(
        `${visit.method} of ${key && whose(key)} is refused: there was room, and it came ${lately.length} times lately`,
      );
    }
  };
  return (seen) => {
    const { atMs } = seen;
    for (const { visit, key } of inside.values()) {
      const sinceMs = revokedAtMs.get(visit.key);
      if (key && visit.isStream && sinceMs !== undefined && atMs > sinceMs + CUT_OFF_WITHIN_MS) {
        throw broken(`a stream goes on ${atMs - sinceMs} ms after its key was taken out`);
      }
    }
    switch (seen.type) {
      case "keys": {
        const next = new Map(seen.keys.map((one) => [one.key, one]));
        for (const key of keys.keys()) if (!next.has(key)) revokedAtMs.set(key, atMs);
        keys = next;
        return;
      }
      case "arrived": {
        const key = keys.get(seen.visit.key);
        if (key && !("refused" in judge(keys, seen.visit))) note(arrivals, whose(key), atMs);
        roomAtArrival.set(seen.visit.id, isFull(seen.visit));
        return;
      }
      case "reached": {
        const { visit } = seen;
        const key = keys.get(visit.key);
        const hasOwnLane = seen.role === "GAME_SERVER" || seen.role === "MATCHER";
        inside.set(visit.id, { visit, hasOwnLane, key });
        if (key) {
          note(letThrough, whose(key), atMs);
          checkRate(whose(key), atMs);
        }
        if (hasOwnLane) return;
        if (isFull(visit)) throw broken(`${visit.method} is let through, and there is no room`);
        room[laneOf(visit)] += 1;
        return;
      }
      case "left": {
        const { visit } = seen;
        const one = inside.get(visit.id);
        inside.delete(visit.id);
        if (one && !one.hasOwnLane) room[laneOf(visit)] -= 1;
        if (seen.reason === "OVERLOADED") {
          if (one) throw broken(`${visit.method} is refused as too much after it was carried out`);
          checkRefusal(visit, seen.metadata, atMs);
        }
        roomAtArrival.delete(visit.id);
        return;
      }
      case "quiet":
        if (inside.size > 0) throw broken(`${inside.size} calls are inside, and nobody calls`);
        return;
      case "told":
      case "fact":
        return;
    }
  };
}
