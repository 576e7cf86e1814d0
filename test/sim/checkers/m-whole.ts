// M-WHOLE: a match or fill takes tickets whole, a party in one team unless its players ask for different ones; who asks for a
// team sits in it.
import type { MatcherFact } from "@muster/matcher/testing";
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "M-WHOLE";

type Assigned = Extract<MatcherFact, { type: "fill-decided" }>["newcomers"];

export function mWhole(books: Books): Checker {
  const check = (name: string, players: Assigned, room: number) => {
    const parties = new Map<string, Assigned[number][]>();
    for (const player of players) {
      const party = parties.get(player.ticketId) ?? [];
      party.push(player);
      parties.set(player.ticketId, party);
    }
    for (const [ticketId, party] of parties) {
      const held = books.matcher.tickets.get(ticketId)?.players ?? [];
      const missing = held.filter((one) => !party.some((player) => player.playerId === one.playerId));
      if (missing.length > 0 || held.length !== party.length) {
        throw new BrokenPromise(NAME, `${name} takes ${party.length} of the ${held.length} players of ${ticketId}`);
      }
      const asked = new Set(held.map((player) => player.team));
      const teams = new Set(party.map((player) => player.team));
      if (asked.size === 1 && teams.size > 1) {
        throw new BrokenPromise(NAME, `${name} splits ${ticketId} over ${[...teams].join(" and ")}`);
      }
    }
    for (const { ticketId, playerId, team } of players) {
      const asked = books.matcher.tickets.get(ticketId)?.players.find((one) => one.playerId === playerId)?.team;
      if (asked === undefined || team === asked || team.startsWith(`${asked}_`)) continue;
      throw new BrokenPromise(NAME, `${name} seats ${playerId} in ${team}, who asks for ${asked}`);
    }
    if (players.length > room) throw new BrokenPromise(NAME, `${name} has ${players.length} players for ${room} seats`);
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "matcher-fact") return;
      const { fact } = observation;
      if (fact.type === "match-formed") check(fact.match.matchId, fact.match.players, fact.match.capacity);
      if (fact.type === "fill-decided") {
        const capacity = books.fleet.sessions.get(fact.battleSessionId)?.capacity;
        check(fact.fillId, fact.newcomers, capacity ?? Number.POSITIVE_INFINITY);
      }
    },
  };
}
