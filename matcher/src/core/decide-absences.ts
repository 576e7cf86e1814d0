// What becomes of tickets that nobody has watched for as long as their presence allows. Who watches is no fact: the shell says who has
// been away too long, and what is decided here is.
import type { FillId, MatchId, TicketId } from "@muster/proto";
import { decideCancelMatching } from "./cancel-matching.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";

/** A ticket whose match or fill has its outcome first: it may be this ticket's end. */
export type Unsettled = { readonly ticketId: TicketId; readonly subject: MatchId | FillId };

export type AbsencesDecision = {
  readonly facts: readonly MatcherFact[];
  readonly unsettled: readonly Unsettled[];
};

/**
 * Cancels those of the tickets that can be cancelled truthfully: who prepares, searches, or is asked for acceptance, which refuses the
 * match. Of several tickets in one proposal the first ends it for all of them.
 */
export function decideAbsences(state: MatcherState, ticketIds: readonly TicketId[], nowMs: number): AbsencesDecision {
  const facts: MatcherFact[] = [];
  const unsettled: Unsettled[] = [];
  const refused = new Set<MatchId>();
  for (const ticketId of ticketIds) {
    const at = state.tickets.get(ticketId)?.ticket.state;
    if (at?.phase === "CLAIMED") unsettled.push({ ticketId, subject: at.fillId });
    if (at?.phase === "PLACING") unsettled.push({ ticketId, subject: at.matchId });
    if (at?.phase === "REQUIRES_ACCEPTANCE") {
      // Facts of one decision are folded after it: a proposal may end in one of them only.
      if (refused.has(at.matchId)) unsettled.push({ ticketId, subject: at.matchId });
      refused.add(at.matchId);
    }
    const isOpen = at?.phase === "PREPARING" || at?.phase === "SEARCHING" || at?.phase === "REQUIRES_ACCEPTANCE";
    if (!isOpen || unsettled.at(-1)?.ticketId === ticketId) continue;
    const decision = decideCancelMatching(state, ticketId, nowMs, "OWNER_GONE");
    if (decision.type === "decided") facts.push(...decision.facts);
  }
  return { facts, unsettled };
}
