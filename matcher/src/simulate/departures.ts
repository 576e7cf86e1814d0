// Who leaves a battle by and by: players whose event says how long they stay, once they have a seat.
import type { SimulationEvent } from "./simulation-event.ts";
import type { SimulationFact } from "./simulation-fact.ts";
import { createTimeHeap } from "./time-heap.ts";

export type Departure = { readonly atMs: number; readonly battleSessionId: string; readonly playerId: string };

export interface Departures {
  /** Takes note of the players that `event` brings. */
  arrive(event: SimulationEvent): void;
  /** Takes note of who has been seated. */
  seat(fact: SimulationFact): void;
  /** When somebody leaves next, in ms; undefined: nobody does. */
  nextAtMs(): number | undefined;
  /** Who leaves at `nowMs` or earlier, in order; each is answered once. */
  takeDue(nowMs: number): readonly Departure[];
}

export function createDepartures(): Departures {
  const stays = new Map<string, number>();
  const waiting = createTimeHeap<Departure>();
  return {
    arrive({ op, players }) {
      if (op !== "start" || !Array.isArray(players)) return;
      for (const player of players) {
        if (typeof player !== "object" || player === null) continue;
        const { playerId, staySeconds } = player;
        if (typeof staySeconds === "number") stays.set(playerId, staySeconds);
        else stays.delete(playerId);
      }
    },
    seat(fact) {
      if (fact.type !== "MatchFormed") return;
      for (const { playerId } of Object.values(fact.teams).flat()) {
        const staySeconds = stays.get(playerId);
        if (staySeconds === undefined) continue;
        const atMs = Math.round((fact.at + staySeconds) * 1_000);
        waiting.add({ atMs, battleSessionId: fact.battleSessionId ?? fact.matchId, playerId });
      }
    },
    nextAtMs: () => waiting.first()?.atMs,
    takeDue(nowMs) {
      const due: Departure[] = [];
      for (let next = waiting.first(); next && next.atMs <= nowMs; next = waiting.first()) {
        waiting.dropFirst();
        due.push(next);
      }
      return due;
    },
  };
}
