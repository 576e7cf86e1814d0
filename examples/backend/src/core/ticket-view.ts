// What a client may see of its ticket: its own seat and where to take it. Teams, tickets and names of the others stay here.
import type { Ticket } from "@muster/sdk/backend";

/** A ticket as its client sees it. */
export type TicketView = {
  readonly ticketId: string;
  readonly state: Ticket["state"];
  /** Why it ended without a battle. */
  readonly cause?: string;
  /** Where to go: only of a COMPLETED ticket. */
  readonly connection?: Connection;
};

export type Connection = {
  readonly host: string;
  readonly port: number;
  readonly team?: string;
  /** The player's own seat, to be presented to the server. A secret between the two. */
  readonly playerSessionId: string;
};

/** What is looked at: a ticket as the matcher answers with it, or as an event tells of it. */
export type KnownTicket = Pick<Ticket, "ticketId" | "state" | "cause" | "assignment"> & {
  readonly players: readonly { readonly playerId: string }[];
};

/** The view of a ticket of one player. */
export function writeTicketView(ticket: KnownTicket): TicketView {
  const { ticketId, state, cause } = ticket;
  if (!isOver({ state })) return { ticketId, state };
  if (state !== "COMPLETED") return cause === undefined ? { ticketId, state } : { ticketId, state, cause };
  const connection = findConnection(ticket);
  return connection ? { ticketId, state, connection } : { ticketId, state };
}

/** Whether nothing more will become of the ticket. */
export function isOver({ state }: Pick<TicketView, "state">): boolean {
  return state !== "PREPARING" && state !== "SEARCHING" && state !== "REQUIRES_ACCEPTANCE" && state !== "PLACING";
}

/** Undefined in a configuration without a queue: its matches have no server. */
function findConnection({ assignment, players }: KnownTicket): Connection | undefined {
  const playerId = players[0]?.playerId;
  const seat = assignment?.players.find((player) => player.playerId === playerId);
  const ports = assignment?.address?.ports ?? {};
  const port = ports.game ?? Object.values(ports)[0];
  if (!assignment?.address || !seat?.playerSessionId || port === undefined) return undefined;
  const { playerSessionId, team } = seat;
  return { host: assignment.address.host, port, ...(team === undefined ? {} : { team }), playerSessionId };
}
