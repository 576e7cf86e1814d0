// E-ORDER: a watcher hears of each ticket version by version, of each session revision by revision, and the game the same
// from its SDK: in order, nothing twice, nothing left out, over any number of broken streams.

import type { WatchSessionsResponse } from "@muster/proto/fleet";
import { TicketEventType, type WatchTicketsResponse } from "@muster/proto/matchmaking";
import type { GameHeard } from "../observation.ts";
import type { Books } from "./books/books.ts";
import { isChange } from "./books/watch-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "E-ORDER";

export function eOrder(books: Books): Checker {
  const { ofTickets, ofSessions } = books.watches;
  /** The last revision that each game was told of each session. */
  const told = new Map<string, Map<string, number>>();
  /** Games whose process is over: what still runs of them in the simulation is nobody's. */
  const over = new Set<string>();

  const checkTicket = (name: string, { type, ticket }: WatchTicketsResponse) => {
    const watcher = ofTickets.get(name);
    if (!watcher || !ticket) return;
    const id = ticket.ticketId;
    const { playerId } = watcher;
    if (playerId !== undefined && !ticket.players.some((player) => player.playerId === playerId)) {
      throw new BrokenPromise(NAME, `${name} watches ${playerId} and hears of ${id}, which is another's`);
    }
    if (type === TicketEventType.SESSION_ENDED && watcher.sessionEnds.has(id)) {
      throw new BrokenPromise(NAME, `${name} hears a second time that the session of ${id} has ended`);
    }
    if (!isChange(type)) return;
    const before = watcher.versions.get(id);
    // Named tickets are told of from their start.
    const startedTick = watcher.startedTick ?? Number.POSITIVE_INFINITY;
    const isNew = watcher.ticketIds || (books.matcher.tickets.get(id)?.createdTick ?? 0) > startedTick;
    const expected = before === undefined ? (isNew ? 1 : ticket.version) : before + 1;
    if (ticket.version === expected) return;
    throw new BrokenPromise(NAME, `${name} hears version ${ticket.version} of ${id} where ${expected} is next`);
  };
  const checkSession = (name: string, { event }: WatchSessionsResponse) => {
    const watcher = ofSessions.get(name);
    if (!watcher || event?.$case !== "sessionChange") return;
    const { battleSessionId: id, revision } = event.value;
    const before = watcher.revisions.get(id);
    if (before === undefined)
      throw new BrokenPromise(NAME, `${name} hears a change of ${id}, of which it knows nothing`);
    if (revision !== before + 1)
      throw new BrokenPromise(NAME, `${name} hears revision ${revision} of ${id} after ${before}`);
  };
  const checkGame = (node: string, heard: Extract<GameHeard, { type: "start" | "update" }>) => {
    const { battleSessionId: id, revision } = heard.session;
    const sessions = told.get(node) ?? new Map<string, number>();
    told.set(node, sessions);
    const before = sessions.get(id);
    if (heard.type === "start" && before !== undefined)
      throw new BrokenPromise(NAME, `${node} is told twice to start ${id}`);
    if (heard.type === "update" && before === undefined) {
      throw new BrokenPromise(NAME, `${node} hears of a change of ${id}, which it was not told to start`);
    }
    if (before !== undefined && revision < before) {
      throw new BrokenPromise(NAME, `${node} hears revision ${revision} of ${id} after ${before}`);
    }
    sessions.set(id, revision);
  };
  return {
    name: NAME,
    see(observation) {
      switch (observation.type) {
        case "ticket-event":
          return checkTicket(observation.watcher, observation.event);
        case "session-event":
          return checkSession(observation.watcher, observation.event);
        case "game-heard": {
          const { heard, node } = observation;
          if (over.has(node)) return;
          if (heard.type === "start" || heard.type === "update") checkGame(node, heard);
          return;
        }
        case "life": {
          const { how, node } = observation;
          if (how === "pause" || how === "resume") return;
          told.delete(node);
          if (how === "start") over.delete(node);
          else over.add(node);
          return;
        }
        default:
          return;
      }
    },
  };
}
