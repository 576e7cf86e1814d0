// The matcher's logs of events as one, in the order in which things happened. What one fact did to tickets comes first, then to sessions.
import type { WriteJoinToken } from "../join-tokens/join-book.ts";
import type { SessionEventRecord } from "../session-events.ts";
import type { TicketEventRecord } from "../ticket-events.ts";
import { noticeEvent, sessionEvent, ticketEvent, typeOf } from "./event.ts";
import type { Notice } from "./notices.ts";
import type { SourcedEvent } from "./outbox-decisions.ts";
import type { EventSource } from "./outbox-state.ts";

export type FoundEvents = {
  readonly tickets: readonly TicketEventRecord[];
  readonly sessions: readonly SessionEventRecord[];
  readonly notices: readonly Notice[];
};

/** The first `limit` of them, each with the places up to which everything is told with it, counted from `source`. */
export function mergeEvents(
  { tickets, sessions, notices }: FoundEvents,
  of: { readonly source: EventSource; readonly limit: number; readonly writeJoinToken: WriteJoinToken },
): readonly SourcedEvent[] {
  const { source, limit, writeJoinToken } = of;
  const merged: SourcedEvent[] = [];
  let place = source;
  let [t, s, n] = [0, 0, 0];
  while (merged.length < limit) {
    const [ticket, session, notice] = [tickets[t], sessions[s], notices[n]];
    const first = Math.min(sequenceOf(ticket), sequenceOf(session), sequenceOf(notice));
    if (ticket?.sequence === first) {
      t += 1;
      place = { ...place, ticketEvent: ticket.number };
      const { configuration } = ticket.ticket;
      const write = () => ticketEvent(ticket, writeJoinToken);
      merged.push({ type: typeOf(ticket), configuration, write, source: place });
    } else if (session?.sequence === first) {
      s += 1;
      place = { ...place, sessionEvent: session.number };
      const { configuration, what } = session;
      merged.push({ type: what.type, configuration, write: () => sessionEvent(session), source: place });
    } else if (notice?.sequence === first) {
      n += 1;
      place = { ...place, notice: notice.number };
      const { type, configuration, data } = notice;
      const write = () => noticeEvent(notice);
      merged.push({ type, configuration, write, source: place, ...(data === "" ? { isErased: true } : {}) });
    } else {
      break;
    }
  }
  return merged;
}

function sequenceOf(event: { readonly sequence: number } | undefined): number {
  return event?.sequence ?? Number.POSITIVE_INFINITY;
}
