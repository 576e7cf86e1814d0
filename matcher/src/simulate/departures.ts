// Who leaves a battle by and by: players whose event says how long they stay, once they have a seat.
import type { SimulationEvent } from "./simulation-event.ts";
import type { SimulationFact } from "./simulation-fact.ts";

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
  /** The latest first, so that the next one is at the end. */
  const waiting: Departure[] = [];

  const add = (departure: Departure) => {
    let low = 0;
    let high = waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((waiting[middle]?.atMs ?? 0) > departure.atMs) low = middle + 1;
      else high = middle;
    }
    waiting.splice(low, 0, departure);
  };
  return {
    arrive({ op, players }) {
      if (op !== "start" || !Array.isArray(players)) return;
      for (const { playerId, staySeconds } of players.filter(
        (player) => typeof player === "object" && player !== null,
      )) {
        if (typeof playerId === "string" && typeof staySeconds === "number") stays.set(playerId, staySeconds);
      }
    },
    seat(fact) {
      if (fact.type !== "MatchFormed") return;
      for (const { playerId } of Object.values(fact.teams).flat()) {
        const staySeconds = stays.get(playerId);
        if (staySeconds === undefined) continue;
        const atMs = Math.round((fact.at + staySeconds) * 1_000);
        add({ atMs, battleSessionId: fact.battleSessionId ?? fact.matchId, playerId });
      }
    },
    nextAtMs: () => waiting.at(-1)?.atMs,
    takeDue(nowMs) {
      const due: Departure[] = [];
      for (let next = waiting.at(-1); next && next.atMs <= nowMs; next = waiting.at(-1)) {
        waiting.pop();
        due.push(next);
      }
      return due;
    },
  };
}
