// Events of 5v5 battles, put straight into an outbox as a matcher's state would tell of them.
import { systemClock } from "@muster/kit";
import type { createMatcherState, Outbox, Ticket } from "@muster/matcher/testing";

/** Events of one ticket: searching, placing, completed. */
export const EVENTS_PER_TICKET = 3;

/** What stands for the matcher: its state, and how much of that is on disk. */
export type Teller = { readonly state: ReturnType<typeof createMatcherState>; durableSequence: number };

/** Tickets of a step: what the matcher's memory holds of them is let go afterwards. */
const TICKETS_PER_STEP = 1_000;

export type StoredTickets = { readonly from: number; readonly until: number; readonly configuration?: string };

/** Stores all events of tickets `from` to before `until`, and resolves when they are on disk. */
export async function storeTickets(
  outbox: Outbox,
  matcher: Teller,
  { from, until, configuration = "ranked" }: StoredTickets,
): Promise<void> {
  const { events: log } = matcher.state;
  for (let first = from; first < until; first += TICKETS_PER_STEP) {
    const count = Math.min(TICKETS_PER_STEP, until - first);
    matcher.durableSequence += 1;
    const at = { sequence: matcher.durableSequence, atMs: matcher.durableSequence, atWallMs: systemClock.wallMs() };
    let tickets = Array.from({ length: count }, (_, index) => ticketOf(first + index, configuration));
    const tell = (ticket: Ticket, previous?: ReturnType<typeof log.append>) =>
      log.append((number) => {
        return { ...at, number, type: "STATE_CHANGED", ticket, sessionEndCause: undefined, previous };
      });
    let previous = tickets.map((ticket) => tell(ticket));
    for (const state of [PLACING, COMPLETED]) {
      tickets = tickets.map((ticket) => ({ ...ticket, version: ticket.version + 1, state }));
      previous = tickets.map((ticket, index) => tell(ticket, previous[index]));
    }
    outbox.poke();
    await outbox.untilStored();
    log.forget(at.atMs);
  }
}

const id = <Id>(text: string): Id => text as Id;
const PLACING: Ticket["state"] = { phase: "PLACING", matchId: id("match_06qj3k4x9d8ra1v7tmcz2hbn5e") };
const COMPLETED: Ticket["state"] = {
  ...{ phase: "COMPLETED", matchId: id("match_06qj3k4x9d8ra1v7tmcz2hbn5e") },
  assignment: {
    address: { host: "203.0.113.7", ports: { game: 7_500 } },
    ...{ battleSessionId: id("bs_1c7m9x0k4d8ra1v7tmcz2hbn5e"), region: "eu-west", formedBy: undefined },
    players: Array.from({ length: 10 }, (_, index) => ({
      ...{ playerId: id(`player-${1_000_000 + index}`), team: index < 5 ? "red" : "blue" },
      ...{ ticketId: id(`ticket-${1_000_000 + index}`), playerSessionId: id(`ps_9x0k4d8ra1v7tmcz2hbn5e${index}`) },
    })),
  },
};

function ticketOf(index: number, configuration: string): Ticket {
  return {
    ...{ ticketId: id(`ticket-${1_000_000 + index}`), configuration, bodyDigest: "", arrival: index },
    players: [{ playerId: id(`player-${1_000_000 + index}`), attributes: {}, latenciesMs: {}, team: undefined }],
    ...{ searchingSinceMs: 0, createdAtWallMs: systemClock.wallMs(), timesOutAtMs: 60_000, version: 1, returns: 0 },
    state: { phase: "SEARCHING", cause: undefined },
  };
}
