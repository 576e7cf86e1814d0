// Which tickets somebody wants to see.
import type { PlayerId } from "@muster/proto";
import { includesPlayer, readPhase, type Ticket, type TicketState } from "./ticket.ts";

/** Undefined: whichever. */
export type TicketFilter = {
  readonly configuration: string | undefined;
  /** As readers see them. Empty: all. */
  readonly states: readonly Exclude<TicketState["phase"], "CLAIMED">[];
  readonly playerId: PlayerId | undefined;
  /** By the wall clock: the first inclusive, the second not. */
  readonly createdFromMs: number | undefined;
  readonly createdBeforeMs: number | undefined;
};

/** Whether the filter selects the ticket as it stands. */
export function isSelected(ticket: Ticket, filter: TicketFilter): boolean {
  const { configuration, states, playerId, createdFromMs, createdBeforeMs } = filter;
  if (configuration !== undefined && ticket.configuration !== configuration) return false;
  if (createdFromMs !== undefined && ticket.createdAtWallMs < createdFromMs) return false;
  if (createdBeforeMs !== undefined && ticket.createdAtWallMs >= createdBeforeMs) return false;
  if (states.length > 0 && !states.includes(readPhase(ticket.state))) return false;
  return playerId === undefined || includesPlayer(ticket, playerId);
}
