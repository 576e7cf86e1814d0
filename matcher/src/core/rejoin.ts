// A request for players who sit in a battle that runs already: the ticket is completed at once with the seats that they have.
import {
  type Address,
  MusterError,
  type PlayerId,
  type PlayerSession,
  type ServerSessionId,
  type TicketId,
} from "@muster/proto";
import type { FindSeat, Seat } from "./duplicate-players.ts";
import type { SeatedPlayer } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";

export type TicketRejoined = {
  readonly type: "ticket-rejoined";
  readonly ticketId: TicketId;
  readonly battleSessionId: ServerSessionId;
  readonly address: Address | undefined;
  readonly region: string;
  /** Everybody in the battle; those of the ticket under it. */
  readonly players: readonly SeatedPlayer[];
};

/**
 * The fact that leads the players of a ticket back, to follow the one that makes it; undefined: none of them sits anywhere.
 *
 * @throws {MusterError} PLAYER_ALREADY_SEATED if they do not all sit in one battle that runs.
 */
export function decideRejoin(
  state: MatcherState,
  { ticketId, playerIds }: { readonly ticketId: TicketId; readonly playerIds: readonly PlayerId[] },
  findSeat: FindSeat,
): TicketRejoined | undefined {
  const seats = playerIds.map((playerId) => ({ playerId, seat: findSeat(playerId) }));
  const first = seats.find(({ seat }) => seat !== undefined);
  if (!first?.seat) return undefined;
  const { session } = first.seat;
  const { battleSessionId } = session;
  const isOne = seats.every(({ seat }) => seat?.session.battleSessionId === battleSessionId);
  const matched = state.sessions.get(battleSessionId);
  if (!isOne || !matched || matched.ended || session.state !== "ACTIVE")
    throw alreadySeated(first.playerId, first.seat);
  const own = new Set(playerIds);
  const players = session.playerSessions.map((one) =>
    seatedPlayerOf(one, own.has(one.playerId) ? ticketId : one.ticketId),
  );
  const { address, region } = session;
  return { type: "ticket-rejoined", ticketId, battleSessionId, address, region, players };
}

function seatedPlayerOf(
  { playerId, team, playerSessionId }: PlayerSession,
  ticketId: TicketId | undefined,
): SeatedPlayer {
  return { playerId, team, ticketId, playerSessionId };
}

export function alreadySeated(playerId: PlayerId, { ticketId, battleSessionId }: Seat): MusterError {
  const why = `Cannot queue player ${playerId} as only who sits in no battle may be: ${ticketId} brought a seat in ${battleSessionId}`;
  return new MusterError("PLAYER_ALREADY_SEATED", why, { metadata: { playerId, ticketId, battleSessionId } });
}
