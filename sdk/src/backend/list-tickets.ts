// Looking through tickets, page by page.
import { fieldInvalid, parseId, parsePlayerId, writeEnum } from "@muster/proto";
import { type ListTicketsRequest, type ListTicketsResponse, TicketState as wireState } from "@muster/proto/matchmaking";
import type { Ticket, TicketState } from "./ticket.ts";
import { readTicket } from "./ticket-wire.ts";

/** What is left out selects all. */
export type TicketFilter = {
  readonly configuration?: string;
  /** Each once. */
  readonly states?: readonly TicketState[];
  readonly playerId?: string;
  /** Made at this time or later, and before that one, by the matcher's clock. */
  readonly createdFrom?: Date;
  readonly createdBefore?: Date;
  /** Tickets in one page, 1 to 100. Default 20. Fewer come where they are large. */
  readonly pageSize?: number;
  /** `nextPageToken` of the page before, with the same filter. Default: the first page. */
  readonly pageToken?: string;
};

export type TicketPage = {
  /** Newest first. */
  readonly tickets: readonly Ticket[];
  /** Undefined: it was the last page. */
  readonly nextPageToken: string | undefined;
};

/** @throws {MusterError} FIELD_INVALID or ID_MALFORMED naming the field, before anything is sent. */
export function writeListTickets(filter: TicketFilter): ListTicketsRequest {
  const { configuration, states = [], playerId, createdFrom, createdBefore, pageSize = 0, pageToken = "" } = filter;
  if (!Number.isInteger(pageSize)) throw fieldInvalid("pageSize", "a whole number from 1 to 100", pageSize);
  return {
    configuration: configuration === undefined ? "" : parseId("configuration", configuration),
    states: states.map((state) => writeEnum(wireState, state)),
    playerId: playerId === undefined ? "" : parsePlayerId("playerId", playerId),
    createdFrom,
    createdBefore,
    pageSize,
    pageToken,
  };
}

export function readTicketPage({ tickets, nextPageToken }: ListTicketsResponse): TicketPage {
  return { tickets: tickets.map(readTicket), nextPageToken: nextPageToken || undefined };
}
