import { type MatcherState, poolOf, waitBasisOf } from "../matcher-state.ts";
import { readPhase, type Ticket } from "../ticket.ts";

/** How long the ticket will have waited in all when it is matched, in ms; undefined: it does not search, or nobody knows. */
export function estimateWait(state: MatcherState, ticket: Ticket, nowMs: number): number | undefined {
  const basis = waitBasisOf(state, ticket.configuration);
  if (readPhase(ticket.state) !== "SEARCHING" || !basis) return undefined;
  return poolOf(state, ticket.configuration).waits.estimateMs(ticket, basis, nowMs);
}
