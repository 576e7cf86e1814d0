// Seats as somebody asks for them: of a session, of a player, or one by its id; in use or ended and still remembered.
import {
  type BattleSession,
  fingerprint,
  type PlayerId,
  type PlayerSession,
  type PlayerSessionId,
  type PlayerSessionState,
  type ServerSessionId,
} from "@muster/proto";
import { getSession } from "./fill.ts";
import type { FleetState } from "./fleet-state.ts";
import type { SeatMemory, ServerSession, SessionFold } from "./session.ts";

export type SeatQuestion =
  | { readonly of: "session"; readonly sessionId: ServerSessionId }
  | { readonly of: "player"; readonly playerId: PlayerId }
  | { readonly of: "seat"; readonly playerSessionId: PlayerSessionId };

/** The place of one seat in the order of an answer. Tells no secret. */
export type SeatPlace = { readonly createdAtMs: number; readonly battleSessionId: string; readonly seat: string };

export type DescribedSeat = {
  /** Deadlines in journal time. */
  readonly seat: PlayerSession;
  readonly battle: BattleSession;
  /** Times are journal time. */
  readonly memory: SeatMemory;
  readonly place: SeatPlace;
};

export type SeatSearch = {
  readonly question: SeatQuestion;
  /** Undefined: any. */
  readonly state: PlayerSessionState | undefined;
  /** Seats of a page. */
  readonly limit: number;
  /** The last of the page before. */
  readonly after: SeatPlace | undefined;
};

/** The page, in the order of reservation, and whether there is more. @throws {MusterError} SERVER_SESSION_NOT_FOUND */
export function describeSeats(
  state: FleetState,
  search: SeatSearch,
): { readonly found: readonly DescribedSeat[]; readonly hasMore: boolean } {
  const { limit, after } = search;
  const fits = (one: DescribedSeat) =>
    (search.state === undefined || one.seat.state === search.state) && (!after || comparePlaces(after, one.place) < 0);
  const all = seatsOf(state, search.question).filter(fits);
  const sorted = all.toSorted((one, other) => comparePlaces(one.place, other.place));
  return { found: sorted.slice(0, limit), hasMore: sorted.length > limit };
}

function seatsOf(state: FleetState, question: SeatQuestion): readonly DescribedSeat[] {
  switch (question.of) {
    case "session":
      return describeAll(getSession(state, question.sessionId), () => true);
    case "seat": {
      const sessionId = state.sessionBySeat.get(question.playerSessionId);
      const session = sessionId && state.sessions.get(sessionId);
      return session ? describeAll(session, (_, id) => id === question.playerSessionId) : [];
    }
    case "player": {
      const { playerId } = question;
      const found: DescribedSeat[] = [];
      // Looks at all of them; of what a snapshot has put away, at the bytes.
      for (const session of state.sessions.values()) {
        if (mayName(session, playerId)) found.push(...describeAll(session, (memory) => memory.playerId === playerId));
      }
      return found;
    }
  }
}

function mayName(session: ServerSession & Pick<SessionFold, "mayName">, playerId: PlayerId): boolean {
  return session.mayName?.(playerId) ?? true;
}

function describeAll(
  { battle, seats }: ServerSession,
  isAsked: (memory: SeatMemory, playerSessionId: PlayerSessionId) => boolean,
): readonly DescribedSeat[] {
  const inUse = new Map(battle.playerSessions.map((seat) => [seat.playerSessionId, seat]));
  const found: DescribedSeat[] = [];
  for (const [id, memory] of seats) {
    if (!isAsked(memory, id)) continue;
    const seat = inUse.get(id) ?? endedSeat(id, memory);
    const place = { createdAtMs: memory.createdAtMs, battleSessionId: battle.battleSessionId, seat: fingerprint(id) };
    found.push({ seat, battle, memory, place });
  }
  return found;
}

function endedSeat(
  playerSessionId: PlayerSessionId,
  { playerId, team, ticketId, endCause }: SeatMemory,
): PlayerSession {
  return {
    ...{ playerSessionId, playerId, team, ticketId },
    state: endCause === "RESERVATION_EXPIRED" ? "TIMED_OUT" : "COMPLETED",
    attributes: {},
    expiresAtMs: undefined,
  };
}

function comparePlaces(one: SeatPlace, other: SeatPlace): number {
  if (one.createdAtMs !== other.createdAtMs) return one.createdAtMs - other.createdAtMs;
  if (one.battleSessionId !== other.battleSessionId) return one.battleSessionId < other.battleSessionId ? -1 : 1;
  if (one.seat === other.seat) return 0;
  return one.seat < other.seat ? -1 : 1;
}
