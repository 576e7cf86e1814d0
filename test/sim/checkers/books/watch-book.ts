// What each watcher of tickets and of the fleet's feed has heard so far.

import type { WatchSessionsResponse } from "@muster/proto/fleet";
import { TicketEventType, type WatchTicketsResponse } from "@muster/proto/matchmaking";

export type TicketWatcher = {
  /** Undefined: all tickets. */
  readonly ticketIds: ReadonlySet<string> | undefined;
  /** Undefined: tickets of anybody. */
  readonly playerId: string | undefined;
  /** It is nobody's presence. */
  readonly isOnlooker: boolean;
  /** The first thing that it heard: what came before it need not know. */
  startedTick: number | undefined;
  isOpen: boolean;
  /** The last version heard of each ticket. */
  readonly versions: Map<string, number>;
  /** Tickets of whose session's end it has heard. */
  readonly sessionEnds: Set<string>;
};

export type SessionWatcher = {
  startedTick: number;
  isOpen: boolean;
  /** The last revision heard of each session. */
  readonly revisions: Map<string, number>;
};

export interface WatchBook {
  readonly ofTickets: ReadonlyMap<string, TicketWatcher>;
  readonly ofSessions: ReadonlyMap<string, SessionWatcher>;
  ticketWatch(watch: {
    readonly watcher: string;
    readonly resumeToken: string;
    readonly ticketIds: readonly string[];
    readonly playerId?: string | undefined;
    readonly onlooker?: boolean | undefined;
  }): void;
  ticketEvent(watcher: string, event: WatchTicketsResponse, tick: number): void;
  sessionWatch(watcher: string, resumeToken: string, tick: number): void;
  sessionEvent(watcher: string, event: WatchSessionsResponse): void;
  ended(watcher: string): void;
  /** The process that watched is gone, and its successor knows nothing of it. */
  died(node: string): void;
}

/** Whether the event tells of another version of its ticket. */
export function isChange(type: WatchTicketsResponse["type"]): boolean {
  const { STATE_CHANGED, ACCEPTANCE_CHANGED, PREPARATION_CHANGED } = TicketEventType;
  return type === STATE_CHANGED || type === ACCEPTANCE_CHANGED || type === PREPARATION_CHANGED;
}

export function createWatchBook(): WatchBook {
  const ofTickets = new Map<string, TicketWatcher>();
  const ofSessions = new Map<string, SessionWatcher>();
  return {
    ofTickets,
    ofSessions,
    ticketWatch({ watcher: name, resumeToken, ticketIds, playerId, onlooker }) {
      const watcher = ofTickets.get(name);
      if (watcher && resumeToken !== "") {
        watcher.isOpen = true;
        return;
      }
      const named = ticketIds.length > 0 ? new Set(ticketIds) : undefined;
      ofTickets.set(name, {
        ticketIds: named,
        playerId,
        isOnlooker: onlooker === true,
        startedTick: undefined,
        isOpen: true,
        versions: new Map(),
        sessionEnds: new Set(),
      });
    },
    ticketEvent(name, { type, ticket }, tick) {
      const watcher = ofTickets.get(name);
      if (!watcher) return;
      watcher.startedTick ??= tick;
      if (!ticket) return;
      if (isChange(type)) watcher.versions.set(ticket.ticketId, ticket.version);
      if (type === TicketEventType.SESSION_ENDED) watcher.sessionEnds.add(ticket.ticketId);
    },
    sessionWatch(name, resumeToken, tick) {
      const watcher = ofSessions.get(name);
      if (watcher && resumeToken !== "") watcher.isOpen = true;
      else ofSessions.set(name, { startedTick: tick, isOpen: true, revisions: new Map() });
    },
    sessionEvent(name, { event }) {
      const watcher = ofSessions.get(name);
      if (!watcher || !event) return;
      if (event.$case === "snapshotBegin") watcher.revisions.clear();
      if (event.$case === "session") watcher.revisions.set(event.value.battleSessionId, event.value.revision);
      if (event.$case === "sessionChange") watcher.revisions.set(event.value.battleSessionId, event.value.revision);
    },
    ended(name) {
      const watcher = ofTickets.get(name);
      for (const one of [watcher, ofSessions.get(name)]) if (one) one.isOpen = false;
    },
    died(node) {
      for (const watchers of [ofTickets, ofSessions]) {
        for (const name of watchers.keys()) {
          if (name === node || name.startsWith(`${node} `)) watchers.delete(name);
        }
      }
    },
  };
}
