// What became of a ticket, step by step, as operators read it.
import type { Ticket, TicketState } from "./ticket.ts";
import type { TicketEventRecord } from "./ticket-events.ts";

export type TicketStep = {
  readonly event: TicketEventRecord;
  /** COMPLETED only. A fill takes a ticket straight from its search to its seat; a match with a session is placed before. */
  readonly seatedBy: "MATCH" | "BACKFILL" | "REJOIN" | undefined;
  readonly playersAccepted: number;
};

/** Steps that are told: more than any ticket has in half a day, unless its match is refused every few seconds. */
export const HISTORY_STEPS_MAX = 10_000;

/** The newest `HISTORY_STEPS_MAX` steps up to `latest`, oldest first. */
export function stepsUpTo(latest: TicketEventRecord): readonly TicketStep[] {
  const steps: TicketStep[] = [];
  for (let event: TicketEventRecord | undefined = latest; event; event = event.previous) {
    if (steps.length === HISTORY_STEPS_MAX) break;
    const { state } = event.ticket;
    steps.push({
      event,
      seatedBy: event.type === "STATE_CHANGED" ? seatedBy(state, event.previous?.ticket.state) : undefined,
      playersAccepted: state.phase === "REQUIRES_ACCEPTANCE" ? state.proposal.accepted.length : 0,
    });
  }
  return steps.reverse();
}

/** Time from the request to journal time `atMs`, in whole ms: the wait for players who were asked to join is part of it. */
export function sinceRequestMs({ searchingSinceMs, preparedForMs = 0 }: Ticket, atMs: number): number {
  return Math.max(0, Math.round(atMs - searchingSinceMs + preparedForMs));
}

function seatedBy(state: TicketState, before: TicketState | undefined): TicketStep["seatedBy"] {
  if (state.phase !== "COMPLETED") return undefined;
  if (state.assignment.rejoined) return "REJOIN";
  const isFill = before?.phase === "SEARCHING" && state.assignment.battleSessionId !== undefined;
  return isFill ? "BACKFILL" : "MATCH";
}
