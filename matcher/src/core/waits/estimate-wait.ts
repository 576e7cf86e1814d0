import { type MatcherState, poolOf, ruleSetOf } from "../matcher-state.ts";
import { readPhase, type Ticket } from "../ticket.ts";

/** How long the ticket will have waited in all when it is matched, in ms; undefined: it does not search, or nobody knows. */
export function estimateWait(state: MatcherState, ticket: Ticket, nowMs: number): number | undefined {
  const ruleSet = ruleSetOf(state, ticket.configuration);
  if (readPhase(ticket.state) !== "SEARCHING" || !ruleSet) return undefined;
  return poolOf(state, ticket.configuration).waits.estimateMs(ticket, ruleSet, nowMs);
}
