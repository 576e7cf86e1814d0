// What handlers of calls may use of the matcher.
import type { Outbox } from "../events/outbox.ts";
import type { BeforeTicket } from "../hooks/before-ticket.ts";
import type { JoinTokens } from "../join-tokens/open-join-tokens.ts";
import type { PartyWatch } from "../party-watch.ts";
import type { Presence } from "../presence.ts";
import type { SeatedPlayers } from "../seated-players.ts";
import type { TicketWatch } from "../ticket-watch.ts";
import type { WithheldTickets } from "../withheld-tickets.ts";
import type { Workshop } from "../workshop.ts";

export type Desk = Workshop & {
  readonly watch: TicketWatch;
  readonly partyWatch: PartyWatch;
  readonly presence: Presence;
  readonly withheld: WithheldTickets;
  readonly seated: SeatedPlayers;
  readonly joinTokens: JoinTokens;
  /** Tickets of a deleted configuration that are cancelled in one turn. */
  readonly cancelledAtOnceMax: number;
  readonly beforeTicket: BeforeTicket;
  /** The matcher's address as sidecars reach it. */
  readonly endpoint: string;
  /** Undefined in a matcher that pushes no events. */
  readonly outbox: Outbox | undefined;
};
