// Why a ticket still searches, as far as its pool can tell.
import { invariant } from "@muster/kit";
import { MusterError, type TicketId } from "@muster/proto";
import { createExplainer, type Explainer, type WaitingExplanation } from "../engine/why/explain-waiting.ts";
import { getTicket } from "./cancel-matching.ts";
import { type MatcherState, poolOf } from "./matcher-state.ts";
import { formersOf } from "./pool-engines.ts";
import { readPhase, type Ticket } from "./ticket.ts";
import { estimateWait } from "./waits/estimate-wait.ts";

export type TicketExplanation = {
  readonly ticket: Ticket;
  readonly waitedMs: number;
  readonly timesOutInMs: number;
  /** Other tickets that search in its pool. */
  readonly othersSearching: number;
  readonly estimatedWaitMs: number | undefined;
  readonly waiting: WaitingExplanation;
};

/**
 * What keeps the ticket waiting. Decides nothing; a pool that no round has looked at yet gets its engine, as the next round would
 * give it.
 *
 * @throws {MusterError} TICKET_NOT_FOUND, TICKET_NOT_SEARCHING.
 */
export function explainTicket(state: MatcherState, ticketId: TicketId, nowMs: number): TicketExplanation {
  const ticket = getTicket(state, ticketId);
  const phase = readPhase(ticket.state);
  if (phase !== "SEARCHING") {
    const why = `Cannot explain ticket ${ticketId} as only one that searches waits for others: it is ${phase}`;
    throw new MusterError("TICKET_NOT_SEARCHING", why, { metadata: { state: phase } });
  }
  const search = state.tickets.get(ticketId)?.search;
  const pool = poolOf(state, ticket.configuration);
  const explainer = explainerOf(state, ticket);
  // A pool that was restored is taken in round by round.
  if (search?.slot === -1) explainer.engine.add(search);
  return {
    ticket,
    waitedMs: Math.max(0, Math.round(nowMs - ticket.searchingSinceMs)),
    timesOutInMs: Math.max(0, Math.round(ticket.timesOutAtMs - nowMs)),
    othersSearching: pool.searching.size - (search ? 1 : 0),
    estimatedWaitMs: estimateWait(state, ticket, nowMs),
    waiting: explainer.explain(search?.slot ?? -1, ticket, nowMs),
  };
}

/** Of the rule set that the ticket prefers. */
function explainerOf(state: MatcherState, { configuration, arrival }: Ticket): Explainer {
  const former = formersOf(state, configuration).find(({ cohort, member }) => {
    return member.choiceIndex === 0 && arrival >= cohort.fromArrival && arrival < cohort.untilArrival;
  });
  invariant(former, "whoever searches does so under a rule set");
  const { member } = former;
  member.explainer ??= createExplainer(member.engine);
  return member.explainer;
}
