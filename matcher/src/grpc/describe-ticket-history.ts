import { MusterError, parseId, type TicketId, writeEnum } from "@muster/proto";
import {
  type MatchmakingServiceDefinition,
  SeatedBy,
  type TicketAttempt,
  TicketAttemptType,
  TicketEventType,
  TicketState,
  type TicketTransition,
} from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { SessionEndCause } from "@muster/proto/session";
import { getTicket } from "../core/cancel-matching.ts";
import { readPhase, type Ticket } from "../core/ticket.ts";
import { sinceRequestMs, stepsUpTo, type TicketStep } from "../core/ticket-history.ts";
import { type ReadAttempt, readAttempts } from "../read-attempts.ts";
import type { Desk } from "./desk.ts";
import { writeTicket } from "./wire.ts";

export function describeTicketHistory(desk: Desk): Handlers<MatchmakingServiceDefinition>["describeTicketHistory"] {
  return async (message) => {
    const ticketId = parseId<TicketId>("ticket_id", message.ticketId);
    const shown = await desk.ledger.read((state) => {
      const ticket = getTicket(state, ticketId);
      return { ticket, latest: state.tickets.get(ticketId)?.latest };
    });
    if (!shown.latest) throw new MusterError("TICKET_NOT_FOUND", `Cannot find what became of ticket ${ticketId}`);
    const steps = stepsUpTo(shown.latest);
    const from = steps[0]?.event.sequence ?? 1;
    const until = steps.find(({ event }) => isEnded(event.ticket.state))?.event.sequence ?? Number.POSITIVE_INFINITY;
    const { attempts, isWhole } = await readAttempts(desk.ledger, { ticketId, from, until });
    return {
      ticket: writeTicket(shown.ticket, desk.joinTokens.write),
      transitions: steps.map(writeTransition),
      attempts: attempts.map((attempt) => writeAttempt(attempt, shown.ticket)),
      attemptsIncomplete: !isWhole,
    };
  };
}

function isEnded(state: Ticket["state"]): boolean {
  return ENDED.has(readPhase(state));
}

const ENDED: ReadonlySet<string> = new Set(["COMPLETED", "CANCELLED", "TIMED_OUT", "FAILED"]);

function writeAttempt(attempt: ReadAttempt, ticket: Ticket): TicketAttempt {
  const { type, sequence, atMs, atWallMs, cause = "" } = attempt;
  const isPlacement = attempt.type === "PLACEMENT_ENDED";
  return {
    type: writeEnum(TicketAttemptType, type),
    at: new Date(atWallMs),
    afterMs: sinceRequestMs(ticket, atMs),
    cause,
    matchId: isPlacement ? attempt.matchId : "",
    attempt: isPlacement ? attempt.attempt : 0,
    fillId: isPlacement ? "" : attempt.fillId,
    battleSessionId: isPlacement ? "" : attempt.battleSessionId,
    sequence,
  };
}

function writeTransition({ event, seatedBy, playersAccepted }: TicketStep): TicketTransition {
  const { ticket, type, atMs, atWallMs, sequence, sessionEndCause } = event;
  const { state } = ticket;
  return {
    type: writeEnum(TicketEventType, type),
    version: ticket.version,
    state: writeEnum(TicketState, readPhase(state)),
    at: new Date(atWallMs),
    afterMs: sinceRequestMs(ticket, atMs),
    cause: ("cause" in state && state.cause) || "",
    matchId: ("matchId" in state && state.matchId) || "",
    battleSessionId: (state.phase === "COMPLETED" && state.assignment.battleSessionId) || "",
    seatedBy: writeEnum(SeatedBy, seatedBy),
    sessionEndCause: writeEnum(SessionEndCause, sessionEndCause),
    playersAccepted,
    sequence,
  };
}
