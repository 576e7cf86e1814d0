// A whole fleet for tests: real services over a network of choice, simulated hosts in place of processes.

import { createMemoryJournal, type Journal } from "@muster/journal";
import { type Clock, createSeededRandom, systemClock } from "@muster/kit";
import type { Tracer } from "@muster/kit/trace";
import type { BattleSession } from "@muster/proto";
import { readBattleSession } from "@muster/proto";
import {
  type ApplyFillRequest,
  FleetServiceDefinition,
  type StartPlacementRequest,
  type WatchSessionsRequest,
  type WatchSessionsResponse,
} from "@muster/proto/fleet";
import { grpcNetwork, serveGrpc } from "@muster/proto/grpc";
import { MockFleetServiceDefinition } from "@muster/proto/mockfleet";
import type { Client, Implementation, Listening, Network, Peer } from "@muster/proto/rpc";
import { BackfillState, BackfillStrategy } from "@muster/proto/session";
import { type Log, silentLog } from "@muster/service";
import { type FleetConfig, type FleetSettings, type FleetSpec, PLAIN_QUEUE } from "./core/fleet-config.ts";
import { createMockFleet, type MockFleet } from "./mock-fleet.ts";
import type { RegionPing } from "./ping/open-beacons.ts";
import type { ServerLaunch, ServerProcesses, SimulationParts } from "./ports.ts";
import { createSimulatedHost, type SimulatedHost, type SimulatedHostOptions } from "./simulated-host.ts";

export const testFleet: FleetSpec = {
  name: "arena-eu",
  region: "eu",
  builds: [{ name: "", launches: [{ name: "", command: ["arena"], cwd: undefined, env: {}, processes: 2 }] }],
  build: "",
  processes: 2,
  processesPerHost: undefined,
  concurrentActivations: undefined,
  concurrentSessions: undefined,
  ports: [{ name: "game", protocol: "tcp" }],
  portRange: { first: 27_500, last: 27_599 },
  host: "127.0.0.1",
  readyTimeoutMs: 0,
  activationTimeoutMs: 60_000,
  hosting: "REUSABLE",
  reservationMs: 60_000,
  disconnectGraceMs: 60_000,
  cost: 0,
};

export const testSettings: FleetSettings = {
  hostSilentAfterMs: 15_000,
  hostLostAfterMs: 120_000,
  health: { intervalMs: 5_000, timeoutMs: 2_500, missesMax: 3 },
  processTerminateMs: 500,
  endedKeptMs: 24 * 3_600_000,
  journalKeptMs: 0,
};

export type FleetWorldOptions = {
  readonly fleet?: Partial<FleetSpec>;
  readonly settings?: Partial<FleetSettings>;
  readonly config?: FleetConfig;
  readonly clock?: Clock;
  readonly journal?: Journal;
  readonly log?: Log;
  /** How the next host behaves. Default: well. */
  readonly host?: (launch: ServerLaunch) => Partial<Omit<SimulatedHostOptions, "network" | "launch">>;
  /** Serves and connects. Default: real sockets on a free port. */
  readonly serve?: (services: readonly Implementation[]) => Promise<{ listening: Listening; network: Network }>;
  /** Default: by the size of the fleet, which no test reaches. */
  readonly snapshotEveryFacts?: number;
  readonly simulation?: SimulationParts;
  readonly pings?: readonly RegionPing[];
  /** Default: nobody is told of traces. */
  readonly tracer?: Tracer | undefined;
  /** Hosts of an earlier world, which outlive its fleet. */
  readonly survivors?: readonly SimulatedHost[];
};

export interface FleetWorld extends AsyncDisposable {
  readonly fleet: Client<typeof FleetServiceDefinition>;
  readonly mock: Client<typeof MockFleetServiceDefinition>;
  readonly network: Network;
  readonly address: string;
  /** In the order of their launch. */
  readonly hosts: SimulatedHost[];
  readonly launches: ServerLaunch[];
  /** Processes that were swept up behind. */
  readonly swept: string[];
  readonly fatal: unknown[];
  /** Resolves with the host that runs the session. */
  hostOf(session: Pick<BattleSession, "processId">): SimulatedHost;
  /** Places and waits for the session. */
  place(request?: Partial<StartPlacementRequest>): Promise<BattleSession>;
  describe(sessionId: string): Promise<BattleSession>;
  /** Resolves as soon as the session fits. */
  seeSession(sessionId: string, fits: (session: BattleSession) => boolean): Promise<BattleSession>;
  /** Applies a fill under an id of its own. */
  fill(session: BattleSession, fill: Partial<ApplyFillRequest>): Promise<BattleSession>;
  /** Resolves with the first message of a watch that fits. */
  seeEvent(
    fits: (message: WatchSessionsResponse) => boolean,
    request?: Partial<WatchSessionsRequest>,
  ): Promise<WatchSessionsResponse>;
  /** The fleet dies as by kill -9: nothing is written or told any more; hosts live on. */
  crash(): Promise<void>;
}

export const overSockets = async (services: readonly Implementation[]) => ({
  listening: await serveGrpc({ bind: "127.0.0.1:0", services, drainMs: 50 }),
  network: grpcNetwork,
});

let worlds = 0;

/** A fleet that serves, with simulated hosts that attach by themselves. Disposing ends all of it. */
export async function createFleetWorld(options: FleetWorldOptions = {}): Promise<FleetWorld> {
  const { clock = systemClock, host = () => ({}), serve = overSockets } = options;
  const config = options.config ?? {
    fleets: [{ ...testFleet, ...options.fleet }],
    aliases: [],
    queues: [
      { ...PLAIN_QUEUE, name: "default", destinations: [options.fleet?.name ?? testFleet.name], timeoutMs: 60_000 },
    ],
    settings: { ...testSettings, ...options.settings },
  };
  const journal = options.journal ?? createMemoryJournal();
  // Another seed for each world: fleets that share a journal must not draw the same ids.
  worlds += 1;
  const seed = worlds;
  const hosts: SimulatedHost[] = [...(options.survivors ?? [])];
  const launches: ServerLaunch[] = [];
  const swept: string[] = [];
  const fatal: unknown[] = [];
  let connect: (address: { network: Network; address: string }) => void = () => undefined;
  const connected = new Promise<{ network: Network; address: string }>((resolve) => {
    connect = resolve;
  });
  const processes: ServerProcesses = {
    start: (launch) => {
      launches.push(launch);
      let exit: (exit: { how: string }) => void = () => undefined;
      let kill = () => exit({ how: "SIGKILL" });
      let terminate = () => exit({ how: "exit 0" });
      const exited = new Promise<{ how: string }>((resolve) => {
        exit = resolve;
      });
      void connected.then(({ network, address }) => {
        const simulated = createSimulatedHost({
          network,
          launch: { ...launch, hostAddress: address },
          ...host(launch),
        });
        hosts.push(simulated);
        kill = () => simulated.kill();
        terminate = () => simulated.terminate();
        void simulated.exited.then(exit);
      });
      return { exited, terminate: () => terminate(), kill: () => kill() };
    },
    sweep: (processId) => void swept.push(processId), // A simulated game is gone with its host.
    afflict: (processId, blow) => {
      if (blow === "crash") hosts.find((one) => one.processId === processId)?.die();
    },
    forget: () => undefined, // It prints nothing.
    async *readLog(processId, { tailBytes }) {
      const text = new TextEncoder().encode(`log of ${processId}\n`);
      yield tailBytes === 0 ? text : text.slice(-tailBytes);
    },
  };
  let isGone = false;
  const stillAlive = () => (isGone ? new Promise<void>(() => undefined) : undefined);
  const mockFleet: MockFleet = await createMockFleet({
    journal,
    // A dead fleet never wakes: with its network gone too, nothing moves it.
    clock: { ...clock, sleep: (delayMs, signal) => clock.sleep(delayMs, signal).then(() => stillAlive()) },
    random: createSeededRandom(seed),
    processes,
    config,
    hostAddress: "",
    log: options.log ?? silentLog,
    tracer: options.tracer,
    onFatal: (error) => fatal.push(error),
    takeOver: true,
    ...(options.simulation ? { simulation: options.simulation } : {}),
    ...(options.pings ? { pings: options.pings } : {}),
    ...(options.snapshotEveryFacts === undefined ? {} : { snapshotEveryFacts: options.snapshotEveryFacts }),
  });
  const { listening, network } = await serve(mockFleet.services);
  connect({ network, address: listening.address });
  const peer: Peer = network.connect(listening.address);
  const fleet = peer.client(FleetServiceDefinition);
  let fills = 0;

  const world: FleetWorld = {
    fleet,
    mock: peer.client(MockFleetServiceDefinition),
    network,
    address: listening.address,
    hosts,
    launches,
    swept,
    fatal,
    hostOf(session) {
      const found = hosts.find((one) => one.processId === session.processId);
      if (!found) throw new Error(`no host runs process ${session.processId}`);
      return found;
    },
    async place(request = {}) {
      const placed = startPlacementRequest(request);
      for await (const { event } of fleet.watchSessions({ owner: placed.owner, resumeToken: "" })) {
        if (event?.$case === "snapshotEnd") await fleet.startPlacement(placed);
        if (event?.$case !== "placement" || event.value.placementId !== placed.placementId) continue;
        if (event.value.session) return readBattleSession(event.value.session);
        if (event.value.endedAt)
          throw new Error(`the placement has ended: ${event.value.failure || event.value.state}`);
      }
      throw new Error("the watch ended");
    },
    async describe(sessionId) {
      const { sessions } = await fleet.describeServerSessions({ battleSessionIds: [sessionId], includeEnded: true });
      const [session] = sessions;
      if (!session) throw new Error(`no session ${sessionId}`);
      return readBattleSession(session);
    },
    async seeSession(sessionId, fits) {
      for await (const _ of fleet.watchSessions({ owner: "", resumeToken: "" })) {
        const session = await world.describe(sessionId);
        if (fits(session)) return session;
      }
      throw new Error("the watch ended");
    },
    async fill(session, fill) {
      fills += 1;
      const { session: after } = await fleet.applyFill({
        fillId: `fill_${fills}`,
        battleSessionId: session.battleSessionId,
        expectedRosterVersion: session.rosterVersion,
        newcomers: [],
        backfill: {
          backfillId: "bf_1",
          state: BackfillState.SEARCHING,
          strategy: BackfillStrategy.MAX_POSSIBLE,
          addPlayers: {},
          progress: [],
          cause: 0,
          noLegalFill: false,
        },
        knownRevision: 0,
        approvalTimeoutMs: 0,
        toleratesLeavers: false,
        ...fill,
      });
      if (!after) throw new Error("the fill was answered without a session");
      return readBattleSession(after);
    },
    async seeEvent(fits, request = {}) {
      for await (const message of fleet.watchSessions({ owner: "", resumeToken: "", ...request })) {
        if (fits(message)) return message;
      }
      throw new Error("the watch ended");
    },
    async crash() {
      isGone = true;
      await peer[Symbol.asyncDispose]();
      await listening[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      if (!isGone) await mockFleet[Symbol.asyncDispose]();
      for (const one of hosts) one.die();
      await peer[Symbol.asyncDispose]();
      await listening[Symbol.asyncDispose]();
    },
  };
  return world;
}

let placements = 0;

export function player(playerId: string, team = "") {
  return { playerId, team, ticketId: `tick_${playerId}`, attributes: { skill: 10 }, latenciesMs: {} };
}

export function startPlacementRequest(request: Partial<StartPlacementRequest> = {}): StartPlacementRequest {
  placements += 1;
  return {
    placementId: `match_${placements}.1`,
    queue: "default",
    owner: "matcher",
    capacity: 4,
    teams: [
      { name: "red", template: "red", capacity: 2 },
      { name: "blue", template: "blue", capacity: 2 },
    ],
    players: [player("anna", "red"), player("ben", "blue")],
    properties: { map: "dust" },
    data: "",
    matchId: `match_${placements}`,
    configuration: "arena",
    backfill: undefined,
    matcherEndpoint: "127.0.0.1:7410",
    capabilityKey: new Uint8Array([1, 2, 3]),
    timeoutMs: 0,
    regions: [],
    name: "",
    ...request,
  };
}
