// Where arrivals prefer running battles: who would fit one that cannot be filled at this moment, as its last fill is being applied
// or it is only being started, begins no new match. He is held back for the round; what he waits for wakes the next one.
import type { BattleSession, PlayerSession } from "@muster/proto";
import { readsLatencies } from "@muster/rules";
import type { Battle } from "../engine/opening.ts";
import { fillGoal, reservedSeat, type Seats, seatedTeams } from "./assess-backfill.ts";
import type { KnownPlayer } from "./backfill.ts";
import { seatedWithLatencies, withKnownPlayers } from "./battle-latencies.ts";
import { choiceFor } from "./cohorts.ts";
import { type FillRound, findNewcomers } from "./fill-battles.ts";
import type { AssignedPlayer, PlacingMatch } from "./match.ts";
import { holdBack } from "./pool-engines.ts";

/** Searches where counting does not tell: beyond them nobody is held. */
const SEARCHES_MAX = 4;

type Coming = {
  readonly id: string;
  readonly session: Pick<BattleSession, "teams" | "playerSessions" | "region"> & Seats;
  readonly goal: Battle["goal"];
  readonly turnedAway: Battle["turnedAway"];
  /** Whom rules know by the backfill's request. */
  readonly players: readonly KnownPlayer[];
};

/** Holds back whoever would fill a battle to come: as it will be after its fill, or when it has been placed. */
export function holdForBattles(round: FillRound & { readonly placing: Iterable<PlacingMatch> }): void {
  const { engine, state, pool, ruleSet } = round;
  const budget = { searches: SEARCHES_MAX };
  for (const { id, session, goal, turnedAway, players } of comingOf(round)) {
    const room = session.capacity - session.playerSessions.length;
    if (room <= 0 || budget.searches <= 0) continue;
    const { region } = session;
    const teams = readsLatencies(ruleSet) ? seatedWithLatencies(state, session) : seatedTeams(session);
    const seated = withKnownPlayers(teams, { players, region });
    const battle: Battle = { id, rosterVersion: 0, terms: undefined, seated, goal, room, region, turnedAway };
    const newcomers = findNewcomers(round, { view: session, battle }, budget) ?? [];
    engine.dropBattle(id); // It is no battle that arrivals could wake.
    for (const ticketId of new Set(newcomers.map((newcomer) => newcomer.ticketId))) {
      const search = state.tickets.get(ticketId)?.search;
      if (search) holdBack(pool, search);
    }
  }
}

function* comingOf(round: FillRound & { readonly placing: Iterable<PlacingMatch> }): Iterable<Coming> {
  const { state, pool, findFillable, placing, former } = round;
  const isOfChoice = (battle: Pick<PlacingMatch, "formedBy">) => {
    return choiceFor(former.cohort, battle)?.ruleSetName === former.choice.ruleSetName;
  };
  for (const sessionId of pool.filling) {
    const { fill, backfill, turnedAway, formedBy } = state.sessions.get(sessionId) ?? {};
    const view = fill && findFillable(sessionId);
    if (!view || !isOfChoice({ formedBy }) || backfill?.document.state !== "SEARCHING") continue;
    const seated = new Set(view.playerSessions.map(({ playerId }) => playerId));
    const newcomers = fill.newcomers.filter(({ playerId }) => !seated.has(playerId));
    const playerSessions = [...view.playerSessions, ...seatsOf(round, newcomers)];
    const { players } = backfill;
    yield {
      id: `${sessionId} to come`,
      session: { ...view, playerSessions },
      goal: fillGoal(backfill),
      turnedAway,
      players,
    };
  }
  for (const match of placing) {
    const isOurs = state.pools.get(match.configuration) === pool;
    if (!isOurs || match.backfillId === undefined || !isOfChoice(match)) continue;
    const { teams, capacity, regions } = match;
    const playerSessions = seatsOf(round, match.players);
    const door = { unreachable: false, creationPolicy: "ACCEPT_ALL" } as const;
    // Where latencies count, it may yet be placed elsewhere: then who was held looks on.
    const session = { teams, capacity, playerSessions, region: regions[0] ?? "", ...door };
    yield {
      id: `${match.matchId} to come`,
      session,
      goal: { strategy: "MAX_POSSIBLE" },
      turnedAway: undefined,
      players: [],
    };
  }
}

function seatsOf({ state }: FillRound, players: readonly AssignedPlayer[]): readonly PlayerSession[] {
  return players.map((assigned) => {
    const { players: own = [] } = state.tickets.get(assigned.ticketId)?.ticket ?? {};
    const { attributes = {} } = own.find(({ playerId }) => playerId === assigned.playerId) ?? {};
    return { ...reservedSeat(assigned), attributes };
  });
}
