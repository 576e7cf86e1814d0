// A ticket that waits for its own players: who was asked to join, and who has. All of them in, it searches.
import type { PlayerId } from "@muster/proto";
import type { TicketPlayer } from "./ticket.ts";

/** The terms of a preparation, and how far it is. A change makes a new value. */
export type Preparation = {
  /** Journal times of its beginning, and from which a player is too late, in ms. */
  readonly startedAtMs: number;
  readonly deadlineAtMs: number;
  /** Places in the ticket's players of those who have joined, in the order of their coming. */
  readonly joined: readonly number[];
};

export const PREPARATION_TIMEOUT_SECONDS_DEFAULT = 60;
/** An hour, to gather a party by hand. */
export const PREPARATION_TIMEOUT_SECONDS_MAX = 3_600;

/** Somebody who was asked and has not joined: held by the ticket, and known by nothing but the id. */
export function askedPlayer(playerId: PlayerId): TicketPlayer {
  return { playerId, attributes: {}, latenciesMs: {}, team: undefined };
}

/** Players of the ticket who have not joined. */
export function missingPlayers(
  { joined }: Preparation,
  players: readonly { readonly playerId: PlayerId }[],
): readonly PlayerId[] {
  const present = new Set(joined);
  return players.filter((_, place) => !present.has(place)).map(({ playerId }) => playerId);
}

/** Players and preparation after `newcomers`, all of them missing players, have joined. */
export function withJoined(
  preparation: Preparation,
  players: readonly TicketPlayer[],
  newcomers: readonly TicketPlayer[],
): { readonly preparation: Preparation; readonly players: readonly TicketPlayer[] } {
  const byId = new Map(newcomers.map((player) => [player.playerId, player]));
  const joined = [...preparation.joined];
  const after = players.map((player, place) => {
    const newcomer = byId.get(player.playerId);
    if (newcomer) joined.push(place);
    return newcomer ?? player;
  });
  return { preparation: { ...preparation, joined }, players: after };
}
