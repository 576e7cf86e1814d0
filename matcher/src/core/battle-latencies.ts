// Latencies as rules judge them in a running battle: it stays where it is, so that of each player only the latency in its
// region counts.
import type { BattleSession } from "@muster/proto";
import type { JudgedPlayer, JudgedTicket, SeatedTeam } from "@muster/rules";
import { seatedTeams } from "./assess-backfill.ts";
import type { KnownPlayer } from "./backfill.ts";
import type { MatcherState } from "./matcher-state.ts";

/** Who sits where, with what their tickets said of the region. Of players whose tickets are forgotten nothing is known. */
export function seatedWithLatencies(
  state: Pick<MatcherState, "tickets">,
  session: Pick<BattleSession, "teams" | "playerSessions" | "region">,
): readonly SeatedTeam[] {
  return seatedTeams(session).map((team) => ({
    ...team,
    players: team.players.map((seat) => {
      const ticket = seat.ticketId === undefined ? undefined : state.tickets.get(seat.ticketId)?.ticket;
      const player = ticket?.players.find(({ playerId }) => playerId === seat.playerId);
      return player ? { ...seat, latenciesMs: only(session.region, player) } : seat;
    }),
  }));
}

/** Who sits where, with what the backfill's request said of them in place of what the fleet knows. */
export function withKnownPlayers(
  seated: readonly SeatedTeam[],
  { players, region }: { readonly players: readonly KnownPlayer[]; readonly region: string },
): readonly SeatedTeam[] {
  if (players.length === 0) return seated;
  const known = new Map(players.map((player) => [player.playerId, player]));
  return seated.map((team) => ({
    ...team,
    players: team.players.map((seat) => {
      const player = known.get(seat.playerId);
      return player ? { ...seat, attributes: player.attributes, latenciesMs: only(region, player) } : seat;
    }),
  }));
}

/** The ticket as somebody who could join a battle in `region`. */
export function asNewcomer(ticket: JudgedTicket, region: string): JudgedTicket {
  const { ticketId, searchingSinceMs, players } = ticket;
  return {
    ticketId,
    searchingSinceMs,
    players: players.map((player) => ({ ...player, latenciesMs: only(region, player) })),
  };
}

function only(region: string, { latenciesMs = {} }: JudgedPlayer): Readonly<Record<string, number>> {
  const latency = Object.hasOwn(latenciesMs, region) ? latenciesMs[region] : undefined;
  return latency === undefined ? {} : { [region]: latency };
}
