// What stands behind a sidecar under test: a whole mock fleet in this process, with one server process that nobody starts, and
// a matcher that says yes. The fleet can go away and come back, as in a restart.
import { createMemoryJournal } from "@muster/journal";
import { drawId, systemClock, systemRandom } from "@muster/kit";
import { createMockFleet, parseFleetConfig, type RunningServer, type ServerLaunch } from "@muster/mock-fleet";
import { type Attributes, type BattleSession, MusterError, readBattleSession } from "@muster/proto";
import {
  CreatePlayerSessionsRequest,
  FleetServiceDefinition,
  type PlayerToSeat,
  StartPlacementRequest,
} from "@muster/proto/fleet";
import { serveGrpc } from "@muster/proto/grpc";
import { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import { type Client, createMemoryNetwork, implement, type Listening } from "@muster/proto/rpc";
import { BackfillState, BackfillStrategy } from "@muster/proto/session";
import { silentLog } from "@muster/service";
import { findFreePort } from "../stack/free-port.ts";

export type StageOptions = {
  /** Where the sidecar reaches the fleet. Default: a free port of the loopback address. */
  readonly bind?: string;
  /** From one health check to the next, in ms. 0: none. Default 0. */
  readonly healthIntervalMs?: number;
  readonly healthTimeoutMs?: number;
  /** How long a process that is asked to end has, in ms. Default 5,000. */
  readonly terminateMs?: number;
};

/** One call of the game's that reached the matcher. */
export type MatcherCall = {
  readonly method: "startBackfill" | "cancelBackfill" | "describeBackfill";
  readonly battleSessionId: string;
  readonly capability: string;
  readonly seenRevision: number;
};

export interface Stage extends AsyncDisposable {
  readonly address: string;
  /** Whom the sidecar has to be: id, incarnation, secret. */
  readonly launch: ServerLaunch;
  readonly processId: string;
  readonly fleet: Client<typeof FleetServiceDefinition>;
  readonly matcherCalls: readonly MatcherCall[];
  /** Asks for a battle with these players; resolves with its id once the process has it. */
  place(players: readonly string[], options?: { readonly capacity?: number }): Promise<string>;
  /** Gives newcomers seats in it. */
  seat(battleSessionId: string, players: readonly string[], attributes?: Attributes): Promise<void>;
  /** Asks for its end. */
  endSession(battleSessionId: string): Promise<void>;
  describe(battleSessionId: string): Promise<BattleSession>;
  /** Resolves with the session as soon as it fits; rejects with what it was like when the time is over. */
  until(battleSessionId: string, fits: (session: BattleSession) => boolean, withinMs?: number): Promise<BattleSession>;
  /** Resolves once the process is as asked. */
  untilProcess(fits: (process: { readonly state: number; readonly attached: boolean }) => boolean): Promise<void>;
  /** Nobody answers any more. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Asks every process to end; resolves when they have, or their time is over. */
  shutDown(): Promise<void>;
}

const FLEET = "conformance";
const OWNER = "conformance";
/** How often the fleet is looked at, in ms, by whoever waits for it. */
const LOOK_MS = 10;
const WAIT_MS = 30_000;

/** A fleet that serves and has decided on its one process, which is not there yet. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { healthIntervalMs = 0, healthTimeoutMs = 1_000, terminateMs = 5_000 } = options;
  const clock = systemClock;
  const random = systemRandom;
  const address = options.bind ?? `127.0.0.1:${await findFreePort()}`;
  const launched = Promise.withResolvers<ServerLaunch>();
  const fleets = [{ name: FLEET, command: ["whoever joins"], readyTimeoutSeconds: 0 }];
  const queues = [{ name: FLEET, destinations: [FLEET] }];
  const health = { intervalMs: healthIntervalMs, timeoutMs: healthTimeoutMs, missesMax: 3 };
  const fleetSettings = { health, processTerminateMs: terminateMs };
  const config = parseFleetConfig({ path: FLEET, directory: "/", sections: { fleets, queues, fleetSettings } });
  const mock = await createMockFleet({
    ...{ journal: createMemoryJournal(), clock, random, config, hostAddress: address, log: silentLog },
    processes: {
      start: (launch) => {
        launched.resolve(launch);
        return startNothing();
      },
      sweep: () => undefined,
      afflict: () => undefined,
      forget: () => undefined,
      async *readLog() {
        // Nobody prints here.
      },
    },
    onFatal: (error) => {
      throw error;
    },
  });
  const matcherCalls: MatcherCall[] = [];
  const services = [...mock.services, yesMatcher(matcherCalls)];
  const memory = createMemoryNetwork({ clock, random });
  memory.serve("fleet", mock.services);
  const fleet = memory.from("stage").connect("fleet").client(FleetServiceDefinition);
  let listening: Listening | undefined = await serveGrpc({ bind: address, services, drainMs: 0 });
  let isOver = false;

  const describe = async (battleSessionId: string) => {
    const { sessions } = await fleet.describeServerSessions({
      battleSessionIds: [battleSessionId],
      includeEnded: true,
    });
    const [session] = sessions;
    if (session) return readBattleSession(session);
    throw new MusterError("SERVER_SESSION_NOT_FOUND", `Cannot find ${battleSessionId} at the fleet`);
  };
  const shutDown = async () => {
    if (isOver) return;
    isOver = true;
    await mock[Symbol.asyncDispose]();
  };
  const launch = await launched.promise;
  const stage: Stage = {
    address,
    launch,
    processId: launch.processId,
    fleet,
    matcherCalls,
    describe,
    async place(players, { capacity = 8 } = {}) {
      const matchId = drawId("match", random);
      const request = StartPlacementRequest.fromPartial({
        ...{ placementId: `${matchId}.1`, queue: FLEET, owner: OWNER, capacity, matchId, configuration: FLEET },
        ...{ properties: { map: "dust" }, data: "conformance", matcherEndpoint: address },
        players: players.map((playerId) => playerOf(playerId)),
        capabilityKey: Buffer.alloc(32, 7),
      });
      await fleet.startPlacement(request);
      return await waitFor(`a session of ${matchId}`, WAIT_MS, async () => {
        // One that is over too: a game may live quicker than anybody looks.
        const { sessions } = await fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true });
        return sessions.find((session) => session.matchId === matchId)?.battleSessionId;
      });
    },
    async seat(battleSessionId, players, attributes) {
      const { rosterVersion } = await describe(battleSessionId);
      const requestId = drawId("req", random);
      const seats = {
        requestId,
        battleSessionId,
        players: players.map((playerId) => playerOf(playerId, attributes)),
        expectedRosterVersion: rosterVersion,
      };
      await fleet.createPlayerSessions(CreatePlayerSessionsRequest.fromPartial(seats));
    },
    async endSession(battleSessionId) {
      await fleet.terminateServerSession({ battleSessionId });
    },
    until: (battleSessionId, fits, withinMs = WAIT_MS) =>
      waitFor(`${battleSessionId} at the fleet`, withinMs, async () => {
        const session = await describe(battleSessionId);
        return fits(session) ? session : undefined;
      }),
    async untilProcess(fits) {
      await waitFor("the process at the fleet", WAIT_MS, async () => {
        const { processes } = await fleet.describeProcesses({ includeEnded: true });
        return processes.find((one) => one.processId === stage.launch.processId && fits(one));
      });
    },
    async goAway() {
      await listening?.[Symbol.asyncDispose]();
      listening = undefined;
    },
    async comeBack() {
      listening ??= await serveGrpc({ bind: address, services, drainMs: 0 });
    },
    shutDown,
    async [Symbol.asyncDispose]() {
      await shutDown();
      await listening?.[Symbol.asyncDispose]();
    },
  };
  return stage;
}

/** Whoever tests starts the sidecar: the fleet only believes that it did. */
function startNothing(): RunningServer {
  const exited = Promise.withResolvers<{ readonly how: string }>();
  return { exited: exited.promise, terminate: () => undefined, kill: () => exited.resolve({ how: "given up" }) };
}

function playerOf(playerId: string, attributes: Attributes = { skill: 5 }): PlayerToSeat {
  return { playerId, team: "", ticketId: "", attributes: { ...attributes }, latenciesMs: {} };
}

function yesMatcher(calls: MatcherCall[]) {
  const backfill = {
    ...{ backfillId: "bf_conformance", state: BackfillState.SEARCHING, strategy: BackfillStrategy.MAX_POSSIBLE },
    ...{ addPlayers: {}, progress: [], cause: 0 as const, noLegalFill: false },
  };
  const answer = (method: MatcherCall["method"]) => async (request: Omit<MatcherCall, "method">) => {
    const { battleSessionId, capability, seenRevision } = request;
    calls.push({ method, battleSessionId, capability, seenRevision });
    return { backfill };
  };
  return implement(BackfillServiceDefinition, {
    startBackfill: answer("startBackfill"),
    cancelBackfill: answer("cancelBackfill"),
    describeBackfill: answer("describeBackfill"),
  } as never);
}

/** Looks until there is something. @throws {MusterError} DEADLINE_PASSED. */
export async function waitFor<Found>(
  what: string,
  withinMs: number,
  look: () => Promise<Found | undefined>,
): Promise<Found> {
  const endsMs = systemClock.nowMs() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (systemClock.nowMs() >= endsMs) {
      throw new MusterError("DEADLINE_PASSED", `Cannot see ${what} within ${withinMs} ms: it is not as expected`);
    }
    await systemClock.sleep(LOOK_MS);
  }
}
