// A battle that runs when a simulation hears of it: its roster is taken as it is, and everything after it follows the rules.
import {
  type BattleSession,
  fieldInvalid,
  limits,
  type MatchId,
  MusterError,
  placementIdOf,
  type ServerSessionId,
  type TicketId,
} from "@muster/proto";
import { capacityOf, checkTicketAttributes, hasTeam } from "@muster/rules";
import { decidePlacementReport } from "../core/fleet-reports.ts";
import type { AssignedPlayer, Match } from "../core/match.ts";
import { teamsOf } from "../core/round.ts";
import type { TicketPlayer } from "../core/ticket.ts";
import { bestRegion } from "./best-region.ts";
import { checkRoom, type SimulatedPlayer } from "./simulated-fleet.ts";
import type { SimulatedMatcher } from "./simulated-matcher.ts";

export type DeclaredSession = {
  readonly battleSessionId: ServerSessionId;
  /** "": the one that suits its players best. */
  readonly region: string;
  readonly players: readonly TicketPlayer[];
};

/**
 * Whoever sits in a declared session came with a ticket of this configuration, which nobody searches in: it tells the rules
 * what latencies the player has.
 */
const SEATED = "seated";

/** @throws {MusterError} ID_REUSED, FIELD_INVALID, TEAM_UNKNOWN, SESSION_FULL, ATTRIBUTE_INVALID. */
export function declareSession(matcher: SimulatedMatcher, { battleSessionId, region, players }: DeclaredSession): void {
  const { state, ruleSet, fleet } = matcher;
  if (fleet.find(battleSessionId) || state.matches.has(battleSessionId as string as MatchId)) {
    const why = `Cannot declare battle session ${battleSessionId} as each has its own id: there is one`;
    throw new MusterError("ID_REUSED", why, { metadata: { battleSessionId } });
  }
  const ids = new Set(players.map(({ playerId }) => playerId));
  if (ids.size < players.length) throw fieldInvalid("players", "different players", `${ids.size} ids`);
  const checked = checkTicketAttributes(ruleSet, players);
  const teams = teamsOf(ruleSet);
  const capacity = capacityOf(ruleSet);
  const room = { battleSessionId, teams, capacity, playerSessions: [] };
  const seats: SimulatedPlayer[] = [];
  for (const [index, { playerId, team, latenciesMs }] of players.entries()) {
    const { attributes = {} } = checked[index] ?? {};
    const ticketId = Object.keys(latenciesMs).length === 0 ? undefined : seatedTicketId(battleSessionId, index);
    const name = findTeam({ teams, seats, asked: team, path: `players[${index}].team` }, ruleSet);
    seats.push({ playerId, team: name, ticketId, attributes });
  }
  checkRoom(room, seats);
  const session = fleet.open({
    battleSessionId,
    matchId: undefined,
    configuration: matcher.configuration.name,
    teams,
    capacity,
    region: region || bestRegion(players, []),
    players: seats,
    atMs: matcher.nowMs(),
  });
  adopt(matcher, session, players);
}

/** Makes the session one that a match was placed on. */
function adopt(matcher: SimulatedMatcher, session: BattleSession, players: readonly TicketPlayer[]): void {
  const { state, fold } = matcher;
  const { battleSessionId, configuration = "", teams, capacity } = session;
  const matchId = battleSessionId as string as MatchId;
  const assigned: AssignedPlayer[] = [];
  for (const { playerId, team = "", ticketId } of session.playerSessions) {
    const player = players.find((one) => one.playerId === playerId);
    if (ticketId === undefined || !player) continue;
    const search = { configuration: SEATED, players: [player], bodyDigest: "", timesOutAtMs: matcher.nowMs() + 1 };
    fold({ type: "ticket-created", ticketId, ...search });
    assigned.push({ ticketId, playerId, team });
  }
  const match: Match = {
    ...{ matchId, configuration, queue: "simulated", players: assigned, teams, capacity, properties: {}, data: "" },
    ...{
      capabilityKey: new Uint8Array(),
      backfillId: undefined,
      placementRetries: 0,
      matcherEndpoint: "",
      regions: [],
    },
  };
  fold({ type: "match-formed", match });
  const report = { placementId: placementIdOf(matchId, 1), state: "FULFILLED", session } as const;
  for (const fact of decidePlacementReport(state, report)) fold(fact);
}

/** Nobody else can have it: "/" stands in no id of a caller. */
function seatedTicketId(battleSessionId: ServerSessionId, index: number): TicketId {
  return `${battleSessionId}/${index}` as TicketId;
}

type Seating = {
  readonly teams: BattleSession["teams"];
  readonly seats: readonly SimulatedPlayer[];
  readonly asked: string | undefined;
  readonly path: string;
};

/** The instance that the player sits in: a template stands for its first one with room, no team for the only one there is. */
function findTeam({ teams, seats, asked, path }: Seating, ruleSet: SimulatedMatcher["ruleSet"]): string {
  const [first] = teams;
  if (asked === undefined && first && teams.length === 1) return first.name;
  if (asked === undefined) throw fieldInvalid(path, "a team of the rule set", "missing");
  if (!hasTeam(ruleSet, asked)) {
    const why = `Cannot seat players in ${asked.slice(0, 64)} as the rule set has no such team`;
    throw new MusterError("TEAM_UNKNOWN", why, { metadata: { team: asked.slice(0, limits.ATTRIBUTE_NAME_CHARS_MAX) } });
  }
  if (teams.some(({ name }) => name === asked)) return asked;
  const hasRoom = (team: string, capacity: number) => seats.filter((seat) => seat.team === team).length < capacity;
  const instances = teams.filter(({ template }) => template === asked);
  return (instances.find(({ name, capacity }) => hasRoom(name, capacity)) ?? instances[0])?.name ?? asked;
}
