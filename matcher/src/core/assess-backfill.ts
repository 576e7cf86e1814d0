// What a session, as it stands, means for its backfill: state, cause and progress, always worked out anew from the seats.
import type { Backfill, BattleSession, PlayerSession, PlayerSessionId, TicketId } from "@muster/proto";
import {
  type FillGoal,
  isFillPossible,
  isFull,
  type RuleSet,
  type SeatedSizes,
  type SeatedTeam,
  teamShapes,
} from "@muster/rules";
import { type BackfillFinding, type BackfillRecord, isLiveBackfill, stepBackfill, withPhase } from "./backfill.ts";
import { type AssignedPlayer, ticketsOf } from "./match.ts";

/** The part of a session that a backfill looks at. */
export type Seats = Pick<BattleSession, "teams" | "capacity" | "playerSessions" | "unreachable" | "creationPolicy">;

type Terms = Pick<BackfillRecord, "document" | "goals" | "tickets"> & {
  /** Players of one fill. Undefined: any number. */
  readonly fillPlayersMax?: number | undefined;
};

/** The document after looking at `session`; the same value if nothing in it changed. */
export function assessBackfill(terms: Terms, session: Seats, ruleSet: RuleSet): Backfill {
  const { document } = terms;
  if (!isLiveBackfill(document)) return document;
  const phase = stepBackfill(document, { type: "assessed", finding: findState(terms, session, ruleSet) });
  const searches = phase.state === "SEARCHING";
  const goal = fillGoal(terms);
  const isOpen = searches && !isFull(ruleSet, sizesOf(session), goal);
  return withPhase(document, phase, {
    progress: progressOf(terms, session, ruleSet),
    noLegalFill: isOpen && !isFillPossible(ruleSet, sizesOf(session), goal),
  });
}

/** The document as it will stand once `newcomers` have their seats. */
export function assessAfterFill(
  terms: Terms,
  fill: { readonly session: Seats; readonly newcomers: readonly AssignedPlayer[] },
  ruleSet: RuleSet,
): Backfill {
  const { session, newcomers } = fill;
  const playerSessions = [...session.playerSessions, ...newcomers.map(reservedSeat)];
  const tickets = [...terms.tickets, ...ticketsOf(newcomers)];
  return assessBackfill({ ...terms, tickets }, { ...session, playerSessions }, ruleSet);
}

/** The goal as rules take it. */
export function fillGoal({ document, goals, fillPlayersMax: playersMax }: Omit<Terms, "tickets">): FillGoal {
  if (document.strategy === "MAX_POSSIBLE") return { strategy: "MAX_POSSIBLE", playersMax };
  return { strategy: "CUSTOM", teamSizes: new Map(goals.map(({ team, players }) => [team, players])), playersMax };
}

/** Players of each team, every seat in use counted: RESERVED, ACTIVE, DISCONNECTED in grace. */
export function sizesOf({ teams, playerSessions }: Pick<Seats, "teams" | "playerSessions">): SeatedSizes {
  const sizes = new Map(teams.map((team) => [team.name, 0]));
  for (const { team } of playerSessions) if (team !== undefined) sizes.set(team, (sizes.get(team) ?? 0) + 1);
  return sizes;
}

/** Who sits where, as rules judge it. */
export function seatedTeams({ teams, playerSessions }: Pick<Seats, "teams" | "playerSessions">): readonly SeatedTeam[] {
  const byTeam = Map.groupBy(playerSessions, (seat) => seat.team);
  return teams.map(({ name }) => ({ name, players: byTeam.get(name) ?? [] }));
}

/** One entry a team, in the session's order. */
export function progressOf(
  { document, goals }: Pick<Terms, "document" | "goals">,
  { teams, playerSessions }: Pick<Seats, "teams" | "playerSessions">,
  ruleSet: RuleSet,
): Backfill["progress"] {
  const most = new Map(teamShapes(ruleSet).map(({ name, maxPlayers }) => [name, maxPlayers]));
  const byTeam = Map.groupBy(playerSessions, (seat) => seat.team);
  const goalByTeam = new Map(goals.map(({ team, players }) => [team, players]));
  return teams.map(({ name, capacity }) => {
    const seats = byTeam.get(name) ?? [];
    const reserved = seats.filter((seat) => seat.state === "RESERVED").length;
    const goal = document.strategy === "CUSTOM" ? (goalByTeam.get(name) ?? 0) : (most.get(name) ?? capacity);
    return { team: name, have: seats.length - reserved, reserved, goal };
  });
}

/** The first that holds, in this order. */
function findState(terms: Terms, session: Seats, ruleSet: RuleSet): BackfillFinding {
  const known = new Set(teamShapes(ruleSet).map((shape) => shape.name));
  if (!session.teams.every((team) => known.has(team.name))) return "RULE_SET_CHANGED";
  const isDone = isFull(ruleSet, sizesOf(session), fillGoal(terms));
  const { strategy } = terms.document;
  // CUSTOM is done when it is done, whatever else stands in the way of further players.
  if (strategy === "CUSTOM" && isDone && haveArrived(terms.tickets, session)) return "GOAL_REACHED";
  if (session.unreachable) return "HOST_UNREACHABLE";
  if (session.creationPolicy === "DENY_ALL") return "DENY_ALL";
  const isPacked = session.playerSessions.length >= session.capacity;
  return strategy === "MAX_POSSIBLE" && (isDone || isPacked) ? "FULL" : "OPEN";
}

function haveArrived(tickets: readonly TicketId[], session: Seats): boolean {
  const brought = new Set<string>(tickets);
  return !session.playerSessions.some(({ state, ticketId }) => {
    return state === "RESERVED" && ticketId !== undefined && brought.has(ticketId);
  });
}

/** A seat that the fleet has not made yet: it counts, and has no secret. */
export function reservedSeat({ playerId, team, ticketId }: AssignedPlayer): PlayerSession {
  const playerSessionId = "" as PlayerSessionId;
  return { playerSessionId, playerId, team, ticketId, state: "RESERVED", attributes: {}, expiresAtMs: undefined };
}
