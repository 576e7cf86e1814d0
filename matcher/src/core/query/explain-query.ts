// Why a ticket with a query still searches: what its range of sizes and each clause leave of the others, whom of these it suits in turn,
// and who comes nearest. Of a large pool some are looked at, so that it costs the same however many search.
import { explainSearch, type QueryTicket, type SearchExplanation, scoreOf, weightOfQuery } from "@muster/rules";
import type { WaitingExplanation } from "../../engine/why/explain-waiting.ts";
import { type MatcherState, poolOf } from "../matcher-state.ts";
import type { Ticket } from "../ticket.ts";
import { PLAYERS_TEAM } from "./players-team.ts";
import { intervalsBefore, type QueryMember, queryPoolsOf } from "./query-pools.ts";

export type QueryExplanation = {
  /** Others that were looked at. */
  readonly lookedAt: number;
  /** Its range of sizes first, then the clauses of its query. */
  readonly clauses: SearchExplanation["clauses"];
  /** Whom its query finds; whose queries accept it; both. Of those whose sizes suit. */
  readonly found: number;
  readonly accepting: number;
  readonly mutual: number;
  readonly nearest: readonly (readonly string[])[];
  /** Until it takes fewer players than its maximum, in ms. */
  readonly takesFewerInMs: number;
  /** Undefined in the best reading. */
  readonly nextIntervalInMs: number | undefined;
  /** It seeks no more, and is only found. */
  readonly isPassive: boolean;
};

/** Some two milliseconds, where queries are ordinary … */
const LOOKED_AT_MAX = 500;
/** … and so much at most where their patterns are large: terms and steps of all that are compared. */
const WEIGHT_MAX = 50_000;
/** How often the ticket's own query looks at another ticket: for the clauses, for those before them, for what is missed. */
const OWN_LOOKS = 3;

/** Of a ticket that searches, or is being seated by a fill. */
export function explainQuery(
  state: MatcherState,
  ticket: Ticket,
  nowMs: number,
): { readonly waiting: WaitingExplanation; readonly query: QueryExplanation | undefined } {
  const members = queryPoolsOf(state, ticket.configuration, nowMs);
  const member = members.find(({ fromArrival, untilArrival }) => {
    return ticket.arrival >= fromArrival && ticket.arrival < untilArrival;
  });
  const others = poolOf(state, ticket.configuration).searching.size - 1;
  const isOpen = ticket.state.phase === "SEARCHING";
  if (!member || !isOpen) return { waiting: waitingOf({ others, standing: "set-aside" }), query: undefined };
  const own = member.pool.tickets.find(ticket.ticketId);
  // Not in the pool: a match was found with it, or nobody can read its query.
  if (!own) return { waiting: waitingOf({ others, standing: "set-aside" }), query: undefined };
  const looked = lookAt(state, member, own);
  const suiting = looked.filter((other) => haveSizes(own, other, member));
  const search = explainSearch(own.query, suiting);
  const accepts = (one: QueryTicket, other: QueryTicket) => scoreOf(one.query, other.document) !== undefined;
  const accepting = suiting.filter((other) => accepts(other, own));
  const mutual = accepting.filter((other) => accepts(own, other));
  const isMutual = member.settings.mode === "best" || member.settings.reversePrecision;
  const fitting = isMutual ? mutual : suiting.filter((other) => accepts(own, other));
  const present = own.sessions.length + fitting.reduce((sum, { sessions }) => sum + sessions.length, 0);
  const missing = Math.max(0, own.minCount - present);
  const sizes = { clause: sizesClause(own, member), holds: suiting.length, left: suiting.length };
  return {
    waiting: {
      ...waitingOf({ others, standing: "open" }),
      fitting: { tickets: fitting.length, orMore: looked.length < others },
      players: {
        ...{ present, needed: own.minCount, missing },
        byTeam: missing === 0 ? [] : [{ team: PLAYERS_TEAM, players: missing }],
      },
    },
    query: {
      lookedAt: looked.length,
      clauses: [sizes, ...search.clauses],
      found: search.found,
      ...{ accepting: accepting.length, mutual: mutual.length },
      nearest: search.nearest.map(({ misses }) => misses),
      ...patienceOf(member, own, nowMs),
    },
  };
}

function lookAt(state: MatcherState, { pool, configuration }: QueryMember, own: QueryTicket): readonly QueryTicket[] {
  const looked: QueryTicket[] = [];
  const ownWeight = OWN_LOOKS * weightOfQuery(own.query);
  let weight = 0;
  for (const { ticketId } of poolOf(state, configuration.name).searching.all()) {
    if (looked.length >= LOOKED_AT_MAX || weight >= WEIGHT_MAX) break;
    const other = ticketId === own.ticketId ? undefined : pool.tickets.find(ticketId);
    if (!other) continue;
    looked.push(other);
    weight += ownWeight + weightOfQuery(other.query);
  }
  return looked;
}

/** Whether both may be in one match by their sizes, and share neither a player nor a party. */
function haveSizes(own: QueryTicket, other: QueryTicket, { settings }: QueryMember): boolean {
  if (own.sessions.some((session) => other.sessions.includes(session))) return false;
  if (own.partyId !== "" && own.partyId === other.partyId) return false;
  if (settings.mode === "best") return own.minCount <= other.maxCount && other.minCount <= own.maxCount;
  return other.minCount >= own.minCount && other.maxCount <= own.maxCount;
}

function sizesClause({ minCount, maxCount }: QueryTicket, { settings }: QueryMember): string {
  const range = minCount === maxCount ? `${minCount} players` : `${minCount} to ${maxCount} players`;
  return settings.mode === "best" ? `sizes have one in common with ${range}` : `sizes lie within ${range}`;
}

function patienceOf(
  { pool, settings, lastInterval }: QueryMember,
  { createdAtMs, minCount, maxCount }: QueryTicket,
  nowMs: number,
): Pick<QueryExplanation, "takesFewerInMs" | "nextIntervalInMs" | "isPassive"> {
  const until = (atMs: number) => Math.max(0, Math.ceil(atMs - nowMs));
  if (pool.mode === "best") {
    const takesFewerInMs = until(createdAtMs + settings.intervalMs * settings.maxIntervals);
    return { takesFewerInMs, nextIntervalInMs: undefined, isPassive: false };
  }
  const first = intervalsBefore(createdAtMs, settings);
  const next = Math.max(lastInterval, intervalsBefore(nowMs, settings)) + 1; // Without anybody who seeks none was counted.
  const intervals = minCount === maxCount ? 1 : settings.maxIntervals;
  return {
    takesFewerInMs: until((first + settings.maxIntervals) * settings.intervalMs),
    nextIntervalInMs: until(next * settings.intervalMs),
    isPassive: lastInterval - first >= intervals,
  };
}

function waitingOf({ others, standing }: Pick<WaitingExplanation, "others" | "standing">): WaitingExplanation {
  return {
    ...{ standing, others, broken: [], attributesMissing: [], constraints: [] },
    ...{ fitting: undefined, players: undefined, expansion: undefined, expansionAge: "oldest" as const },
  };
}
