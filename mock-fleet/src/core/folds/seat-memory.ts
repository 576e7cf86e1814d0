// What a session remembers of its seats: those in use, and the last that ended.
import type { PlayerSessionId } from "@muster/proto";
import type { SessionChanged } from "../fleet-fact.ts";
import type { FleetFold } from "../fleet-state.ts";
import { ACCEPTS_KEPT_MAX } from "../seat.ts";
import { ENDED_SEATS_KEPT_MAX, type SeatMemory } from "../session.ts";

export function rememberSeats(
  state: FleetFold,
  seats: Map<PlayerSessionId, SeatMemory>,
  { fact, seatsInUse, timeMs }: { readonly fact: SessionChanged; readonly seatsInUse: number; readonly timeMs: number },
): Map<PlayerSessionId, SeatMemory> {
  const { change, accepted } = fact;
  for (const { playerSessionId, playerId, team, ticketId } of change.added) {
    seats.set(playerSessionId, {
      ...{ acceptIds: [], reconnectSecret: undefined, endCause: undefined },
      ...{ playerId, team, ticketId, createdAtMs: timeMs, endedAtMs: undefined },
    });
  }
  for (const { playerSessionId, cause } of change.removed) {
    const memory = seats.get(playerSessionId);
    if (!memory) continue;
    // Behind those that ended before: the oldest are forgotten first.
    seats.delete(playerSessionId);
    seats.set(playerSessionId, { ...memory, endCause: cause, endedAtMs: timeMs });
  }
  const memory = accepted && seats.get(accepted.playerSessionId);
  if (memory) {
    const acceptIds = [...memory.acceptIds, accepted.requestId].slice(-ACCEPTS_KEPT_MAX);
    seats.set(accepted.playerSessionId, { ...memory, acceptIds, reconnectSecret: accepted.reconnectSecret });
  }
  if (seats.size - seatsInUse > 2 * ENDED_SEATS_KEPT_MAX) forgetEndedSeats(state, seats);
  return seats;
}

/** Called once twice as many are there as are kept, so that each is looked at once on average. */
function forgetEndedSeats(state: FleetFold, seats: Map<PlayerSessionId, SeatMemory>): void {
  const ended = [...seats].filter(([, { endCause }]) => endCause !== undefined).map(([id]) => id);
  for (const id of ended.slice(0, -ENDED_SEATS_KEPT_MAX)) {
    seats.delete(id);
    state.sessionBySeat.delete(id);
  }
}
