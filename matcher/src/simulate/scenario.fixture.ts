// Scenarios as tests write them, and their facts as tests read them: a line each.
import { readSimulationSetting } from "./read-simulation-setting.ts";
import { type SimulationOptions, simulate } from "./simulate.ts";
import type { SimulationEvent } from "./simulation-event.ts";
import type { SimulationFact } from "./simulation-fact.ts";

const team = (name: string, minPlayers: number, maxPlayers: number) => ({ name, minPlayers, maxPlayers });

/** Two teams of 1 to 3, equal in size. */
export const EQUAL = {
  version: "v1.0",
  teams: [team("red", 1, 3), team("blue", 1, 3)],
  rules: [{ name: "equal", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" }],
};

/** One against one. */
export const DUEL = { version: "v1.0", teams: [team("red", 1, 1), team("blue", 1, 1)] };

export type Scenario = {
  readonly ruleSet?: object;
  /** Of the configuration; settles in no time unless it says otherwise. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly events: readonly SimulationEvent[];
  readonly options?: SimulationOptions;
};

export function factsOf({ ruleSet = DUEL, more = {}, events, options }: Scenario): readonly SimulationFact[] {
  const setting = readSimulationSetting({ name: "test", requestTimeoutSeconds: 60, settleMs: 0, ...more, ruleSet });
  return [...simulate(setting, events, options)];
}

/** A ticket of players, each named or with what it brings. The first one's name is the ticket's. */
export function start(at: number, ...players: readonly (string | { readonly playerId: string })[]): SimulationEvent {
  const full = players.map((player) => (typeof player === "string" ? { playerId: player } : player));
  return { at, op: "start", ticketId: full[0]?.playerId, players: full };
}

/** A running battle: players' names by team. */
export function session(at: number, battleSessionId: string, teams: Readonly<Record<string, string>>): SimulationEvent {
  const players = Object.entries(teams).flatMap(([name, ids]) =>
    ids.split(" ").map((playerId) => ({ playerId, team: name })),
  );
  return { at, op: "session", battleSessionId, players };
}

export function backfill(at: number, battleSessionId: string, addPlayers?: Readonly<Record<string, number>>) {
  const how = addPlayers ? { strategy: "CUSTOM", addPlayers } : { strategy: "MAX_POSSIBLE" };
  return { at, op: "startBackfill", battleSessionId, ...how };
}

/** "1.000 m2 into b1 red:c blue:d", "1.000 b1 SEARCHING 2v2", "60.000 a TIMED_OUT", "2.000 cancel x TICKET_NOT_FOUND". */
export function lines(scenario: Scenario): readonly string[] {
  return factsOf(scenario).flatMap((fact) => (fact.type === "Summary" ? [] : [`${fact.at.toFixed(3)} ${say(fact)}`]));
}

function say(fact: Exclude<SimulationFact, { type: "Summary" }>): string {
  switch (fact.type) {
    case "MatchFormed": {
      const into = fact.battleSessionId === undefined ? "" : ` into ${fact.battleSessionId}`;
      return `${fact.matchId}${into} ${sayTeams(fact.teams)}`;
    }
    case "MatchProposed":
      return `${fact.matchId} PROPOSED until ${fact.expiresAt.toFixed(3)} ${sayTeams(fact.teams)}`;
    case "PlayersJoined":
      return `${fact.ticketId} JOINED by ${fact.playerIds}${fact.isReady ? ", SEARCHING" : ""}`;
    case "MatchAccepted":
      return `${fact.matchId} ACCEPTED by ${fact.playerIds}`;
    case "ProposalEnded":
      return `${fact.matchId} ${fact.reason}`;
    case "TicketReturned":
      return `${fact.ticketId} SEARCHING ${fact.cause}`;
    case "BackfillUpdated": {
      const sizes = fact.progress.map(({ have, reserved }) => have + reserved).join("v");
      const why = fact.cause ?? (fact.noLegalFill ? "NO_LEGAL_FILL" : "");
      return `${fact.battleSessionId} ${fact.state} ${sizes} ${why}`.trimEnd();
    }
    case "PlayerLeft":
      return `${fact.playerId} LEFT ${fact.battleSessionId}`;
    case "Refused":
      return `${fact.op} ${fact.ticketId ?? fact.battleSessionId ?? fact.matchId ?? "-"} ${fact.reason}`;
    case "TicketFailed":
      return `${fact.ticketId} FAILED ${fact.cause}`;
    case "TicketTimedOut":
      return `${fact.ticketId} TIMED_OUT`;
    case "TicketCancelled":
      return `${fact.ticketId} CANCELLED ${fact.cause ?? ""}`.trimEnd();
  }
}

function sayTeams(teams: Extract<SimulationFact, { type: "MatchFormed" }>["teams"]): string {
  return Object.entries(teams)
    .map(([name, seats]) => `${name}:${seats.map((one) => one.playerId)}`)
    .join(" ");
}
