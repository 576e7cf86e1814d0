// What time alone brings about: searches and proposals that end, and ended things that are forgotten.
import { limits, type TicketId } from "@muster/proto";
import { decideUnanswered } from "./end-proposal.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import { decideOffersDue } from "./party/decide-party.ts";

/** Deadlines that one step handles: what is left over follows in the next, so that calls get their turn between. */
export const DUE_PER_STEP_MAX = 1_000;
/** How long an ended thing may outstay its retention, in ms: forgetting is done in batches. */
const FORGET_EVERY_MS = 60_000;

/** Facts that are due at `nowMs`. More may be due: ask again when these are folded. What has ended is kept for `endedMs`. */
export function decideDue(
  state: MatcherState,
  nowMs: number,
  endedMs: number = limits.ENDED_KEPT_MS,
): readonly MatcherFact[] {
  const due = state.deadlines.findDue(nowMs, DUE_PER_STEP_MAX);
  const facts: MatcherFact[] = due.map((ticketId) => dueFact(state, ticketId, nowMs));
  facts.push(...decideOffersDue(state, nowMs, DUE_PER_STEP_MAX));
  const forgetUntilMs = dueToForget(state, nowMs, endedMs);
  if (forgetUntilMs !== undefined) facts.push({ type: "ended-forgotten", endedUntilMs: forgetUntilMs });
  return facts;
}

/** Of the ticket's search, or of the proposal whose deadline stands under it. */
function dueFact(state: MatcherState, ticketId: TicketId, nowMs: number): MatcherFact {
  const at = state.tickets.get(ticketId)?.ticket.state;
  const proposal = at?.phase === "REQUIRES_ACCEPTANCE" ? state.proposals.get(at.matchId) : undefined;
  return proposal ? decideUnanswered(state, proposal, nowMs) : { type: "ticket-timed-out", ticketId };
}

/** When decideDue() has something to decide next; undefined: never, as things are. */
export function nextDueAtMs(state: MatcherState, endedMs: number = limits.ENDED_KEPT_MS): number | undefined {
  const times = [state.deadlines.nextAtMs(), state.parties.deadlines.nextAtMs(), forgetAtMs(state, endedMs)].filter(
    (time) => time !== undefined,
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

function forgetAtMs(state: MatcherState, endedMs: number): number | undefined {
  const [oldest] = state.ended;
  return oldest && oldest.atMs + endedMs + FORGET_EVERY_MS;
}

function dueToForget(state: MatcherState, nowMs: number, endedMs: number): number | undefined {
  const dueAtMs = forgetAtMs(state, endedMs);
  if (dueAtMs === undefined || nowMs < dueAtMs) return undefined;
  // Whole, as the journal keeps it; never before the oldest, or nothing would be forgotten.
  const untilMs = Math.floor(nowMs - endedMs);
  const last = state.ended[DUE_PER_STEP_MAX];
  return last ? Math.min(untilMs, Math.ceil(last.atMs)) : untilMs;
}
