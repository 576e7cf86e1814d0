// A session that no match of this matcher was placed on, taken on so that it can be filled.
import { type BattleSession, type MatchId, MusterError } from "@muster/proto";
import { teamShapes } from "@muster/rules";
import { backfillWithAcceptance } from "./configuration.ts";
import type { MatcherFact } from "./fact.ts";
import { type MatcherState, ruleSetOf } from "./matcher-state.ts";
import { playersRuleSet } from "./query/players-team.ts";
import { getConfiguration } from "./start-matching.ts";

export type AdoptSession = {
  /** As the fleet shows it. */
  readonly session: BattleSession;
  readonly configuration: string;
  /** Drawn for this call: players who join later are in a match, as everybody is. */
  readonly matchId: MatchId;
  readonly capabilityKey: Uint8Array;
};

/**
 * The fact that the session is filled by the configuration; none if it is one of ours.
 *
 * @throws {MusterError} CONFIGURATION_NOT_FOUND, BACKFILL_WITH_ACCEPTANCE, SESSION_NOT_ACTIVE; TEAM_UNKNOWN, TEAM_SIZE_EXCEEDED where its teams are not those of
 *   the rule set, or hold fewer.
 */
export function decideAdoptSession(state: MatcherState, request: AdoptSession): readonly MatcherFact[] {
  const { session, configuration, matchId, capabilityKey } = request;
  const { battleSessionId, processId, incarnation, teams } = session;
  if (state.sessions.has(battleSessionId)) return [];
  if (getConfiguration(state, configuration).acceptance) throw backfillWithAcceptance(configuration);
  if (session.state !== "ACTIVE") {
    const why = `Cannot backfill ${battleSessionId} as only an active session can be: it is ${session.state}`;
    throw new MusterError("SESSION_NOT_ACTIVE", why);
  }
  const { query } = getConfiguration(state, configuration);
  const ruleSet = query ? playersRuleSet(session.capacity) : ruleSetOf(state, configuration);
  const shapes = new Map(ruleSet ? teamShapes(ruleSet).map((shape) => [shape.name, shape]) : []);
  if (teams.length === 0) throw teamUnknown(configuration, "");
  for (const { name, capacity } of teams) {
    const shape = shapes.get(name);
    if (!shape) throw teamUnknown(configuration, name);
    if (capacity >= shape.maxPlayers) continue;
    const { maxPlayers } = shape;
    const why = `Cannot backfill ${battleSessionId} by ${configuration} as team ${name} may have ${maxPlayers} players: the session has room for ${capacity}`;
    throw new MusterError("TEAM_SIZE_EXCEEDED", why, { metadata: { team: name, maxPlayers: String(capacity) } });
  }
  const origin = { battleSessionId, matchId, configuration, capabilityKey, processId, incarnation };
  return [{ type: "session-adopted", ...origin }];
}

function teamUnknown(configuration: string, team: string): MusterError {
  const present = team === "" ? "it has no teams" : `it has ${JSON.stringify(team.slice(0, 64))}`;
  const why = `Cannot backfill the session by ${configuration} as its teams must be those of the rule set: ${present}`;
  return new MusterError("TEAM_UNKNOWN", why, { metadata: { team } });
}
