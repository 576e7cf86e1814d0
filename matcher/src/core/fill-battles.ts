// The backfills of one round: those whose battle changed, and those near which somebody has arrived, the oldest first. Each gets
// the largest fill that there is; the engine keeps watch over the others.
import type { BattleSession, ServerSessionId } from "@muster/proto";
import { findFill, type RuleSet, readsLatencies, survivesLeavers } from "@muster/rules";
import type { Engine } from "../engine/engine.ts";
import type { Battle } from "../engine/opening.ts";
import type { Seat } from "../engine/placing.ts";
import type { PooledTicket } from "../engine/pool.ts";
import { assessAfterFill, fillGoal, seatedTeams } from "./assess-backfill.ts";
import { nextFillIdOf } from "./backfill.ts";
import type { BackfillSettings } from "./backfill-settings.ts";
import { asNewcomer, seatedWithLatencies, withKnownPlayers } from "./battle-latencies.ts";
import { choiceFor } from "./cohorts.ts";
import type { MatcherFact } from "./fact.ts";
import type { AssignedPlayer } from "./match.ts";
import type { MatchedSession, MatcherState, Pool } from "./matcher-state.ts";
import { type Former, holdBack, placeIn } from "./pool-engines.ts";
import type { RoundInput } from "./round.ts";
import type { FormedBy } from "./versions.ts";

export type FillRound = Pick<RoundInput, "configuration" | "nowMs" | "findFillable"> & {
  readonly state: MatcherState;
  readonly pool: Pool;
  readonly former: Former;
  readonly engine: Engine;
  readonly ruleSet: RuleSet;
  readonly settings: BackfillSettings;
  readonly formedBy: FormedBy;
  readonly isUsable: (ticket: PooledTicket) => boolean;
};

/** Battles that one round looks at for each fill that it may decide. */
const LOOKS_PER_FILL = 64;
/** Steps of one search where counting does not tell: some 5 ms. */
const SEARCH_STEPS = 4_000;
/** Searches of one round. */
const SEARCHES_MAX = 4;

/** Up to `most` fills. Not quiet: battles are left to look at. */
export function fillBattles(
  round: FillRound,
  most: number,
): { readonly facts: readonly MatcherFact[]; readonly isQuiet: boolean } {
  const { state, pool, engine, findFillable, former } = round;
  if (state.configurations.get(round.configuration)?.acceptance) return { facts: [], isQuiet: true };
  for (const id of engine.takeWoken()) pool.touched.add(id as ServerSessionId);
  const facts: MatcherFact[] = [];
  const budget = { looks: most * LOOKS_PER_FILL, searches: SEARCHES_MAX };
  let isQuiet = true;
  for (const session of battlesInOrder(round, pool.touched)) {
    const id = session.battleSessionId;
    if (facts.length >= most || budget.looks <= 0 || budget.searches <= 0) {
      isQuiet = false;
      break;
    }
    // Another choice of the cohort fills it.
    if (choiceFor(former.cohort, session)?.ruleSetName !== former.choice.ruleSetName) continue;
    if (session.fill || session.ended) continue; // Its outcome touches the session again.
    const view = findFillable(id);
    if (!view) continue; // Stays touched until it can be filled.
    budget.looks -= 1;
    pool.touched.delete(id);
    const fill = decideFill(round, { session, view }, budget);
    if (!fill) continue;
    facts.push(fill);
    for (const ticketId of new Set(fill.newcomers.map((newcomer) => newcomer.ticketId))) {
      const search = state.tickets.get(ticketId)?.search;
      if (search) holdBack(pool, search);
    }
  }
  return { facts, isQuiet };
}

/** As the settings say; of equals the oldest. */
export function battlesInOrder(
  { state, settings: { order }, findFillable }: Pick<FillRound, "state" | "settings" | "findFillable">,
  ids: Iterable<ServerSessionId>,
): readonly MatchedSession[] {
  const sessions = [...ids].map((id) => state.sessions.get(id)).filter((session) => session !== undefined);
  const byAge = (one: MatchedSession, other: MatchedSession) => {
    const apart = (one.backfill?.startedAtMs ?? 0) - (other.backfill?.startedAtMs ?? 0);
    return apart || (one.battleSessionId < other.battleSessionId ? -1 : 1);
  };
  if (order === "OLDEST_FIRST") return sessions.toSorted(byAge);
  const taken = (session: MatchedSession): number => {
    const view = findFillable(session.battleSessionId);
    return view ? view.playerSessions.length / view.capacity : 0;
  };
  const sign = order === "FULLEST_FIRST" ? -1 : 1;
  return sessions
    .map((session) => ({ session, key: sign * taken(session) }))
    .toSorted((one, other) => one.key - other.key || byAge(one.session, other.session))
    .map(({ session }) => session);
}

type FillDecided = Extract<MatcherFact, { type: "fill-decided" }>;

function decideFill(
  round: FillRound,
  { session, view }: { readonly session: MatchedSession; readonly view: BattleSession },
  budget: { searches: number },
): FillDecided | undefined {
  const { ruleSet, settings } = round;
  const record = session.backfill;
  if (record?.document.state !== "SEARCHING" || record.document.noLegalFill) return undefined;
  const { fillPlayersMax } = settings;
  const room = Math.min(view.capacity - view.playerSessions.length, fillPlayersMax ?? Number.POSITIVE_INFINITY);
  if (room <= 0) return undefined;
  const newcomers = findNewcomers(round, { view, battle: battleOf(round, { session, view, room }) }, budget);
  if (!newcomers || newcomers.length > room) return undefined;
  return {
    type: "fill-decided",
    fillId: nextFillIdOf(record),
    battleSessionId: session.battleSessionId,
    expectedRosterVersion: view.rosterVersion,
    newcomers,
    backfill: assessAfterFill({ ...record, fillPlayersMax }, { session: view, newcomers }, ruleSet),
    toleratesLeavers: survivesLeavers(ruleSet),
    approvalTimeoutMs: settings.approvalTimeoutMs,
    formedBy: round.formedBy,
  };
}

/** The battle as the engine knows it already, if nothing of it has changed. */
function battleOf(
  { state, engine, ruleSet, settings }: FillRound,
  { session, view, room }: { readonly session: MatchedSession; readonly view: BattleSession; readonly room: number },
): Battle {
  const record = session.backfill;
  const known = engine.battleOf(session.battleSessionId);
  const { turnedAway } = session;
  const isAsKnown = known?.rosterVersion === view.rosterVersion && known.terms === record;
  if (isAsKnown && known.turnedAway === turnedAway) return known;
  return {
    id: session.battleSessionId,
    rosterVersion: view.rosterVersion,
    terms: record,
    seated: withKnownPlayers(readsLatencies(ruleSet) ? seatedWithLatencies(state, view) : seatedTeams(view), {
      players: record?.players ?? [],
      region: view.region,
    }),
    goal: record ? fillGoal({ ...record, ...settings }) : { strategy: "MAX_POSSIBLE" },
    room,
    region: view.region,
    turnedAway,
  };
}

/** The largest fill there is for the battle: who would sit where. */
export function findNewcomers(
  { engine, former, ruleSet, nowMs, isUsable, state }: FillRound,
  { view, battle }: { readonly view: Pick<BattleSession, "region">; readonly battle: Battle },
  budget: { searches: number },
): readonly AssignedPlayer[] | undefined {
  for (;;) {
    const found = engine.fill(battle);
    switch (found.type) {
      case "nothing":
        return undefined;
      case "fill": {
        const unusable = found.seats.filter(({ ticket }) => !isUsable(ticket));
        if (unusable.length === 0) return found.seats.map(assign);
        for (const { ticket } of unusable) {
          const search = state.tickets.get(ticket.ticketId)?.search;
          const place = search && placeIn(former.member, search);
          if (place) engine.hold(place);
        }
        break;
      }
      case "search": {
        budget.searches -= 1;
        const tickets = found.candidates.filter(isUsable);
        const candidates = readsLatencies(ruleSet) ? tickets.map((one) => asNewcomer(one, view.region)) : tickets;
        const fill = findFill(ruleSet, battle.seated, battle.goal, candidates, nowMs, { left: SEARCH_STEPS });
        return fill?.additions.flatMap(({ team, players }) =>
          players.flatMap(({ ticketId, playerId }) => (ticketId === undefined ? [] : [{ ticketId, playerId, team }])),
        );
      }
    }
  }
}

/** Who sits where, as facts say it. */
export function assign({ ticket, player, team }: Seat): AssignedPlayer {
  return { ticketId: ticket.ticketId, playerId: player.playerId, team };
}
