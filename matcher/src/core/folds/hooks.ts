// Facts of hooks, folded.
import type { MatcherState } from "../matcher-state.ts";
import type { Fact, Times } from "./fact-of.ts";

export function refuseTicket(state: MatcherState, fact: Fact<"ticket-refused">, at: Times): MatcherState {
  const { ticketId, bodyDigest, hook, code, message } = fact;
  state.refused.set(ticketId, { ticketId, bodyDigest, hook, code, message, atMs: at.atMs });
  state.ended.push({ type: "refusal", ticketId, atMs: at.atMs });
  return state;
}
