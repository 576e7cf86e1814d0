// The backfills of one round where tickets have queries: battles whose seats or backfill changed, and those that somebody new could join,
// as the settings say which first. They go before new matches.
import type { BattleSession, TicketId } from "@muster/proto";
import { type QuerySettings, type QueryTicket, queryDocument } from "@muster/rules";
import { assessAfterFill } from "../assess-backfill.ts";
import { type BackfillRecord, nextFillIdOf } from "../backfill.ts";
import { defaultBackfillSettings } from "../backfill-settings.ts";
import type { MatcherFact } from "../fact.ts";
import { battlesInOrder } from "../fill-battles.ts";
import type { MatchedSession, MatcherState, Pool } from "../matcher-state.ts";
import type { RoundInput } from "../round.ts";
import type { Chosen } from "./chosen.ts";
import { type FillTerms, findQueryFill, fitsBattle, type SeatedByQuery } from "./find-query-fill.ts";
import { PLAYERS_TEAM, playersRuleSet } from "./players-team.ts";
import type { QueryMember } from "./query-pools.ts";
import { toQueryTicket } from "./ticket-query.ts";

export type QueryFilling = {
  readonly state: MatcherState;
  readonly pool: Pool;
  /** Of new tickets: battles are filled from them. */
  readonly member: QueryMember;
  readonly input: RoundInput;
  readonly chosen: Chosen;
};

export type QueryFills = {
  readonly facts: readonly FillDecided[];
  /** False: battles or arrivals are left to look at. */
  readonly isQuiet: boolean;
};

type FillDecided = Extract<MatcherFact, { type: "fill-decided" }>;

/** Players of battles that arrivals of one round are compared with: some 5 ms. */
const COMPARED_MAX = 20_000;
/** Battles that one round looks at in whole. */
const LOOKS_MAX = 16;

/** Up to `most` fills. Their tickets are out of the pool. */
export function decideQueryFills(filling: QueryFilling, most: number): QueryFills {
  const { state, pool, member, input } = filling;
  const { configuration } = member;
  if (configuration.acceptance || pool.backfills.size === 0) {
    member.arrived.clear();
    return { facts: [], isQuiet: true };
  }
  const isCompared = wakeByArrivals(filling);
  const facts: FillDecided[] = [];
  let looks = LOOKS_MAX;
  const settings = configuration.backfill ?? defaultBackfillSettings;
  const { findFillable } = input;
  for (const session of battlesInOrder({ state, settings, findFillable }, pool.touched)) {
    if (facts.length >= most || looks <= 0) return { facts, isQuiet: false };
    if (session.fill || session.ended) continue; // Its outcome touches the session again.
    const view = findFillable(session.battleSessionId);
    if (!view) continue; // Stays touched until it can be filled.
    pool.touched.delete(session.battleSessionId);
    looks -= 1;
    const fill = decideFill(filling, { session, view });
    if (!fill) continue;
    facts.push(fill);
    for (const ticketId of new Set(fill.newcomers.map((newcomer) => newcomer.ticketId))) {
      const taken = member.pool.tickets.remove(ticketId);
      if (taken) filling.chosen.take(configuration, [taken]);
    }
  }
  return { facts, isQuiet: isCompared };
}

/** Has the battles looked at that a new ticket could join. False: tickets are left to compare. */
function wakeByArrivals(filling: QueryFilling): boolean {
  const { state, pool, member, input } = filling;
  let compared = 0;
  for (const [ticketId, ticket] of member.arrived) {
    if (compared > COMPARED_MAX) return false;
    member.arrived.delete(ticketId);
    for (const id of pool.backfills) {
      const session = pool.touched.has(id) ? undefined : state.sessions.get(id);
      const view = session && input.findFillable(id);
      const terms = view && termsOf(filling, { session, view });
      compared += terms?.seated.length ?? 0;
      if (terms && fitsBattle(ticket, terms)) pool.touched.add(id);
    }
  }
  return true;
}

type Shown = { readonly session: MatchedSession; readonly view: BattleSession };

function decideFill(filling: QueryFilling, { session, view }: Shown): FillDecided | undefined {
  const { state, pool, member, chosen } = filling;
  const record = session.backfill;
  const terms = termsOf(filling, { session, view });
  if (!record || !terms) return undefined;
  const candidates: QueryTicket[] = [];
  for (const { ticket } of pool.searching.all()) {
    if (ticket.arrival < member.fromArrival || session.turnedAway.has(ticket.ticketId)) continue;
    const waiting = member.pool.tickets.find(ticket.ticketId);
    const isOpen = waiting && fitsBattle(waiting, terms) && chosen.isUsable(member.configuration, waiting);
    if (isOpen) candidates.push(waiting);
  }
  candidates.sort((one, other) => one.createdAtMs - other.createdAtMs || one.arrival - other.arrival);
  const group = findQueryFill(candidates, terms);
  if (!group) return undefined;
  const newcomers = group.flatMap(({ ticketId }) => {
    // The pool has its tickets from the state.
    const { players = [] } = state.tickets.get(ticketId as TicketId)?.ticket ?? {};
    return players.map(({ playerId }) => ({ ticketId: ticketId as TicketId, playerId, team: PLAYERS_TEAM }));
  });
  const { fillPlayersMax, approvalTimeoutMs } = member.configuration.backfill ?? {};
  const ruleSet = playersRuleSet(view.capacity);
  return {
    type: "fill-decided",
    fillId: nextFillIdOf(record),
    battleSessionId: session.battleSessionId,
    expectedRosterVersion: view.rosterVersion,
    newcomers,
    backfill: assessAfterFill({ ...record, fillPlayersMax }, { session: view, newcomers }, ruleSet),
    toleratesLeavers: false, // Sizes count, and whose query was asked.
    approvalTimeoutMs,
    formedBy: { configurationVersion: member.configuration.version, ruleSet: "", ruleSetVersion: 0 },
  };
}

/** Undefined: nobody is sought. */
function termsOf(filling: QueryFilling, { session, view }: Shown): FillTerms | undefined {
  const record = session.backfill;
  if (record?.document.state !== "SEARCHING" || session.fill) return undefined;
  const { playerSessions: seats, capacity } = view;
  return termsOfComing(filling, { seats, capacity, backfill: record, turnedAway: undefined });
}

/** A battle as it is, or as it will be soon. */
export type ComingBattle = {
  readonly seats: readonly Seat[];
  readonly capacity: number;
  /** Undefined: it is being started, and will take as many as there are seats. */
  readonly backfill: BackfillRecord | undefined;
  readonly turnedAway: ReadonlySet<TicketId> | undefined;
};

/** Whom such a battle takes; undefined: it is full. */
export function termsOfComing(
  { state, member }: QueryFilling,
  { seats, capacity, backfill }: ComingBattle,
): FillTerms | undefined {
  const present = seats.length;
  const goal = backfill?.goals.find(({ team }) => team === PLAYERS_TEAM)?.players ?? capacity;
  const { fillPlayersMax = capacity } = member.configuration.backfill ?? {};
  const room = Math.min(goal - present, capacity - present, fillPlayersMax);
  if (room <= 0) return undefined;
  const known = new Map(backfill?.players.map((player) => [player.playerId, player.attributes]));
  const seated = seats.map((seat) => {
    return seatedOf(state, { ...seat, attributes: known.get(seat.playerId) ?? seat.attributes }, member.settings);
  });
  return { seated, room, isMutual: member.settings.mode === "best" };
}

type Seat = Pick<BattleSession["playerSessions"][number], "playerId" | "ticketId" | "attributes">;

function seatedOf(state: MatcherState, seat: Seat, settings: QuerySettings): SeatedByQuery {
  const ticket = seat.ticketId === undefined ? undefined : state.tickets.get(seat.ticketId)?.ticket;
  if (ticket?.query) {
    const { query, maxCount, countMultiple, document, partyId } = toQueryTicket(ticket, settings);
    return { playerId: seat.playerId, partyId, document, seeks: { query, maxCount, countMultiple } };
  }
  const entries = Object.entries(seat.attributes);
  const document = queryDocument({
    ...{ ticketId: seat.ticketId ?? "", minCount: 0, maxCount: 0, partyId: "", createdAtMs: 0 },
    stringProperties: Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
    numericProperties: Object.fromEntries(
      entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"),
    ),
  });
  return { playerId: seat.playerId, partyId: "", document, seeks: undefined };
}
