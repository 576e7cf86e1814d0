// The core without a shell: decisions are folded at once and time is turned by hand. For tests and simulations of the core.
import { createSeededRandom } from "@muster/kit";
import type { BattleSession, PlacementId, PlayerId, ProcessId, TicketId } from "@muster/proto";
import { carryOut } from "./command.ts";
import type { Decision, Moment } from "./decision.ts";
import { whenDue } from "./due.ts";
import { forgetEnded } from "./ended.ts";
import { evolve } from "./evolve.ts";
import { type FleetConfig, type FleetSettings, type FleetSpec, PLAIN_QUEUE, type QueueSpec } from "./fleet-config.ts";
import type { FleetFact } from "./fleet-fact.ts";
import { createFleetState, type FleetFold, type FleetState } from "./fleet-state.ts";
import type { CommandResult, HostCommand } from "./host-command.ts";
import { type PlacementRequest, type PlayerToSeat, startPlacement } from "./placement.ts";
import { getProcess, type ServerProcess } from "./process.ts";
import { nextUpkeep } from "./upkeep.ts";

export type RehearsalOptions = {
  readonly fleets?: readonly Partial<FleetSpec>[];
  readonly settings?: Partial<FleetSettings>;
  readonly destinations?: readonly string[];
  readonly queue?: Partial<QueueSpec>;
  readonly aliases?: FleetConfig["aliases"];
  readonly seed?: number;
  /** Goes on from this state, at this time, with the sidecars of `before`. */
  readonly after?: { readonly state: FleetFold; readonly before: Rehearsal };
};

export interface Rehearsal {
  readonly state: FleetFold;
  readonly nowMs: number;
  readonly attached: ReadonlySet<ProcessId>;
  readonly supervised: ReadonlySet<ProcessId>;
  /** Every fact so far. */
  readonly facts: readonly FleetFact[];
  /** When each fact was decided. */
  readonly timesMs: readonly number[];
  moment(): Moment;
  /** Decides, folds, does the upkeep. */
  decide<Reply>(decide: (state: FleetState, moment: Moment) => Decision<Reply>): Reply;
  act(decide: (state: FleetState, moment: Moment) => readonly FleetFact[]): void;
  /** Lets time pass, deadline by deadline. */
  pass(durationMs: number): void;
  /** Attaches the sidecar of every process that has none, and has each say that it is ready. */
  readyAll(concurrentSessions?: number): readonly ServerProcess[];
  command(processId: ProcessId, command: HostCommand, commandId?: string): CommandResult;
  detach(processId: ProcessId): void;
  place(request?: Partial<PlacementRequest>): PlacementId;
  /** The session that was last made for the placement. */
  sessionFor(placementId: PlacementId): BattleSession;
  /** Places on a ready process and activates. */
  placeActive(request?: Partial<PlacementRequest>): BattleSession;
}

const fleetSpec: FleetSpec = {
  name: "eu",
  region: "eu",
  builds: [{ name: "", launches: [{ name: "", command: ["game"], cwd: undefined, env: {}, processes: 1 }] }],
  build: "",
  processes: 1,
  processesPerHost: undefined,
  concurrentActivations: undefined,
  concurrentSessions: undefined,
  ports: [{ name: "game", protocol: "tcp" }],
  portRange: { first: 7_500, last: 7_509 },
  host: "127.0.0.1",
  readyTimeoutMs: 0,
  activationTimeoutMs: 10_000,
  hosting: "REUSABLE",
  reservationMs: 60_000,
  disconnectGraceMs: 30_000,
  cost: 0,
};

const settings: FleetSettings = {
  hostSilentAfterMs: 15_000,
  hostLostAfterMs: 120_000,
  health: { intervalMs: 5_000, timeoutMs: 2_500, missesMax: 3 },
  processTerminateMs: 10_000,
  endedKeptMs: 24 * 3_600_000,
  journalKeptMs: 0,
};

export function createRehearsal(options: RehearsalOptions = {}): Rehearsal {
  const fleets = (options.fleets ?? [{}]).map((fleet) => ({ ...fleetSpec, ...fleet }));
  const config: FleetConfig = {
    fleets,
    aliases: options.aliases ?? [],
    queues: [
      {
        ...{ ...PLAIN_QUEUE, name: "queue", timeoutMs: 60_000 },
        destinations: options.destinations ?? fleets.map((fleet) => fleet.name),
        ...options.queue,
      },
    ],
    settings: { ...settings, ...options.settings },
  };
  const { after } = options;
  const state = after?.state ?? createFleetState();
  const random = createSeededRandom(options.seed ?? 1);
  const attached = new Set<ProcessId>(after?.before.attached);
  const supervised = new Set<ProcessId>(after?.before.supervised);
  const facts: FleetFact[] = [];
  const timesMs: number[] = [];
  let nowMs = after?.before.nowMs ?? 1_000;
  // Ids of commands and placements go on where no earlier one can have been.
  let commands = state.position * 1_000;
  let placements = state.position * 1_000;

  const moment = (): Moment => ({
    nowMs,
    wallMs: 1_700_000_000_000 + nowMs,
    random,
    config,
    attached,
    supervised,
    stopping: false,
  });
  const fold = (more: readonly FleetFact[]) => {
    for (const fact of more) {
      facts.push(fact);
      timesMs.push(nowMs);
      evolve(state, fact, { sequence: state.position + 1, timeMs: nowMs });
      if (fact.type === "process-launched") supervised.add(fact.processId);
    }
    return more.length > 0;
  };
  const keepUp = () => {
    while (fold(nextUpkeep(state, moment())));
  };
  const rehearsal: Rehearsal = {
    state,
    attached,
    supervised,
    facts,
    timesMs,
    get nowMs() {
      return nowMs;
    },
    moment,
    decide(decide) {
      const decision = decide(state, moment());
      fold(decision.facts);
      keepUp();
      return decision.reply;
    },
    act(decide) {
      fold(decide(state, moment()));
      keepUp();
    },
    pass(durationMs) {
      const untilMs = nowMs + durationMs;
      const { endedKeptMs } = config.settings;
      const nextMs = () => Math.min(state.agenda.nextMs ?? Infinity, (state.ended.nextMs ?? Infinity) + endedKeptMs);
      for (let next = nextMs(); next <= untilMs; next = nextMs()) {
        nowMs = Math.max(nowMs, next);
        for (const deadline of state.agenda.takeDue(nowMs)) fold(whenDue(state, deadline, moment()));
        fold(forgetEnded(state, state.ended.takeDue(nowMs - endedKeptMs)));
        keepUp();
      }
      nowMs = untilMs;
    },
    readyAll(concurrentSessions = 1) {
      keepUp();
      for (const { processId, attachGeneration } of [...state.livingProcesses.values()]) {
        if (attached.has(processId)) continue;
        attached.add(processId);
        fold([{ type: "process-attached", processId, attachGeneration: attachGeneration + 1, pid: 100 }]);
        rehearsal.command(processId, { type: "process-ready", ports: {}, concurrentSessions });
      }
      return [...state.livingProcesses.values()];
    },
    command(processId, command, commandId) {
      commands += 1;
      const bodyDigest = JSON.stringify(command);
      const numbered = { commandId: commandId ?? `c${commands}`, command, bodyDigest };
      return rehearsal.decide((now, at) => carryOut(now, getProcess(now, processId), numbered, at)).result;
    },
    detach: (processId) => void attached.delete(processId),
    place(request = {}) {
      placements += 1;
      const full = placementRequest({ placementId: `m${placements}.1` as PlacementId, ...request });
      return rehearsal.decide((now, at) => startPlacement(now, { request: full, bodyDigest: "digest" }, at));
    },
    sessionFor(placementId) {
      const sessionId = state.placements.get(placementId)?.sessionId;
      const session = sessionId && state.sessions.get(sessionId);
      if (!session) throw new Error(`no session was made for ${placementId}`);
      return session.battle;
    },
    placeActive(request) {
      rehearsal.readyAll();
      const placementId = rehearsal.place(request);
      const { processId, battleSessionId } = rehearsal.sessionFor(placementId);
      rehearsal.command(processId, { type: "activate-session", sessionId: battleSessionId });
      return rehearsal.sessionFor(placementId);
    },
  };
  keepUp();
  return rehearsal;
}

export function placementRequest(request: Partial<PlacementRequest> = {}): PlacementRequest {
  return {
    placementId: "m.1" as PlacementId,
    queue: "queue",
    owner: "matcher",
    capacity: 4,
    teams: [
      { name: "red", template: "red", capacity: 2 },
      { name: "blue", template: "blue", capacity: 2 },
    ],
    players: [playerToSeat("anna", "red"), playerToSeat("ben", "blue")],
    properties: {},
    data: "",
    matchId: undefined,
    configuration: "arena",
    backfill: undefined,
    matcherEndpoint: "",
    capabilityKey: new Uint8Array(),
    timeoutMs: undefined,
    regions: [],
    ...request,
  };
}

export function playerToSeat(playerId: string, team?: string): PlayerToSeat {
  return {
    playerId: playerId as PlayerId,
    team,
    ticketId: `tick_${playerId}` as TicketId,
    attributes: {},
    latenciesMs: {},
  };
}
