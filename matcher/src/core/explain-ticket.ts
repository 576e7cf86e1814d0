// Why a ticket still searches, as far as its pool can tell.
import { MusterError, type TicketId } from "@muster/proto";
import { createExplainer, type WaitingExplanation } from "../engine/why/explain-waiting.ts";
import { getTicket } from "./cancel-matching.ts";
import { type MatcherState, poolOf } from "./matcher-state.ts";
import { NEVER_MS } from "./never.ts";
import { type Former, formersOf, placeIn } from "./pool-engines.ts";
import { explainQuery, type QueryExplanation } from "./query/explain-query.ts";
import { readPhase, type Ticket } from "./ticket.ts";
import { estimateWait } from "./waits/estimate-wait.ts";

export type TicketExplanation = {
  readonly ticket: Ticket;
  readonly waitedMs: number;
  /** Undefined: never. */
  readonly timesOutInMs: number | undefined;
  /** Other tickets that search in its pool. */
  readonly othersSearching: number;
  readonly estimatedWaitMs: number | undefined;
  /** By each rule set that it may be matched by, the preferred one first: at least one, without a name where there is none. */
  readonly byRuleSet: readonly RuleSetExplanation[];
  /** What its query leaves of the others. Undefined: it has a rule set. */
  readonly query?: QueryExplanation | undefined;
};

export type RuleSetExplanation = { readonly ruleSet: string; readonly waiting: WaitingExplanation };

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
  const othersSearching = pool.searching.size - (search ? 1 : 0);
  const byRuleSet = formersOfTicket(state, ticket).map(({ choice, member }) => {
    const place = search && placeIn(member, search);
    // A pool that was restored is taken in round by round.
    if (place?.slot === -1) member.engine.add(place);
    member.explainer ??= createExplainer(member.engine);
    return { ruleSet: choice.ruleSetName, waiting: member.explainer.explain(place?.slot ?? -1, ticket, nowMs) };
  });
  return {
    ticket,
    waitedMs: Math.max(0, Math.round(nowMs - ticket.searchingSinceMs)),
    timesOutInMs: ticket.timesOutAtMs >= NEVER_MS ? undefined : Math.max(0, Math.round(ticket.timesOutAtMs - nowMs)),
    othersSearching,
    estimatedWaitMs: estimateWait(state, ticket, nowMs),
    ...(ticket.query ? explainByQuery(state, ticket, nowMs) : { byRuleSet }),
  };
}

/** There are no rules to be told of. */
function explainByQuery(state: MatcherState, ticket: Ticket, nowMs: number) {
  const { waiting, query } = explainQuery(state, ticket, nowMs);
  return { byRuleSet: [{ ruleSet: "", waiting }], query };
}

/** What may match the ticket by rule sets, in the order of preference. Empty: it is matched by queries. */
function formersOfTicket(state: MatcherState, { configuration, arrival }: Ticket): readonly Former[] {
  return formersOf(state, configuration).filter(({ cohort }) => {
    return arrival >= cohort.fromArrival && arrival < cohort.untilArrival;
  });
}
