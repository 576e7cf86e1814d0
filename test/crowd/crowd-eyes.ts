// What is to be seen of the crowd from outside: every ticket's state and every session's seats, as the contracts tell them.
import {
  type FleetConnection,
  type MatcherConnection,
  readFeedMessage,
  readTicketEvent,
  type Ticket,
} from "@muster/cli";
import { systemClock } from "@muster/kit";
import { applySessionChange, type BattleSession } from "@muster/proto";
import { noteFreeSeats, noteWaiting, type SeatClock, startedClock, stillEmptyMs } from "./seat-clock.ts";

export const CONFIGURATION = "crowd";
export const GUESTS_TEAM = "guests";

export interface CrowdEyes {
  /** Resolves with the ticket once it is completed; rejects if anything else becomes of it. */
  completed(ticketId: string): Promise<Ticket>;
  /** From now on it is counted how long seats stand empty. */
  startClock(): void;
  /** For each seat that was taken since, or is free now, how long it stood empty with somebody waiting, in ms. */
  emptyMs(): readonly number[];
  /** Rejects if a watch breaks, or with the abort of the signal. */
  readonly watching: Promise<unknown>;
}

export type EyesParts = {
  readonly matcher: MatcherConnection;
  readonly fleet: FleetConnection;
  readonly signal: AbortSignal;
};

export function openEyes({ matcher, fleet, signal }: EyesParts): CrowdEyes {
  const outcomes = new Map<string, PromiseWithResolvers<Ticket>>();
  const sessions = new Map<string, BattleSession>();
  let clock: SeatClock = startedClock;
  const outcomeOf = (ticketId: string) => {
    const outcome = outcomes.get(ticketId) ?? Promise.withResolvers<Ticket>();
    outcomes.set(ticketId, outcome);
    return outcome;
  };

  const watchTickets = async () => {
    const request = { ticketIds: [], configuration: CONFIGURATION, resumeToken: "" };
    for await (const message of matcher.matchmaking.watchTickets(request, { signal })) {
      const event = readTicketEvent(message);
      if (event.type !== "STATE_CHANGED") continue;
      const { ticket } = event;
      const isGuest = ticket.players.every(({ team }) => team === GUESTS_TEAM);
      if (isGuest) clock = noteWaiting(clock, ticket.ticketId, ticket.state === "SEARCHING", systemClock.nowMs());
      if (ticket.state === "COMPLETED") outcomeOf(ticket.ticketId).resolve(ticket);
      else if (ticket.state !== "SEARCHING" && ticket.state !== "PLACING") {
        outcomeOf(ticket.ticketId).reject(new Error(`Cannot seat ${ticket.ticketId} as it ended ${ticket.state}`));
      }
    }
  };
  const watchSessions = async () => {
    for await (const message of fleet.fleet.watchSessions({ owner: "", resumeToken: "" }, { signal })) {
      const session = fold(sessions, readFeedMessage(message));
      if (session) clock = noteFreeSeats(clock, session.battleSessionId, freeSeats(session), systemClock.nowMs());
    }
  };
  const watching = Promise.all([watchTickets(), watchSessions()]);
  watching.catch((error: unknown) => {
    for (const { reject } of outcomes.values()) reject(error);
  });
  return {
    watching,
    async completed(ticketId) {
      const ticket = await Promise.race([outcomeOf(ticketId).promise, rejectOn(signal)]);
      outcomes.delete(ticketId);
      return ticket;
    },
    startClock() {
      const nowMs = systemClock.nowMs();
      const anew = [...clock.freeSinceMs].map(([id, seats]) => [id, seats.map(() => nowMs)] as const);
      clock = { ...clock, freeSinceMs: new Map(anew), emptyMs: [] };
    },
    emptyMs: () => [...clock.emptyMs, ...stillEmptyMs(clock, systemClock.nowMs())],
  };
}

function fold(
  sessions: Map<string, BattleSession>,
  message: ReturnType<typeof readFeedMessage>,
): BattleSession | undefined {
  const before = message.type === "change" ? sessions.get(message.change.battleSessionId) : undefined;
  const after =
    message.type === "session"
      ? message.session
      : message.type === "change" && before
        ? applySessionChange(before, message.change)
        : undefined;
  if (after) sessions.set(after.battleSessionId, after);
  return after;
}

function freeSeats({ state, unreachable, teams, playerSessions }: BattleSession): number {
  const capacity = teams.find(({ name }) => name === GUESTS_TEAM)?.capacity ?? 0;
  const taken = playerSessions.filter(({ team }) => team === GUESTS_TEAM).length;
  return state === "ACTIVE" && !unreachable ? capacity - taken : 0;
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
