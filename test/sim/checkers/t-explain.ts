// T-EXPLAIN: what is told of why a ticket waits is never contradicted, neither by the facts nor by itself: as many others search
// as the matcher's records allow while the call was under way, and no constraint leaves more of them than there are.
import type { ExplainTicketResponse } from "@muster/proto/matchmaking";
import type { Books } from "./books/books.ts";
import { isCallOf, type OpenCall, okOf } from "./books/call-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-EXPLAIN";

export function tExplain(books: Books): Checker {
  /** When each searching ticket last took a step. */
  const stepped = new Map<string, number>();

  const expectCounted = (call: OpenCall, { ticket, explanation }: ExplainTicketResponse) => {
    const { ticketId = "", configuration = "" } = ticket ?? {};
    const others = explanation?.othersSearching ?? 0;
    let most = 0;
    for (const one of books.matcher.tickets.values()) {
      if (one.ticketId === ticketId || one.configuration !== configuration) continue;
      if (one.endedTick === undefined || one.endedTick >= call.startedTick) most += 1;
    }
    let least = 0;
    for (const one of books.matcher.searching.get(configuration) ?? []) {
      if (one.ticketId !== ticketId && (stepped.get(one.ticketId) ?? 0) < call.startedTick) least += 1;
    }
    if (others >= least && others <= most) return;
    throw new BrokenPromise(NAME, `${ticketId} is told of ${others} others where ${least} to ${most} search`);
  };

  return {
    name: NAME,
    see(observation) {
      for (const { ticketId } of books.steps) {
        if (observation.type === "matcher-fact") stepped.set(ticketId, books.tick);
      }
      if (observation.type === "matcher-fact" && observation.fact.type === "ticket-created") {
        stepped.set(observation.fact.ticketId, books.tick);
      }
      if (stepped.size > 1_000 + 2 * books.matcher.tickets.size) {
        for (const ticketId of stepped.keys()) if (!books.matcher.tickets.has(ticketId)) stepped.delete(ticketId);
      }
      if (observation.type !== "answer") return;
      const call = books.calls.get(observation.callId);
      if (!isCallOf(call, "explainTicket")) return;
      const response = okOf(call, "explainTicket", observation.outcome);
      if (!response) return;
      const { ticket, explanation, alternatives = [] } = response;
      for (const one of [explanation, ...alternatives.map((other) => other.explanation)]) expectConsistent(ticket, one);
      expectCounted(call, response);
    },
  };
}

function expectConsistent(
  ticket: ExplainTicketResponse["ticket"],
  explanation: ExplainTicketResponse["explanation"],
): void {
  const { othersSearching = 0, othersOpen = 0, constraints = [], fitting } = explanation ?? {};
  const counts = constraints.flatMap((one) => (one.fitting ? [one.fitting] : []));
  const exact = counts.filter(({ orMore }) => !orMore).map(({ tickets }) => tickets);
  const least = Math.min(othersOpen, ...exact);
  if (
    othersOpen > othersSearching ||
    [...counts, { tickets: fitting?.tickets ?? 0 }].some(({ tickets }) => tickets > othersOpen)
  ) {
    throw new BrokenPromise(
      NAME,
      `${ticket?.ticketId} is told of more who fit than there are: ${JSON.stringify(explanation)}`,
    );
  }
  if (fitting && fitting.tickets > least) {
    throw new BrokenPromise(
      NAME,
      `${ticket?.ticketId} has more who fit in all than in one: ${JSON.stringify(explanation)}`,
    );
  }
}
