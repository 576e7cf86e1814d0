// What becomes of a party's live tickets when its members change: those that can still be cancelled are, and those in a match or a
// fill have its outcome first (T-CANCEL-TRUTH). What comes back from there is cancelled by the fold, before anybody can match it.
import type { PartyId } from "@muster/proto";
import { decideCancelMatching } from "../cancel-matching.ts";
import type { MatcherFact } from "../fact.ts";
import type { MatcherState } from "../matcher-state.ts";

export function cancelPartyTickets(state: MatcherState, partyId: PartyId, nowMs: number): readonly MatcherFact[] {
  return [...(state.parties.tickets.get(partyId) ?? [])].flatMap((ticketId) => {
    const phase = state.tickets.get(ticketId)?.ticket.state.phase;
    if (phase === "CLAIMED" || phase === "PLACING") return [];
    const decision = decideCancelMatching(state, ticketId, nowMs, "PARTY_CHANGED");
    return decision.type === "decided" ? decision.facts : [];
  });
}
