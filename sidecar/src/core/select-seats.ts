// The seats that a game asks for, from the sidecar's picture: the fleet's word, with what the sidecar answered in its stead.
import type { PlayerSession, PlayerSessionState } from "@muster/proto";
import type { BookedSession } from "./session-book.ts";
import type { StandInSeat } from "./stand-in.ts";

export type SeatSelection = {
  readonly by:
    | { readonly battleSessionId: string }
    | { readonly playerId: string }
    | { readonly playerSessionId: string };
  /** Undefined: any. */
  readonly state: PlayerSessionState | undefined;
};

export type SelectedSeat = { readonly battleSessionId: string; readonly seat: PlayerSession };

/** Seats in use that fit, session by session, in the order in which they were given. */
export function selectSeats(
  book: ReadonlyMap<string, BookedSession>,
  standIns: ReadonlyMap<string, StandInSeat>,
  { by, state }: SeatSelection,
): readonly SelectedSeat[] {
  const found: SelectedSeat[] = [];
  for (const { session } of book.values()) {
    const { battleSessionId } = session;
    if ("battleSessionId" in by && by.battleSessionId !== battleSessionId) continue;
    for (const told of session.playerSessions) {
      if ("playerId" in by && by.playerId !== told.playerId) continue;
      if ("playerSessionId" in by && by.playerSessionId !== told.playerSessionId) continue;
      const seat = asAnswered(told, standIns.get(told.playerSessionId));
      if (seat && (state === undefined || seat.state === state)) found.push({ battleSessionId, seat });
    }
  }
  return found;
}

/** Undefined: its player has left. */
function asAnswered(seat: PlayerSession, own: StandInSeat | undefined): PlayerSession | undefined {
  switch (own?.phase) {
    case undefined:
      return seat;
    case "removed":
      return undefined;
    case "active":
      return { ...seat, state: "ACTIVE", expiresAtMs: undefined };
    case "disconnected":
      // The fleet counts the grace from when it hears of it.
      return seat.state === "DISCONNECTED" ? seat : { ...seat, state: "DISCONNECTED", expiresAtMs: undefined };
  }
}
