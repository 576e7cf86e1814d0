// M-NO-BYPASS, as the engine promises it: of two tickets that differ in nothing but their age the older one goes first; and where
// only a window, a partition and numbers of players tell who fits, nobody younger has a place in a match that a waiting ticket of
// the same kind could take without widening the match. Tickets that somebody asked to cancel are held back, and may be passed over.
import type { MatcherFact } from "@muster/matcher/testing";
import { judge } from "@muster/rules";
import { countedAxis } from "../model/rule-oracle.ts";
import type { Books } from "./books/books.ts";
import { isCallOf } from "./books/call-book.ts";
import type { TicketEntry } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { createRuleSets } from "./rule-sets.ts";

const NAME = "M-NO-BYPASS";
/** Who has searched for less, in ms, may have come back between two rounds that share one search. */
const FRESH_MS = 1_000;

/** Of the matches that are found together some may be left to later rounds: whoever is in one of them is matched by then, in ms. */
const MATCHED_WITHIN_MS = 500;

type Match = Extract<MatcherFact, { type: "match-formed" }>["match"];

export function mNoBypass(books: Books): Checker {
  const ruleSets = createRuleSets(books);
  /** What the rules can see of a ticket: equal ones can stand in for one another. */
  const looks = new WeakMap<TicketEntry, string>();
  const askedToCancel = new Set<string>();
  let suspicions: { readonly waiting: TicketEntry; readonly untilMs: number; readonly why: string }[] = [];
  const lookOf = (ticket: TicketEntry) => {
    const known = looks.get(ticket);
    if (known !== undefined) return known;
    const look = JSON.stringify(
      ticket.players.map(({ attributes, latenciesMs, team }) => ({ attributes, latenciesMs, team })),
    );
    looks.set(ticket, look);
    return look;
  };
  /** Whether the ticket plays by what one plays by that arrived as number `arrival`. */
  const isPlayedAlike = ({ configuration, arrival }: TicketEntry, other: number) => {
    const { playOf } = books.matcher.versions;
    return JSON.stringify(playOf(configuration, arrival)) === JSON.stringify(playOf(configuration, other));
  };
  /**
   * Whoever of the configuration is older than the ticket and could have been matched in its place. Tickets have the place of their
   * arrival: one that asked players to join has searched for less than its place says, and is passed over by nobody who came later.
   */
  const olderThan = (ticket: TicketEntry, taken: ReadonlySet<string>, journalMs: number): readonly TicketEntry[] =>
    [...(books.matcher.searching.get(ticket.configuration) ?? [])].filter(
      ({ ticketId, createdMs, timesOutAtMs, arrival }) =>
        isPlayedAlike(ticket, arrival) &&
        createdMs < ticket.createdMs &&
        arrival < ticket.arrival &&
        !taken.has(ticketId) &&
        timesOutAtMs > journalMs &&
        !askedToCancel.has(ticketId),
    );
  const check = (name: string, journalMs: number, battleSessionId?: string) => {
    const { everSeated } = books.fleet.sessions.get(battleSessionId ?? "") ?? {};
    const { turnedAway } = books.matcher.sessions.get(battleSessionId ?? "") ?? {};
    const taken = new Set(books.steps.map((step) => step.ticketId));
    for (const ticketId of taken) {
      const ticket = books.matcher.tickets.get(ticketId);
      if (!ticket) continue;
      for (const waiting of olderThan(ticket, taken, journalMs)) {
        if (lookOf(waiting) !== lookOf(ticket)) continue;
        // In that very battle, as the matcher may see it, or not wanted there.
        if (waiting.players.some((player) => everSeated?.has(player.playerId))) continue;
        if (turnedAway?.has(waiting.ticketId)) continue;
        throw new BrokenPromise(
          NAME,
          `${name} takes ${ticketId} and leaves ${waiting.ticketId}, which is older and like it`,
        );
      }
    }
  };
  const confirm = (journalMs: number) => {
    const due = suspicions.filter(({ untilMs }) => untilMs < journalMs);
    suspicions = suspicions.filter(({ untilMs }) => untilMs >= journalMs);
    for (const { waiting, why } of due) {
      const isLeft = waiting.phase === "SEARCHING" && !askedToCancel.has(waiting.ticketId);
      if (isLeft) throw new BrokenPromise(NAME, why);
    }
  };
  const checkPlaces = ({ matchId, players, teams, formedBy }: Match, journalMs: number) => {
    const document = books.matcher.versions.documentOf(formedBy?.ruleSet ?? "", formedBy?.ruleSetVersion ?? 0) ?? "";
    const ruleSet = ruleSets.parse(document);
    const axis = countedAxis(document);
    if (!ruleSet || axis === undefined) return;
    const taken = new Set<string>(players.map(({ ticketId }) => ticketId));
    const entries = [...taken].flatMap((ticketId) => books.matcher.tickets.get(ticketId) ?? []);
    const range = rangeOf(axis, entries);
    for (const ticket of entries) {
      for (const waiting of olderThan(ticket, taken, journalMs)) {
        if (kindOf(waiting) !== kindOf(ticket) || journalMs - waiting.sinceMs < FRESH_MS) continue;
        const own = rangeOf(axis, [waiting]);
        if (own.low < range.low || own.high > range.high) continue;
        const places = players.filter(({ ticketId }) => ticketId === ticket.ticketId);
        const instead = new Map(ticket.players.map(({ playerId }, at) => [playerId, waiting.players[at]]));
        const roster = teams.map(({ name }) => ({
          name,
          players: players
            .filter(({ team }) => team === name)
            .flatMap((player) => {
              const isReplaced = places.includes(player);
              const entry = isReplaced ? waiting : books.matcher.tickets.get(player.ticketId);
              const held = isReplaced
                ? instead.get(player.playerId)
                : entry?.players.find(({ playerId }) => playerId === player.playerId);
              return held ? [{ ...held, ticketId: entry?.ticketId as typeof player.ticketId }] : [];
            }),
        }));
        const ages = [...entries.filter((one) => one !== ticket), waiting].map((one) => journalMs - one.createdMs);
        const ageMs = ruleSet.expansionAge === "newest" ? Math.min(...ages) : Math.max(...ages);
        if (judge(ruleSet, roster, { ageMs }).length > 0) continue;
        const why = `${matchId} takes ${ticket.ticketId} and leaves ${waiting.ticketId}, which is older and fits in its place`;
        suspicions.push({ waiting, untilMs: journalMs + MATCHED_WITHIN_MS, why });
      }
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "call" && observation.method === "cancelMatching") {
        const call = { ...observation, startedMs: 0, startedTick: 0 };
        if (isCallOf(call, "cancelMatching")) askedToCancel.add(call.request.ticketId);
      }
      if (observation.type !== "matcher-fact") return;
      const { fact, journalMs } = observation;
      if (suspicions.length > 0) confirm(journalMs);
      // Where arrivals prefer running battles, who would fit one to come is held back; queries find whom they like best, not the oldest.
      const hasOtherOrder = ({ configuration }: Match) => {
        const { backfill, query } = books.matcher.configurations.get(configuration) ?? {};
        return backfill?.preferRunning === true || query !== undefined;
      };
      if (fact.type === "match-formed" && !hasOtherOrder(fact.match)) {
        check(fact.match.matchId, journalMs);
        checkPlaces(fact.match, journalMs);
      }
      if (fact.type === "fill-decided") {
        check(fact.fillId, journalMs, fact.battleSessionId);
      }
      if (fact.type === "ended-forgotten") {
        for (const ticketId of askedToCancel) if (!books.matcher.tickets.has(ticketId)) askedToCancel.delete(ticketId);
      }
    },
  };
}

/** Of the attribute `name`. */
function rangeOf(name: string, tickets: readonly TicketEntry[]): { readonly low: number; readonly high: number } {
  const values = tickets.flatMap(({ players }) => players.map(({ attributes }) => Number(attributes[name])));
  return { low: Math.min(...values), high: Math.max(...values) };
}

function kindOf({ players }: TicketEntry): string {
  return JSON.stringify(players.map(({ team }) => team ?? ""));
}
