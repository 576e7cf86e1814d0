// One round of a configuration whose tickets have queries: the matches that its pools find now. In the best reading a round looks where
// something has changed, in the compatible one it runs an interval when one is due.

import type { TicketId } from "@muster/proto";
import { allowsSize, type QueryTicket, type Work } from "@muster/rules";
import type { MatcherFact } from "../fact.ts";
import { formedMatch } from "../formed-match.ts";
import type { AssignedPlayer } from "../match.ts";
import type { MatcherState } from "../matcher-state.ts";
import type { Round, RoundInput, RoundLimits } from "../round.ts";
import { type Chosen, createChosen } from "./chosen.ts";
import { holdForQueryBattles } from "./hold-for-query-battles.ts";
import { cancelOthers } from "./other-tickets.ts";
import { PLAYERS_TEAM, playersTeams } from "./players-team.ts";
import { decideQueryFills } from "./query-fills.ts";
import { enterTicket, type QueryMember, queryPoolsOf } from "./query-pools.ts";

/** Units of a pool's work that take as long as one step of forming matches by rules. */
const WORK_PER_STEP = 3;

/** Up to `decisions` matches and fills, and `steps` of work for matches. */
export function decideQueryRound(state: MatcherState, input: RoundInput, { decisions, steps }: RoundLimits): Round {
  const facts: MatcherFact[] = [];
  let isQuiet = true;
  const pool = state.pools.get(input.configuration);
  const members = queryPoolsOf(state, input.configuration, input.nowMs);
  const present = members.at(-1);
  const chosen = createChosen(state, input);
  const work = { left: steps * WORK_PER_STEP };
  const held: QueryTicket[] = [];
  if (pool && present) {
    const filling = { state, pool, member: present, input, chosen };
    const { acceptance, backfill } = present.configuration;
    // Half for battles, so that new matches get their turn in every round; all, where nothing new begins before they have what they can take.
    const isFirst = backfill?.preferRunning === true && !acceptance;
    const fills = decideQueryFills(filling, isFirst ? decisions : Math.ceil(decisions / 2));
    facts.push(...fills.facts);
    isQuiet = fills.isQuiet;
    if (isFirst && !isQuiet) return { facts, isQuiet, isLoading: false };
    if (isFirst) held.push(...holdForQueryBattles(filling));
  }
  for (const member of members) {
    if (member !== present) member.arrived.clear(); // Battles are filled with new tickets.
    const part = formMatches(state, { member, input, chosen, work, most: decisions - facts.length });
    facts.push(...part.facts);
    isQuiet &&= part.isQuiet;
  }
  if (present) for (const ticket of held) if (chosen.isSearching(ticket)) enterTicket(present, ticket, input.nowMs);
  return { facts, isQuiet, isLoading: false };
}

type Part = {
  readonly member: QueryMember;
  readonly input: RoundInput;
  readonly chosen: Chosen;
  readonly work: Work;
  readonly most: number;
};

function formMatches(state: MatcherState, part: Part): Omit<Round, "isLoading"> {
  const { member, input, chosen, work, most } = part;
  const { configuration, pool } = member;
  const facts: MatcherFact[] = [];
  /** Those that may not be matched just now: out of the pool for this round. */
  const aside: QueryTicket[] = [];
  let matches = 0;
  let isQuiet = true;
  for (;;) {
    if (matches >= most) {
      isQuiet = false;
      break;
    }
    const match = takeMatch(member, input.nowMs, work);
    if (!match) {
      isQuiet = work.left > 0; // Else the search goes on in the next round.
      break;
    }
    const usable = match.filter((ticket) => chosen.isUsable(configuration, ticket));
    if (usable.length < match.length) {
      // One of them went, or may not be matched: the others have lost nothing.
      for (const ticket of usable) enterTicket(member, ticket, input.nowMs);
      aside.push(...match.filter((ticket) => !usable.includes(ticket)));
      continue;
    }
    matches += 1;
    facts.push(formed(state, part, match));
    chosen.take(configuration, match);
    if (configuration.acceptance || (input.asksHooks && configuration.hooks?.matched)) continue; // Nobody is matched yet.
    for (const cancelled of cancelOthers(state, configuration, match)) {
      if (!chosen.end(cancelled.ticketId)) continue;
      pool.tickets.remove(cancelled.ticketId);
      facts.push(cancelled);
    }
  }
  for (const ticket of aside) if (chosen.isSearching(ticket)) enterTicket(member, ticket, input.nowMs);
  return { facts, isQuiet };
}

/** The next match that there is, its tickets out of the pool; undefined: none, or `work` is used up. */
function takeMatch(member: QueryMember, nowMs: number, work: Work): readonly QueryTicket[] | undefined {
  const { pool, settings } = member;
  if (pool.mode === "best") return pool.tickets.takeMatch(nowMs, work);
  const interval = Math.floor(nowMs / settings.intervalMs);
  if (interval > member.lastInterval && !pool.tickets.isRunning) {
    member.lastInterval = interval;
    pool.tickets.beginInterval();
  }
  return pool.tickets.takeMatch(work);
}

function formed(state: MatcherState, { member, input }: Pick<Part, "member" | "input">, match: readonly QueryTicket[]) {
  const { configuration } = member;
  const of = {
    players: match.flatMap((ticket) => seatsOf(state, ticket)),
    ...{ teams: playersTeams(capacityOf(match)), regions: [], queue: configuration.queue },
    formedBy: { configurationVersion: configuration.version, ruleSet: "", ruleSetVersion: 0 },
  };
  return formedMatch(configuration, of, input);
}

function seatsOf(state: MatcherState, { ticketId }: QueryTicket): readonly AssignedPlayer[] {
  const ticket = state.tickets.get(ticketId as TicketId)?.ticket;
  return (ticket?.players ?? []).map(({ playerId }) => {
    return { ticketId: ticketId as TicketId, playerId, team: PLAYERS_TEAM };
  });
}

/** As many seats as all would have as company: a backfill fills up to them. */
function capacityOf(match: readonly QueryTicket[]): number {
  const players = match.reduce((sum, { sessions }) => sum + sessions.length, 0);
  const most = Math.min(...match.map(({ maxCount }) => maxCount));
  for (let size = most; size > players; size -= 1) {
    if (match.every((ticket) => allowsSize(ticket, size))) return size;
  }
  return players;
}
