// What the live view knows, as a fold of what the contracts and the supervisor told. Plain values; the folds are pure.
import { applySessionChange, type BattleSession } from "@muster/proto";
import type { ServiceEvent } from "@muster/service";
import type { FeedMessage, ServerProcess } from "../contract/session.ts";
import { isOver, type TicketEvent, type TicketState } from "../contract/ticket.ts";
import type { FleetsState } from "./fleet-lines.ts";

export type ServiceState = {
  readonly name: string;
  readonly state: "STARTING" | "READY" | "CRASHED" | "FINISHED" | "STOPPING" | "STOPPED";
  /** Crashes so far. */
  readonly crashes: number;
};

export type LiveTicket = { readonly state: TicketState; readonly players: number };

/** Processes are there as long as the fleet remembers them. */
export type LiveState = FleetsState & {
  readonly services: readonly ServiceState[];
  /** Live tickets by id: those heard of since the view was opened. */
  readonly tickets: ReadonlyMap<string, LiveTicket>;
  /** Since the view was opened, in players and tickets. */
  readonly matchedPlayers: number;
  readonly ended: Readonly<Record<"COMPLETED" | "CANCELLED" | "TIMED_OUT" | "FAILED", number>>;
  /** How long the last completed tickets waited, in ms, newest last. */
  readonly waitsMs: readonly number[];
  /** Sessions that live, by id, oldest first. */
  readonly sessions: ReadonlyMap<string, BattleSession>;
  /** Sessions that ended since the view was opened. */
  readonly endedSessions: number;
};

const WAITS_KEPT = 100;

export const emptyLiveState: LiveState = {
  services: [],
  tickets: new Map(),
  matchedPlayers: 0,
  ended: { COMPLETED: 0, CANCELLED: 0, TIMED_OUT: 0, FAILED: 0 },
  waitsMs: [],
  sessions: new Map(),
  endedSessions: 0,
  fleets: [],
  processes: [],
  lastLines: new Map(),
  lastWords: new Map(),
};

export function foldService(state: LiveState, event: ServiceEvent): LiveState {
  const before = state.services.find(({ name }) => name === event.name);
  const after: ServiceState = {
    name: event.name,
    state: event.type.toUpperCase() as Uppercase<ServiceEvent["type"]>,
    crashes: (before?.crashes ?? 0) + (event.type === "crashed" ? 1 : 0),
  };
  const services = before ? state.services.map((one) => (one === before ? after : one)) : [...state.services, after];
  return { ...state, services };
}

export function foldTicket(state: LiveState, event: TicketEvent): LiveState {
  if (event.type !== "STATE_CHANGED") return state;
  const { ticket } = event;
  const tickets = new Map(state.tickets);
  if (!isEnd(ticket.state)) {
    tickets.set(ticket.ticketId, { state: ticket.state, players: ticket.players.length });
    return { ...state, tickets };
  }
  tickets.delete(ticket.ticketId);
  const ended = { ...state.ended, [ticket.state]: state.ended[ticket.state] + 1 };
  if (ticket.state !== "COMPLETED") return { ...state, tickets, ended };
  const waitedMs = Date.parse(event.at ?? "") - Date.parse(ticket.createdAt ?? "");
  const waitsMs = Number.isNaN(waitedMs) ? state.waitsMs : [...state.waitsMs, waitedMs].slice(-WAITS_KEPT);
  return { ...state, tickets, ended, waitsMs, matchedPlayers: state.matchedPlayers + ticket.players.length };
}

function isEnd(state: TicketState): state is keyof LiveState["ended"] {
  return isOver(state);
}

export function foldFeed(state: LiveState, message: FeedMessage): LiveState {
  switch (message.type) {
    case "snapshot-begin":
      // What ended while the stream was broken is not in the snapshot that follows.
      return { ...state, sessions: new Map() };
    case "session": {
      if (message.session.state === "TERMINATED") return state;
      return { ...state, sessions: new Map(state.sessions).set(message.session.battleSessionId, message.session) };
    }
    case "change": {
      const before = state.sessions.get(message.change.battleSessionId);
      if (!before) return state;
      const after = applySessionChange(before, message.change);
      const sessions = new Map(state.sessions).set(after.battleSessionId, after);
      if (after.state !== "TERMINATED") return { ...state, sessions };
      sessions.delete(after.battleSessionId);
      return { ...state, sessions, endedSessions: state.endedSessions + 1 };
    }
    default:
      return state;
  }
}

/** Processes that are over in `after` and were not in `before`. */
export function newlyEnded(
  before: readonly ServerProcess[],
  after: readonly ServerProcess[],
): readonly ServerProcess[] {
  const over = new Set(before.filter(({ state }) => state === "ENDED").map(({ processId }) => processId));
  return after.filter(({ processId, state }) => state === "ENDED" && !over.has(processId));
}

/** How many live tickets and players are in `wanted`. */
export function countTickets(state: LiveState, wanted: TicketState): { tickets: number; players: number } {
  let tickets = 0;
  let players = 0;
  for (const ticket of state.tickets.values()) {
    if (ticket.state !== wanted) continue;
    tickets += 1;
    players += ticket.players;
  }
  return { tickets, players };
}

/** The middle of the last waits, in ms. Undefined before the first. */
export function medianWaitMs(state: LiveState): number | undefined {
  return state.waitsMs.toSorted((a, b) => a - b)[Math.floor(state.waitsMs.length / 2)];
}
