// B-PREFERS: where arrivals prefer running battles, nobody begins a new one who fits a battle that has been seeking players for a while.
import type { MatcherFact } from "@muster/matcher/testing";
import { findFill, type JudgedTicket } from "@muster/rules";
import type { Books } from "./books/books.ts";
import type { SessionEntry } from "./books/fleet-book.ts";
import type { MatchedSessionEntry, TicketEntry } from "./books/matcher-entries.ts";
import { ticketsOf } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { judgedIn, seatedIn } from "./judged-in.ts";
import { createRuleSets } from "./rule-sets.ts";
import { SETTLE_MS } from "./settle.ts";
import { fillGoalOf, seeksPlayers } from "./takes-players.ts";

const NAME = "B-PREFERS";
/** Battle, configuration and rules as they have been for so long, in ms, are as the matcher sees them. */
const KNOWN_MS = 3_000;
const STEPS_MAX = 100_000;

type Match = Extract<MatcherFact, { type: "match-formed" }>["match"];

export function bPrefers(books: Books): Checker {
  const ruleSets = createRuleSets(books);
  /** When something was last done to a configuration, a rule set or a battle. */
  const touchedMs = new Map<string, number>();
  const isOld = (name: string) => books.nowMs - (touchedMs.get(name) ?? 0) > KNOWN_MS;

  const fits = (ticket: TicketEntry, matched: MatchedSessionEntry, session: SessionEntry, nowMs: number) => {
    const ruleSet = ruleSets.find(matched.configuration);
    if (!ruleSet || matched.turnedAway.has(ticket.ticketId)) return false;
    if (!books.matcher.versions.isPresent(ticket)) return false; // Battles are filled with new tickets.
    if (ticket.players.some(({ playerId }) => session.everSeated.has(playerId))) return false;
    const region = books.fleet.processes.get(session.processId)?.fleet ?? "";
    const seated = session.teams.map(({ name }) => ({ name, players: seatedIn(books, session, name) }));
    const { ticketId, createdMs } = ticket;
    const players = ticket.players.map((player) => ({
      ...player,
      ...judgedIn(books, region, { playerId: player.playerId, ticketId }),
    }));
    const newcomer = { ticketId: ticketId as JudgedTicket["ticketId"], players, searchingSinceMs: createdMs };
    const fill = findFill(ruleSet, seated, fillGoalOf(matched), [newcomer], nowMs, { left: STEPS_MAX });
    return fill !== undefined && players.length <= session.capacity - session.seats.size;
  };
  const check = ({ matchId, configuration, players }: Match, journalMs: number) => {
    const { backfill, ruleSet = "" } = books.matcher.configurations.get(configuration) ?? {};
    if (!backfill?.preferRunning || !isOld(configuration) || !isOld(ruleSet)) return;
    const battles = [...books.matcher.sessions.values()].flatMap((matched) => {
      const session = books.fleet.sessions.get(matched.battleSessionId);
      const isIt = session && matched.configuration === configuration && seeksPlayers(matched, session);
      return isIt && isOld(matched.battleSessionId) ? [{ matched, session }] : [];
    });
    for (const ticketId of battles.length === 0 ? [] : ticketsOf(players)) {
      const ticket = books.matcher.tickets.get(ticketId);
      const better = battles.find(({ matched, session }) => ticket && fits(ticket, matched, session, journalMs));
      if (!better) continue;
      throw new BrokenPromise(NAME, `${matchId} takes ${ticketId}, who fits ${better.session.battleSessionId}`);
    }
  };
  return {
    name: NAME,
    see(observation) {
      const { atMs } = observation;
      if (observation.type === "matcher-fact") {
        const { fact, journalMs } = observation;
        const { healedMs } = books;
        const isCalm = healedMs !== undefined && atMs > healedMs + SETTLE_MS;
        if (fact.type === "match-formed" && isCalm) check(fact.match, journalMs);
        if (fact.type === "rule-set-put") touchedMs.set(fact.name, atMs);
        if (fact.type === "configuration-put") touchedMs.set(fact.configuration.name, atMs);
        if ("battleSessionId" in fact) touchedMs.set(fact.battleSessionId, atMs);
      }
      if (observation.type === "fleet-fact" && observation.fact.type === "session-changed") {
        touchedMs.set(observation.fact.change.battleSessionId, atMs);
      }
    },
  };
}
