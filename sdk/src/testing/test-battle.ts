// A battle session in the hands of a test: who is in it, and what happens to it.
import type { Clock, Random } from "@muster/kit";
import {
  type Attributes,
  type BattleSession,
  fieldInvalid,
  MusterError,
  newId,
  type PlayerSession,
  parsePlayerId,
  type ServerSessionId,
  type TicketId,
  writeAttributes,
} from "@muster/proto";
import { type Battle, changed, ended } from "./core/battle.ts";
import { withNewcomers } from "./core/seat.ts";
import { FLEET_NAME, PROCESS_ID, REGION, type TestFleet } from "./test-fleet.ts";

/** A player by id alone, or with what a ticket would bring. */
export type TestPlayer =
  | string
  | {
      readonly playerId: string;
      /** Default: the team with the most room, the first of equals. */
      readonly team?: string;
      readonly attributes?: Attributes;
      /** What the backend gives of the player. Default nothing. */
      readonly data?: string;
      readonly ticketId?: string;
    };

export type BattleSpec = {
  /** Players that each team takes, by its name: `{ red: 5, blue: 5 }`. "red_1" is an instance of the template "red". Default: no teams. */
  readonly teams?: Readonly<Record<string, number>>;
  /** Players in all. Default: what the teams take together, 16 without teams. */
  readonly capacity?: number;
  /** Who has a seat once the session is active. Default: nobody. */
  readonly players?: readonly TestPlayer[];
  readonly properties?: Readonly<Record<string, string>>;
  readonly data?: string;
  /** Of the matchmaking configuration. Default "test". */
  readonly configuration?: string;
};

/** One battle session, as its fleet has it. */
export interface TestBattle {
  readonly battleSessionId: string;
  /** As it stands. */
  readonly session: BattleSession;
  /** The seat in use of the player. @throws {MusterError} PLAYER_SESSION_NOT_FOUND if there is none. */
  seatOf(playerId: string): PlayerSession;
  /**
   * Newcomers get seats, as by a fill of the backfill; the game hears PLAYERS_ADDED.
   *
   * @throws {MusterError} SESSION_NOT_ACTIVE, SESSION_FULL, TEAM_UNKNOWN, PLAYER_ALREADY_SEATED, ID_MALFORMED.
   */
  addPlayers(...players: readonly TestPlayer[]): Promise<readonly PlayerSession[]>;
  /**
   * As `addPlayers`, if the game says yes: it is asked by `approveFill`. Resolves with its word, false once the time has passed.
   * Default 1,000 ms: let them go by with `advance` to see what silence does.
   */
  proposePlayers(players: readonly TestPlayer[], options?: { readonly timeoutMs?: number }): Promise<boolean>;
  /** The fleet asks the game to end the session: it hears SESSION_TERMINATING. */
  terminate(): Promise<void>;
  /** The fleet ends the session without asking, as when the matcher's placement is stopped. */
  end(): Promise<void>;
}

const CAPACITY_WITHOUT_TEAMS = 16;
const APPROVAL_MS = 1_000;

export type TestBattlesOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly fleet: TestFleet;
  readonly settle: () => Promise<void>;
  readonly activationMs: number;
};

export function createTestBattles({ clock, random, fleet, settle, activationMs }: TestBattlesOptions) {
  const running = new Set<ServerSessionId>();

  const reserve = (battle: Pick<BattleSession, "teams" | "playerSessions">, players: readonly TestPlayer[]) => {
    const seats: PlayerSession[] = [];
    for (const player of players) {
      const {
        playerId,
        team,
        attributes = {},
        ticketId,
        data,
      } = typeof player === "string" ? { playerId: player } : player;
      const all = [...battle.playerSessions, ...seats];
      seats.push({
        playerSessionId: newId("player-session", random),
        playerId: parsePlayerId("player_id", playerId),
        team: team ?? roomiest(battle.teams, all),
        ticketId: ticketId as TicketId | undefined,
        state: "RESERVED",
        attributes,
        data,
        expiresAtMs: undefined,
      });
    }
    return seats;
  };
  const checkReady = () => {
    const { state, concurrentSessions } = fleet.process;
    for (const id of running) if (fleet.find(id)?.session.state === "TERMINATED") running.delete(id);
    if (state === "READY" && running.size < concurrentSessions) return;
    const present = state === "READY" ? `it has ${running.size} of ${concurrentSessions} sessions` : `it is ${state}`;
    const why = `Cannot start a battle session as only a ready process with room takes one: ${present}`;
    throw new MusterError("PHASE_CONFLICT", why, { metadata: { phase: state } });
  };
  const newBattle = (spec: BattleSpec): Battle => {
    const teams = Object.entries(spec.teams ?? {}).map(([name, capacity]) => {
      if (!Number.isInteger(capacity) || capacity < 1)
        throw fieldInvalid(`teams.${name}`, "1 player or more", capacity);
      return { name, template: name.replace(/_\d+$/, ""), capacity };
    });
    const inTeams = teams.reduce((sum, team) => sum + team.capacity, 0);
    const capacity = spec.capacity ?? (teams.length > 0 ? inTeams : CAPACITY_WITHOUT_TEAMS);
    const session: BattleSession = {
      battleSessionId: newId("server-session", random),
      ...{ revision: 1, rosterVersion: 1, state: "ACTIVATING", teams, capacity, playerSessions: [] },
      ...{ properties: spec.properties ?? {}, data: spec.data ?? "", creationPolicy: "ACCEPT_ALL" },
      ...{ backfill: undefined, matchId: newId("match", random), configuration: spec.configuration ?? "test" },
      ...{ address: undefined, processId: PROCESS_ID, incarnation: 1, fleet: FLEET_NAME, region: REGION },
      ...{ createdAtMs: clock.wallMs(), unreachable: false, endCause: undefined },
    };
    const expected = reserve(session, spec.players ?? []);
    const battle = { session, seats: new Map(), backfill: undefined, changes: [], expected };
    // What no session could seat is refused now, not when the game activates.
    withNewcomers({ ...battle, session: { ...session, state: "ACTIVE" }, activateByMs: 0 }, expected);
    return { ...battle, activateByMs: clock.wallMs() + activationMs };
  };

  const handleOf = (battleSessionId: ServerSessionId): TestBattle => {
    const get = (): Battle => {
      const battle = fleet.find(battleSessionId);
      if (battle) return battle;
      throw new MusterError("SERVER_SESSION_NOT_FOUND", `Cannot find the battle session ${battleSessionId}`);
    };
    const seat = async (newcomers: readonly PlayerSession[], reservationMs: number) => {
      const expiresAtMs = clock.wallMs() + reservationMs;
      const seats = newcomers.map((one) => ({ ...one, expiresAtMs }));
      fleet.change(battleSessionId, (battle) => withNewcomers(battle, seats));
      await settle();
      return seats;
    };
    return {
      battleSessionId,
      get session() {
        return get().session;
      },
      seatOf(playerId) {
        const found = get().session.playerSessions.find((one) => one.playerId === playerId);
        if (found) return found;
        const why = `Cannot find a seat of ${playerId} in battle session ${battleSessionId}`;
        throw new MusterError("PLAYER_SESSION_NOT_FOUND", why);
      },
      addPlayers: (...players) => seat(reserve(get().session, players), fleet.reservationMs),
      async proposePlayers(players, { timeoutMs = APPROVAL_MS } = {}) {
        const seats = reserve(get().session, players);
        const newcomers = seats.map(({ playerId, team = "", ticketId = "", attributes, data }) => ({
          ...{ playerId, team, ticketId, attributes: writeAttributes(attributes), data },
        }));
        const approved = await fleet.ask({ battleSessionId, newcomers, timeoutMs });
        if (approved) await seat(seats, fleet.reservationMs);
        return approved;
      },
      async terminate() {
        fleet.change(battleSessionId, (battle) =>
          battle.session.state === "ACTIVE" ? changed(battle, "SESSION_TERMINATING", { state: "TERMINATING" }) : battle,
        );
        await settle();
      },
      async end() {
        fleet.change(battleSessionId, (battle) => ended(battle, "PLACEMENT_STOPPED"));
        await settle();
      },
    };
  };

  return {
    start(spec: BattleSpec): TestBattle {
      checkReady();
      const battle = newBattle(spec);
      const { battleSessionId } = battle.session;
      running.add(battleSessionId);
      fleet.start(battle);
      return handleOf(battleSessionId);
    },
  };
}

function roomiest(teams: BattleSession["teams"], seats: readonly PlayerSession[]): string | undefined {
  const roomOf = ({ name, capacity }: BattleSession["teams"][number]) =>
    capacity - seats.filter(({ team }) => team === name).length;
  return teams.toSorted((one, other) => roomOf(other) - roomOf(one))[0]?.name;
}
