// Where arrivals prefer running battles: which tickets a battle could take that cannot be filled at this moment, as its last fill is being
// applied or it is only being started. They begin no new match in this round; what they wait for wakes the next one.
import type { TicketId } from "@muster/proto";
import type { QueryTicket } from "@muster/rules";
import type { AssignedPlayer, PlacingMatch } from "../match.ts";
import { findQueryFill, fitsBattle } from "./find-query-fill.ts";
import { PLAYERS_TEAM } from "./players-team.ts";
import { type ComingBattle, type QueryFilling, termsOfComing } from "./query-fills.ts";

/** Battles to come that one round looks at: beyond them nobody is held. */
const BATTLES_MAX = 16;

/** The tickets, out of the pool. */
export function holdForQueryBattles(filling: QueryFilling): readonly QueryTicket[] {
  const { pool, member, chosen } = filling;
  const held: QueryTicket[] = [];
  let battles = 0;
  for (const coming of comingOf(filling)) {
    const terms = termsOfComing(filling, coming);
    if (!terms) continue;
    battles += 1;
    if (battles > BATTLES_MAX) break;
    const candidates = pool.searching.all().flatMap(({ ticket }) => {
      if (coming.turnedAway?.has(ticket.ticketId)) return [];
      const waiting = member.pool.tickets.find(ticket.ticketId);
      return waiting && fitsBattle(waiting, terms) && chosen.isUsable(member.configuration, waiting) ? [waiting] : [];
    });
    const byAge = candidates.toSorted(
      (one, other) => one.createdAtMs - other.createdAtMs || one.arrival - other.arrival,
    );
    for (const ticket of findQueryFill(byAge, terms) ?? []) {
      const taken = member.pool.tickets.remove(ticket.ticketId);
      if (taken) held.push(taken);
    }
  }
  return held;
}

function* comingOf({ state, pool, member, input }: QueryFilling): Iterable<ComingBattle> {
  for (const sessionId of pool.filling) {
    const { fill, backfill, turnedAway } = state.sessions.get(sessionId) ?? {};
    const view = fill && input.findFillable(sessionId);
    if (!view || backfill?.document.state !== "SEARCHING") continue;
    const seated = new Set(view.playerSessions.map(({ playerId }) => playerId));
    const coming = fill.newcomers.filter(({ playerId }) => !seated.has(playerId));
    yield { seats: [...view.playerSessions, ...seatsOf(coming)], capacity: view.capacity, backfill, turnedAway };
  }
  for (const match of state.matches.values()) {
    if (!isOurs(match, member.configuration.name)) continue;
    yield { seats: seatsOf(match.players), capacity: match.capacity, backfill: undefined, turnedAway: undefined };
  }

  function isOurs({ configuration, backfillId }: PlacingMatch, name: string): boolean {
    return configuration === name && backfillId !== undefined;
  }
}

/** What they say of themselves stands in their tickets. */
function seatsOf(players: readonly AssignedPlayer[]): ComingBattle["seats"] {
  return players
    .filter(({ team }) => team === PLAYERS_TEAM)
    .map(({ playerId, ticketId }) => ({ playerId, ticketId: ticketId as TicketId, attributes: {} }));
}
