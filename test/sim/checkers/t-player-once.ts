// T-PLAYER-ONCE: a player is in one live ticket of a configuration, or of all where one says so; a second request is told which.
import type { MatcherFact } from "@muster/matcher/testing";
import type { Books } from "./books/books.ts";
import { holderKey } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-PLAYER-ONCE";

export function tPlayerOnce(books: Books): Checker {
  /** Tickets that were superseded by what comes next. */
  let superseded: string[] = [];
  const checkSuccessor = (fact: MatcherFact) => {
    if (fact.type === "ticket-cancelled" && fact.cause === "SUPERSEDED") {
      superseded.push(fact.ticketId);
      return;
    }
    const players = fact.type === "ticket-created" ? fact.players.map(({ playerId }) => playerId as string) : [];
    for (const ticketId of superseded) {
      const isTaken = books.matcher.tickets.get(ticketId)?.players.some(({ playerId }) => players.includes(playerId));
      if (isTaken !== true) throw new BrokenPromise(NAME, `${ticketId} is superseded by no ticket of its players`);
    }
    superseded = [];
  };
  const isProjectWide = (name: string) => {
    return books.matcher.configurations.get(name)?.duplicatePlayers?.scope === "PROJECT";
  };
  const checkRefusal = (metadata: Readonly<Record<string, string>>, startedTick: number) => {
    const { ticketId = "", playerId = "" } = metadata;
    const ticket = books.matcher.tickets.get(ticketId);
    if (!ticket?.players.some((player) => player.playerId === playerId)) {
      throw new BrokenPromise(NAME, `${playerId} is refused for ${ticketId}, which does not hold the player`);
    }
    if (ticket.endedTick !== undefined && ticket.endedTick < startedTick) {
      throw new BrokenPromise(
        NAME,
        `${playerId} is refused for ${ticketId}, which was ${ticket.phase} before the call`,
      );
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact") checkSuccessor(observation.fact);
      if (observation.type === "matcher-fact" && observation.fact.type === "ticket-created") {
        const { configuration, players, ticketId } = observation.fact;
        for (const { playerId } of players) {
          for (const [other, { duplicatePlayers, query }] of books.matcher.configurations) {
            if (other === configuration && query) continue; // M-QUERIES counts them.
            const isApart =
              other !== configuration && duplicatePlayers?.scope !== "PROJECT" && !isProjectWide(configuration);
            const held = isApart ? undefined : books.matcher.holders.get(holderKey(other, playerId));
            if (held !== undefined) throw new BrokenPromise(NAME, `${ticketId} takes ${playerId}, whom ${held} holds`);
          }
        }
      }
      if (observation.type !== "answer" || !("refused" in observation.outcome)) return;
      const { refused, metadata } = observation.outcome;
      const call = books.calls.get(observation.callId);
      if (refused === "PLAYER_ALREADY_QUEUED" && call) checkRefusal(metadata, call.startedTick);
    },
  };
}
