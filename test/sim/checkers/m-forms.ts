// M-FORMS: once nothing fails any more, whoever waits is in no legal match with others who wait, and in no legal fill of a battle
// that seeks players: by an exhaustive search over those who, like rules, configuration and battle, have been there for a while.
import { findFill, formMatch, type JudgedTicket, type RuleSet } from "@muster/rules";
import type { Books } from "./books/books.ts";
import type { SessionEntry } from "./books/fleet-book.ts";
import type { MatchedSessionEntry } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { judgedIn, seatedIn } from "./judged-in.ts";
import { createRuleSets } from "./rule-sets.ts";
import { SETTLE_MS } from "./settle.ts";
import { fillGoalOf, seeksPlayers } from "./takes-players.ts";

const NAME = "M-FORMS";
/** What has been possible for so long, in ms, should have been done. */
const OVERDUE_MS = 3_000;
/** Between two looks at everything, in ms. */
const LOOK_EVERY_MS = 1_000;
/** The oldest, of each configuration: the search tries whatever they allow. */
const TICKETS_MAX = 12;
const STEPS_MAX = 100_000;
/** How much slower than the world's a service's clock may be. */
const PACE_MIN = 0.94;

export function mForms(books: Books): Checker {
  const ruleSets = createRuleSets(books);
  const askedToCancel = new Set<string>();
  /** When something was last done to a configuration, a rule set or a battle. */
  const touchedMs = new Map<string, number>();
  let matcherHeardMs = 0;
  let lookedMs = 0;
  /** What the last look at each was about: nothing changes in it but ages. */
  const looked = new Map<string, string>();

  const isOld = (name: string, nowMs: number) => nowMs - (touchedMs.get(name) ?? 0) > OVERDUE_MS;
  const waitingOf = (configuration: string, journalMs: number): readonly JudgedTicket[] =>
    [...(books.matcher.searching.get(configuration) ?? [])]
      .filter(({ sinceMs, timesOutAtMs }) => journalMs - sinceMs > OVERDUE_MS && timesOutAtMs > journalMs + OVERDUE_MS)
      .filter((ticket) => !askedToCancel.has(ticket.ticketId) && books.matcher.versions.isPresent(ticket))
      .slice(0, TICKETS_MAX)
      .map(({ ticketId, players, createdMs }) => ({ ticketId, players, searchingSinceMs: createdMs }) as JudgedTicket);
  const checkMatches = (configuration: string, ruleSet: RuleSet, tickets: readonly JudgedTicket[], agedMs: number) => {
    const found = formMatch(ruleSet, tickets, agedMs, { left: STEPS_MAX });
    if (!found) return;
    throw new BrokenPromise(NAME, `${found.tickets.join(", ")} wait in ${configuration} and are a match`);
  };
  const checkFill = (
    matched: MatchedSessionEntry,
    session: SessionEntry,
    { ruleSet, tickets, agedMs }: { ruleSet: RuleSet; tickets: readonly JudgedTicket[]; agedMs: number },
  ) => {
    const region = books.fleet.processes.get(session.processId)?.fleet ?? "";
    const { battleSessionId, turnedAway } = matched;
    const room = session.capacity - session.seats.size;
    const seated = session.teams.map(({ name }) => ({
      name,
      players: seatedIn(books, session, name),
    }));
    const newcomers = tickets
      .filter(({ ticketId }) => !turnedAway.has(ticketId))
      .filter(({ players }) => !players.some(({ playerId }) => session.everSeated.has(playerId)))
      .map((ticket) => ({
        ...ticket,
        players: ticket.players.map((player) => ({
          ...player,
          ...judgedIn(books, region, { playerId: player.playerId, ticketId: ticket.ticketId }),
        })),
      }));
    const found = findFill(ruleSet, seated, fillGoalOf(matched), newcomers, agedMs, { left: STEPS_MAX });
    const players = found?.additions.flatMap((addition) => addition.players) ?? [];
    if (!found || players.length > room) return;
    throw new BrokenPromise(NAME, `${found.tickets.join(", ")} wait and fit ${battleSessionId}`);
  };
  const isBattleComing = (configuration: string) =>
    [...books.matcher.matches.values()].some((one) => one.isOpen && one.match.configuration === configuration) ||
    [...books.matcher.sessions.values()].some((one) => one.fill && one.configuration === configuration);
  const look = (nowMs: number) => {
    const journalMs = books.matcherMs + (nowMs - matcherHeardMs) * PACE_MIN;
    const agedMs = journalMs - OVERDUE_MS;
    for (const { name, ruleSet: ruleSetName, backfill } of books.matcher.configurations.values()) {
      const ruleSet = ruleSets.find(name);
      if (backfill?.preferRunning && isBattleComing(name)) continue; // Arrivals may be held for it.
      if (!ruleSet || ruleSetName === undefined || !isOld(name, nowMs) || !isOld(ruleSetName, nowMs)) continue;
      const tickets = waitingOf(name, journalMs);
      if (tickets.length === 0) continue;
      const tiers = tickets.map((one) =>
        ruleSet.tiers.findLastIndex((t) => t.fromAgeMs <= agedMs - one.searchingSinceMs),
      );
      const battles = [...books.matcher.sessions.values()].flatMap((matched) => {
        const session = books.fleet.sessions.get(matched.battleSessionId);
        return session && matched.configuration === name && seeksPlayers(matched, session)
          ? [{ matched, session }]
          : [];
      });
      const digest = JSON.stringify([
        tickets.map(({ ticketId }, index) => [ticketId, tiers[index]]),
        battles.map(({ session }) => [session.battleSessionId, isOld(session.battleSessionId, nowMs)]),
      ]);
      if (looked.get(name) === digest) continue;
      looked.set(name, digest);
      checkMatches(name, ruleSet, tickets, agedMs);
      for (const { matched, session } of battles) {
        if (isOld(session.battleSessionId, nowMs)) checkFill(matched, session, { ruleSet, tickets, agedMs });
      }
    }
  };

  return {
    name: NAME,
    see(observation) {
      if (observation.type === "call" && observation.method === "cancelMatching") {
        const { request } = observation;
        if (typeof request === "object" && request && "ticketId" in request)
          askedToCancel.add(String(request.ticketId));
      }
      if (observation.type === "matcher-fact") {
        const { fact } = observation;
        matcherHeardMs = observation.atMs;
        if (fact.type === "rule-set-put") touchedMs.set(fact.name, observation.atMs);
        if (fact.type === "configuration-put") touchedMs.set(fact.configuration.name, observation.atMs);
        if ("battleSessionId" in fact) touchedMs.set(fact.battleSessionId, observation.atMs);
        return;
      }
      if (observation.type === "fleet-fact" && observation.fact.type === "session-changed") {
        touchedMs.set(observation.fact.change.battleSessionId, observation.atMs);
      }
      const { healedMs } = books;
      const { atMs } = observation;
      if (healedMs === undefined || atMs < healedMs + SETTLE_MS || matcherHeardMs < healedMs) return;
      if (atMs - lookedMs < LOOK_EVERY_MS) return;
      lookedMs = atMs;
      look(atMs);
    },
  };
}
