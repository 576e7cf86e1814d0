// What becomes of a ticket whose player is in another one, or sits in a battle already: refused, naming whom to ask, or put in the place
// of the older one, which is cancelled in the same decision.
import { type BattleSession, MusterError, type PlayerId, type ServerSessionId, type TicketId } from "@muster/proto";
import type { Configuration } from "./configuration.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import { alreadySeated, type TicketRejoined } from "./rejoin.ts";
import { includesPlayer } from "./ticket.ts";

/** Where a player may be in one live ticket only. */
export const playerScopes = ["CONFIGURATION", "PROJECT"] as const;
export const duplicatePolicies = ["REFUSE", "SUPERSEDE"] as const;
export const seatedPolicies = ["ALLOW", "REFUSE", "REJOIN"] as const;

export type DuplicatePlayerSettings = {
  readonly scope: (typeof playerScopes)[number];
  readonly onDuplicate: (typeof duplicatePolicies)[number];
  /** Of a player whom an earlier ticket seated, while the seat is the player's. */
  readonly onSeated: (typeof seatedPolicies)[number];
};

export const defaultDuplicatePlayers: DuplicatePlayerSettings = {
  scope: "CONFIGURATION",
  onDuplicate: "REFUSE",
  onSeated: "ALLOW",
};

/** A request met another ticket or seat of one of its players. A fact only where somebody wants to be told of it: it changes nothing. */
export type DuplicateNoted = {
  readonly type: "duplicate-noted";
  /** Of the request. */
  readonly ticketId: TicketId;
  readonly configuration: string;
  readonly playerIds: readonly PlayerId[];
  readonly outcome: "REFUSED" | "SUPERSEDED" | "REJOINED";
  /** Why it was refused; undefined: it was not. */
  readonly reason: string | undefined;
  /** Who was met, and in which ticket. */
  readonly playerId: PlayerId;
  readonly heldBy: TicketId;
};

/** The seat that a ticket brought to a player, while it is the player's. */
export type FindSeat = (playerId: PlayerId) => Seat | undefined;

export type Seat = {
  readonly ticketId: TicketId;
  readonly battleSessionId: ServerSessionId;
  /** As the fleet shows it. */
  readonly session: BattleSession;
};

/**
 * The facts that make room for a ticket of the players: cancellations of the tickets that it supersedes, in the order of their arrival; none
 * as a rule.
 *
 * @throws {MusterError} PLAYER_ALREADY_QUEUED, PLAYER_ALREADY_SEATED. T-PLAYER-ONCE.
 */
export function decideDuplicates(
  state: MatcherState,
  configuration: Configuration,
  { playerIds, asksPlayers }: { readonly playerIds: readonly PlayerId[]; readonly asksPlayers: boolean },
  findSeat: FindSeat,
): readonly MatcherFact[] {
  const settings = configuration.duplicatePlayers ?? defaultDuplicatePlayers;
  let superseded: Set<TicketId> | undefined;
  // Who is asked to join has not said yet that they come: such a ticket is led back nowhere.
  const isRefused = settings.onSeated === "REFUSE" || (settings.onSeated === "REJOIN" && asksPlayers);
  for (const playerId of playerIds) {
    for (const ticketId of holdersOf(state, configuration, { playerId, settings })) {
      if (settings.onDuplicate === "REFUSE" || !isSupersedable(state, ticketId)) throw held(playerId, ticketId);
      superseded = (superseded ?? new Set()).add(ticketId);
    }
    const seat = isRefused ? findSeat(playerId) : undefined;
    if (seat) throw alreadySeated(playerId, seat);
  }
  if (!superseded) return NONE;
  const arrivalOf = (id: TicketId) => state.tickets.get(id)?.ticket.arrival ?? 0;
  return [...superseded]
    .toSorted((one, other) => arrivalOf(one) - arrivalOf(other))
    .map((ticketId) => ({ type: "ticket-cancelled", ticketId, cause: "SUPERSEDED" }));
}

const NONE: readonly MatcherFact[] = [];
const NO_TICKETS: readonly TicketId[] = [];

/** Who is told of, where the request takes the place of tickets: one of its players in each of them. */
export function noteSuperseded(
  state: MatcherState,
  { ticketId, configuration }: { readonly ticketId: TicketId; readonly configuration: string },
  of: { readonly superseded: readonly MatcherFact[]; readonly playerIds: readonly PlayerId[] },
): readonly DuplicateNoted[] {
  const { superseded, playerIds } = of;
  return superseded.flatMap((fact) => {
    const held = fact.type === "ticket-cancelled" ? state.tickets.get(fact.ticketId)?.ticket : undefined;
    const playerId = held && playerIds.find((id) => includesPlayer(held, id));
    if (!held || playerId === undefined) return [];
    const what = { ticketId, configuration, playerIds, outcome: "SUPERSEDED", reason: undefined } as const;
    return [{ type: "duplicate-noted", ...what, playerId, heldBy: held.ticketId }];
  });
}

/** What is told of a request whose players are led back to their battle. */
export function noteRejoined(
  { ticketId, configuration }: { readonly ticketId: TicketId; readonly configuration: string },
  of: {
    readonly rejoined: TicketRejoined | undefined;
    readonly playerIds: readonly PlayerId[];
    readonly findSeat: FindSeat;
  },
): readonly DuplicateNoted[] {
  const { rejoined, playerIds, findSeat } = of;
  const [playerId] = playerIds;
  const heldBy = rejoined && playerId !== undefined ? findSeat(playerId)?.ticketId : undefined;
  if (heldBy === undefined || playerId === undefined) return [];
  const what = { ticketId, configuration, playerIds, outcome: "REJOINED", reason: undefined } as const;
  return [{ type: "duplicate-noted", ...what, playerId, heldBy }];
}

/** What is told of a request that `error` refuses; undefined: it was refused for something else. */
export function noteRefused(
  error: MusterError,
  of: Pick<DuplicateNoted, "ticketId" | "configuration" | "playerIds">,
): DuplicateNoted | undefined {
  const { reason, metadata } = error;
  if (reason !== "PLAYER_ALREADY_QUEUED" && reason !== "PLAYER_ALREADY_SEATED") return undefined;
  const [playerId, heldBy] = [metadata.playerId as PlayerId, metadata.ticketId as TicketId];
  return { type: "duplicate-noted", ...of, outcome: "REFUSED", reason, playerId, heldBy };
}

/** Live tickets that keep the player from another one. A configuration whose players are its own project-wide keeps them from all. */
function holdersOf(
  state: MatcherState,
  { name, query }: Configuration,
  of: { readonly playerId: PlayerId; readonly settings: DuplicatePlayerSettings },
): readonly TicketId[] {
  let holders = NO_TICKETS;
  const look = (pool: string) => {
    const found = state.pools.get(pool)?.players.of(of.playerId) ?? NO_TICKETS;
    if (found.length > 0) holders = [...holders, ...found];
  };
  // Tickets with queries of one configuration keep one another out by their number alone.
  if (!query) look(name);
  // Each look costs more than the rest of the decision: as a rule there is no other pool to look into.
  const others = of.settings.scope === "PROJECT" ? state.pools.keys() : state.projectWide;
  for (const other of others) if (other !== name) look(other);
  return holders;
}

/** Whether the ticket can be called off truthfully at this moment: one that is claimed, asked or placed may yet be, or is, in its match. */
function isSupersedable(state: MatcherState, ticketId: TicketId): boolean {
  const phase = state.tickets.get(ticketId)?.ticket.state.phase;
  return phase === "SEARCHING" || phase === "PREPARING";
}

function held(playerId: PlayerId, ticketId: TicketId): MusterError {
  const why = `Cannot queue player ${playerId} again as one live ticket a player is allowed: ${ticketId} holds the player`;
  return new MusterError("PLAYER_ALREADY_QUEUED", why, { metadata: { playerId, ticketId } });
}
