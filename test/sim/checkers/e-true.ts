// E-TRUE: nobody is shown what is not durable: every state, version, roster that an answer or an event tells is in a journal.
import { readEnum } from "@muster/proto";
import type { WatchSessionsResponse } from "@muster/proto/fleet";
import { type Ticket, TicketState } from "@muster/proto/matchmaking";
import type { HeardSession } from "../observation.ts";
import type { Books } from "./books/books.ts";
import { rosterOf } from "./books/fleet-book.ts";
import { joinedText } from "./books/preparation-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { shownTickets } from "./shown-tickets.ts";

const NAME = "E-TRUE";

export function eTrue(books: Books): Checker {
  const checkTicket = (reader: string, shown: Ticket) => {
    const ticket = books.matcher.tickets.get(shown.ticketId);
    if (!ticket) return; // Its retention has ended since, or T-NO-LOSS speaks.
    const state = readEnum(TicketState, shown.state);
    const durable = ticket.states[shown.version - 1];
    if (durable === state) {
      checkProposal(reader, shown, ticket.progress.get(shown.version));
      return checkSeats(reader, shown);
    }
    const why = `${reader} is shown ${shown.ticketId} as ${state} in version ${shown.version}: durable is ${durable ?? `version ${ticket.version}`}`;
    throw new BrokenPromise(NAME, why);
  };
  const checkProposal = (
    reader: string,
    { ticketId, version, matchId, proposal, preparation }: Ticket,
    durable: string | undefined,
  ) => {
    const accepted = (proposal?.players ?? []).filter((player) => player.accepted).map(({ playerId }) => playerId);
    const joined = (preparation?.players ?? []).filter((player) => player.joined).map(({ playerId }) => playerId);
    const told = preparation ? joinedText(new Set(joined)) : proposal && `${matchId}: ${accepted.toSorted().join()}`;
    if (told === durable) return;
    throw new BrokenPromise(
      NAME,
      `${reader} is told in version ${version} of ${ticketId} of ${told}: durable is ${durable}`,
    );
  };
  const checkSeats = (reader: string, { ticketId, assignment }: Ticket) => {
    for (const player of assignment?.players ?? []) {
      if (player.playerSessionId === "") continue;
      if (player.ticketId !== ticketId) {
        throw new BrokenPromise(
          NAME,
          `${reader} is shown the seat of ${player.playerId} by ${ticketId}, which is not its own`,
        );
      }
      const session = books.fleet.sessionBySeat.get(player.playerSessionId);
      if (session === assignment?.battleSessionId) continue;
      const known = session === undefined && books.fleet.sessions.get(assignment?.battleSessionId ?? "") === undefined;
      if (!known) throw new BrokenPromise(NAME, `${reader} is shown a seat of ${player.playerId} that no session has`);
    }
  };
  const checkRevision = (reader: string, sessionId: string, revision: number) => {
    const session = books.fleet.sessions.get(sessionId);
    if (!session || revision <= session.revision) return session;
    throw new BrokenPromise(
      NAME,
      `${reader} hears revision ${revision} of ${sessionId}: durable is ${session.revision}`,
    );
  };
  const checkFeed = (watcher: string, { event }: WatchSessionsResponse) => {
    if (event?.$case === "sessionChange") checkRevision(watcher, event.value.battleSessionId, event.value.revision);
    if (event?.$case !== "session") return;
    const { battleSessionId, revision, playerSessions } = event.value;
    const session = checkRevision(watcher, battleSessionId, revision);
    const durable = session?.rosters[revision - 1];
    const shown = rosterOf(playerSessions.map(({ playerSessionId, team }) => ({ playerSessionId, team })));
    if (durable === undefined || durable === shown) return;
    throw new BrokenPromise(NAME, `${watcher} is shown another roster of ${battleSessionId} at revision ${revision}`);
  };
  const checkGame = (node: string, { battleSessionId, revision, players }: HeardSession) => {
    const session = checkRevision(node, battleSessionId, revision);
    for (const { playerSessionId } of session ? players : []) {
      if (session?.seats.has(playerSessionId) || session?.freed.has(playerSessionId)) continue;
      throw new BrokenPromise(NAME, `${node} is shown a player of ${battleSessionId} who never had a seat`);
    }
  };
  return {
    name: NAME,
    see(observation) {
      for (const { reader, ticket } of shownTickets(books, observation)) checkTicket(reader, ticket);
      if (observation.type === "session-event") checkFeed(observation.watcher, observation.event);
      if (observation.type !== "game-heard") return;
      const { heard, node } = observation;
      if (heard.type === "start" || heard.type === "update") checkGame(node, heard.session);
    },
  };
}
