// L-PROGRESS: once nothing fails any more the services answer, and no ticket's time runs out while a legal match with others
// who wait has been there for long.
import { judge } from "@muster/rules";
import type { Books } from "./books/books.ts";
import type { TicketEntry } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { createRuleSets } from "./rule-sets.ts";
import { SETTLE_MS } from "./settle.ts";

const NAME = "L-PROGRESS";
/** A match that has been possible for so long, in ms, should have been made. */
const OVERDUE_MS = 3_000;
/** Tickets that are looked at beside the one whose time ran out: the search below tries every seating of them. */
const OTHERS_MAX = 5;
const OF_MATCHER: ReadonlySet<string> = new Set(["startMatching", "cancelMatching", "describeMatchingProgress"]);

export function lProgress(books: Books): Checker {
  const ruleSets = createRuleSets(books);
  const askedToCancel = new Set<string>();

  const findMissed = (late: TicketEntry, journalMs: number): readonly string[] | undefined => {
    const ruleSet = ruleSets.find(late.configuration);
    if (!books.matcher.versions.isPresent(late)) return undefined; // It plays by rules of before.
    // Where arrivals prefer running battles, who would fit one to come is held back for it.
    if (!ruleSet || books.matcher.configurations.get(late.configuration)?.backfill?.preferRunning) return undefined;
    const waited = (ticket: TicketEntry) =>
      ticket !== late && journalMs - ticket.sinceMs > OVERDUE_MS && books.matcher.versions.isPresent(ticket);
    const pool = [...(books.matcher.searching.get(late.configuration) ?? [])].filter(
      (ticket) => waited(ticket) && !askedToCancel.has(ticket.ticketId) && ticket.timesOutAtMs > journalMs,
    );
    const teams = ruleSet.tiers[0].teams.flatMap((team) => team.instances);
    return searchSeating([late, ...pool.slice(0, OTHERS_MAX)], teams, (seated) => {
      // A team may be asked for by the name of its template: whoever asks for another sits wrong here.
      const isContent = ({ ticket, team }: Seated[number]) =>
        ticket.players.every((player) => player.team === undefined || team.startsWith(player.team));
      if (!seated.every(isContent)) return false;
      const ages = seated.map(({ ticket }) => journalMs - OVERDUE_MS - ticket.createdMs);
      const roster = teams.map((name) => ({
        name,
        players: seated.filter((one) => one.team === name).flatMap(({ ticket }) => ticket.players),
      }));
      const ageMs = ruleSet.expansionAge === "newest" ? Math.min(...ages) : Math.max(...ages);
      return judge(ruleSet, roster, { ageMs }).length === 0;
    });
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "call" && observation.method === "cancelMatching") {
        const { request } = observation;
        if (typeof request === "object" && request && "ticketId" in request)
          askedToCancel.add(String(request.ticketId));
      }
      const { healedMs } = books;
      if (healedMs === undefined || observation.atMs < healedMs + SETTLE_MS) return;
      if (observation.type === "answer" && "unknown" in observation.outcome) {
        if (observation.outcome.unknown === "CALL_CANCELLED") return; // By the caller's own will.
        const call = books.calls.get(observation.callId);
        if (!call || !OF_MATCHER.has(call.method) || call.startedMs < healedMs + SETTLE_MS) return;
        throw new BrokenPromise(
          NAME,
          `${call.method} has no answer, ${observation.outcome.unknown}, after all was healed`,
        );
      }
      if (observation.type !== "matcher-fact" || observation.fact.type !== "ticket-timed-out") return;
      const { fact, journalMs } = observation;
      const late = books.matcher.tickets.get(fact.ticketId);
      if (!late || journalMs - late.sinceMs <= OVERDUE_MS || askedToCancel.has(late.ticketId)) return;
      const missed = findMissed(late, journalMs);
      if (missed) throw new BrokenPromise(NAME, `${late.ticketId} timed out beside ${missed}, with whom it is a match`);
    },
  };
}

type Seated = readonly { readonly ticket: TicketEntry; readonly team: string }[];

/** The ids of a legal seating that holds the first ticket, found by trying all of them; undefined if there is none. */
function searchSeating(
  tickets: readonly TicketEntry[],
  teams: readonly string[],
  isLegal: (seated: Seated) => boolean,
): readonly string[] | undefined {
  const extend = (index: number, seated: Seated): Seated | undefined => {
    const ticket = tickets[index];
    if (!ticket) return isLegal(seated) ? seated : undefined;
    for (const team of teams) {
      const found = extend(index + 1, [...seated, { ticket, team }]);
      if (found) return found;
    }
    return index === 0 ? undefined : extend(index + 1, seated);
  };
  return extend(0, [])?.map(({ ticket }) => ticket.ticketId);
}
