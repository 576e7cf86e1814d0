// M-QUERIES: a match by queries is one that its tickets' queries and sizes allow, said by a direct reading of them: everybody accepts everybody in
// the best reading, in the compatible one somebody seeks all others, whose sizes lie within. No player has more tickets than allowed.
import type { MatcherFact } from "@muster/matcher/testing";
import { checkQueryTicket, type QuerySettings, type QueryTicket, scoreOf } from "@muster/rules";
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "M-QUERIES";

type Match = Extract<MatcherFact, { type: "match-formed" }>["match"];
type Created = Extract<MatcherFact, { type: "ticket-created" }>;

export function mQueries(books: Books): Checker {
  const settingsOf = (configuration: string) => books.matcher.configurations.get(configuration)?.query;
  const read = new Map<string, QueryTicket>();

  const remember = (fact: Created, journalMs: number) => {
    const { ticketId, configuration, players, query, partyId = "" } = fact;
    const settings = settingsOf(configuration);
    if ((query === undefined) !== (settings === undefined)) {
      throw new BrokenPromise(NAME, `${ticketId} is of the other kind than ${configuration}`);
    }
    if (!query || !settings) return;
    const sessions = players.map(({ playerId }) => playerId);
    const place = { arrival: read.size, createdAtMs: journalMs };
    read.set(ticketId, checkQueryTicket({ ...query, ticketId, partyId, sessions, ...place }, settings));
    for (const playerId of sessions) {
      const live = [...books.matcher.tickets.values()].filter((one) => {
        const holds = one.players.some((player) => player.playerId === playerId);
        return one.configuration === configuration && one.endedTick === undefined && holds;
      });
      if (live.length < settings.maxTicketsPerPlayer) continue;
      throw new BrokenPromise(NAME, `${playerId} has ${live.length} tickets and gets another, ${ticketId}`);
    }
  };

  const check = ({ matchId, configuration, players }: Match) => {
    const settings = settingsOf(configuration);
    if (!settings) return;
    const tickets = [...new Set(players.map(({ ticketId }) => ticketId))].map((id) => {
      const ticket = read.get(id);
      if (!ticket) throw new BrokenPromise(NAME, `${matchId} has ${id}, which has no query`);
      return ticket;
    });
    const size = players.length;
    for (const { ticketId, minCount, maxCount, countMultiple } of tickets) {
      if (size >= minCount && size <= maxCount && size % countMultiple === 0) continue;
      const asks = `${minCount} to ${maxCount} by ${countMultiple}`;
      throw new BrokenPromise(NAME, `${matchId} has ${size} players, and ${ticketId} asks for ${asks}`);
    }
    if (new Set(players.map(({ playerId }) => playerId)).size < size) {
      throw new BrokenPromise(NAME, `${matchId} has a player twice`);
    }
    const why = breachOf(tickets, settings);
    if (why !== undefined) throw new BrokenPromise(NAME, `${matchId}: ${why}`);
  };

  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "matcher-fact") return;
      const { fact, journalMs } = observation;
      if (fact.type === "ticket-created") remember(fact, journalMs);
      if (fact.type === "match-formed") check(fact.match);
    },
  };
}

function breachOf(tickets: readonly QueryTicket[], { mode }: QuerySettings): string | undefined {
  const accepts = (one: QueryTicket, other: QueryTicket) => scoreOf(one.query, other.document) !== undefined;
  if (mode === "best") {
    for (const one of tickets) {
      const refused = tickets.find((other) => other !== one && !accepts(one, other));
      if (refused) return `${one.ticketId} does not accept ${refused.ticketId}`;
    }
    return undefined;
  }
  const isSeeker = (one: QueryTicket) =>
    tickets.every((other) => {
      const isWithin = other.minCount >= one.minCount && other.maxCount <= one.maxCount;
      return other === one || (accepts(one, other) && isWithin);
    });
  return tickets.some(isSeeker) ? undefined : "nobody in it seeks all the others";
}
