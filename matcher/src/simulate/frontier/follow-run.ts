// The matches of one run, gathered from what the simulation tells and from who came: who sat with whom, and how long each
// ticket had waited.
import { invariant } from "@muster/kit";
import { parseId, parsePlayerId, type TicketId } from "@muster/proto";
import type { SeatedPlayer, SeatedTeam } from "@muster/rules";
import type { ArrivalEvent } from "../population/generate-arrivals.ts";
import type { SimulationFact } from "../simulation-fact.ts";

/** A match as it forms, or a battle after a fill. */
export type FollowedMatch = {
  /** Of each ticket that came with it. */
  readonly waitsSeconds: readonly number[];
  /** Everybody in it. */
  readonly teams: readonly SeatedTeam[];
};

export interface RunFollower {
  /** Takes note of the next fact; answers a match or fill, if it is one. */
  follow(fact: SimulationFact): FollowedMatch | undefined;
}

type Arrival = { readonly at: number; readonly players: ReadonlyMap<string, SeatedPlayer> };

/** Follows a run of `events`, which has to be told every fact in order. */
export function followRun(events: readonly ArrivalEvent[]): RunFollower {
  const arrivals = arrivalsOf(events);
  /** Rosters by battle session, or by match where there is no session. */
  const battles = new Map<string, Map<string, readonly SeatedPlayer[]>>();
  return {
    follow(fact) {
      if (fact.type === "PlayerLeft") {
        const battle = battles.get(fact.battleSessionId);
        for (const [team, players] of battle ?? []) {
          battle?.set(
            team,
            players.filter(({ playerId }) => playerId !== fact.playerId),
          );
        }
      }
      if (fact.type !== "MatchFormed") return undefined;
      const id = fact.battleSessionId ?? fact.matchId;
      const battle = battles.get(id) ?? new Map<string, readonly SeatedPlayer[]>();
      battles.set(id, battle);
      const tickets = new Map<string, Arrival>();
      for (const [team, seats] of Object.entries(fact.teams)) {
        const added = seats.map(({ ticketId, playerId }) => {
          const arrival = arrivals.get(ticketId);
          const player = arrival?.players.get(playerId);
          invariant(arrival && player, "whoever is matched has come");
          tickets.set(ticketId, arrival);
          return player;
        });
        battle.set(team, [...(battle.get(team) ?? []), ...added]);
      }
      const waitsSeconds = [...tickets.values()].map(({ at }) => Math.round((fact.at - at) * 1_000) / 1_000);
      return { waitsSeconds, teams: [...battle].map(([name, players]) => ({ name, players })) };
    },
  };
}

function arrivalsOf(events: readonly ArrivalEvent[]): ReadonlyMap<string, Arrival> {
  const arrivals = new Map<string, Arrival>();
  for (const event of events) {
    if (event.op !== "start") continue;
    const ticketId: TicketId = parseId("ticketId", event.ticketId);
    const players = event.players.map(({ playerId, attributes, latencies }): [string, SeatedPlayer] => {
      const seated = { playerId: parsePlayerId("playerId", playerId), ticketId, attributes, latenciesMs: latencies };
      return [playerId, seated];
    });
    arrivals.set(event.ticketId, { at: event.at, players: new Map(players) });
  }
  return arrivals;
}
