// Which pools a round is to look at, by what has changed in them: a ticket, a session, or anything.
import type { ServerSessionId, TicketId } from "@muster/proto";
import { touchSession } from "./core/matcher-state.ts";
import type { Rounds } from "./rounds.ts";
import type { Workshop } from "./workshop.ts";

export interface PoolMarks {
  /** Every pool, at once. */
  markAll(): void;
  /** The pool of a ticket that is back in the search. */
  markTicket(id: TicketId): void;
  /**
   * The pool that the session is filled from. `at-once`: that a backfill searches again and whom it then finds are one write,
   * and the fill is all that is told of both. Default: `now`.
   */
  markSession(id: ServerSessionId, when?: "settled" | "now" | "at-once"): void;
}

/** `guard` is given the rounds that run at once, and tells of those that fail. */
export function createPoolMarks(
  { ledger: { state } }: Pick<Workshop, "ledger">,
  rounds: Rounds,
  guard: (work: Promise<unknown>) => void,
): PoolMarks {
  return {
    markAll() {
      for (const name of state.configurations.keys()) rounds.mark(name, "now");
    },
    markTicket(id) {
      const ticket = state.tickets.get(id)?.ticket;
      if (ticket?.state.phase === "SEARCHING") rounds.mark(ticket.configuration, "settled");
    },
    markSession(id, when = "now") {
      const session = state.sessions.get(id);
      if (!session) return;
      touchSession(state, id);
      if (when === "at-once") guard(rounds.runAtOnce(session.configuration));
      else rounds.mark(session.configuration, when);
    },
  };
}
