// A sidecar in the hands of a test: the real one, with a fleet and a matcher of the test's behind it, on a network inside the
// process and a clock that the test turns.
import { type Clock, createSeededRandom, isAbortError, systemClock } from "@muster/kit";
import { createVirtualClock, type VirtualClock } from "@muster/kit/testing";
import { MusterError } from "@muster/proto";
import { createMemoryNetwork, type Network } from "@muster/proto/rpc";
import { createSidecar, type Sidecar as RealSidecar } from "@muster/sidecar";
import { type ConnectOptions, connectWith } from "../connect.ts";
import type { Sidecar } from "../sidecar.ts";
import type { AnyGame, Game } from "../validators.ts";
import { type RecordedCall, recording } from "./recorded-calls.ts";
import { type BattleSpec, createTestBattles, type TestBattle } from "./test-battle.ts";
import { createTestFleet, FLEET_NAME, MATCHER, PROCESS_ID, type TestProcess } from "./test-fleet.ts";
import { type MatcherCall, testMatcher } from "./test-matcher.ts";

export type TestSidecarOptions = {
  /**
   * "test": time stands still but for `advance`; timers of the game's own go on as ever. "real": the machine's. Default "test".
   */
  readonly time?: "test" | "real";
  /** Where test time begins. Default 2026-01-01T00:00:00Z. */
  readonly startsAt?: Date;
  /** From one health check to the next, in ms. Default 0: none. */
  readonly healthIntervalMs?: number;
  /** How long the answer to one may take, in ms. Default 2,500. */
  readonly healthTimeoutMs?: number;
  /** How long a seat is held for a player who never came, in ms. Default 60,000. */
  readonly reservationMs?: number;
  /** How long a seat is held after a disconnect, in ms. Default 60,000. */
  readonly disconnectGraceMs?: number;
  /** How long the game may take to activate a battle session, in ms. Default 60,000. */
  readonly activationMs?: number;
};

/**
 * Everything that a game server meets, without a socket: what `connect()` resolves with talks to it as to a sidecar that runs
 * beside the process.
 *
 * @example
 * await using test = await createTestSidecar();
 * await startMyServer(await test.connect());
 * const battle = await test.startBattleSession({ teams: { red: 2, blue: 2 }, players: ["ann", "ben"] });
 * await client.join(battle.seatOf("ann").playerSessionId);
 * expect(battle.seatOf("ann").state).toBe("ACTIVE");
 * await test.advance(60_000); // Ben never came.
 * expect(battle.session.playerSessions.length).toBe(1);
 */
export interface TestSidecar extends AsyncDisposable {
  /** As `connect()` of the SDK. A second game may connect once the first has gone, as after a crash. */
  connect<Properties = AnyGame["properties"], PlayerAttributes = AnyGame["attributes"]>(
    options?: Omit<ConnectOptions<Game<Properties, PlayerAttributes>>, "address" | "token">,
  ): Promise<Sidecar<Game<Properties, PlayerAttributes>>>;
  /**
   * The game gets a battle session to load. Resolves once everything that it does at once is done: with a start handler that
   * activates, the session is active and the players have their seats.
   *
   * @throws {MusterError} PHASE_CONFLICT unless the game is ready and has room for it, FIELD_INVALID.
   */
  startBattleSession(spec?: BattleSpec): Promise<TestBattle>;
  /** The process as its fleet sees it. */
  readonly process: TestProcess;
  /** Whether the sidecar is connected to its fleet. */
  readonly attached: boolean;
  /** Every call of the game so far, oldest first; `watch` is one of them. */
  readonly calls: readonly RecordedCall[];
  callsOf(method: string): readonly RecordedCall[];
  /** Backfill calls that came to the matcher, as the sidecar passed them on. */
  readonly matcherCalls: readonly MatcherCall[];
  /** Now, by the clock of the test. */
  now(): Date;
  /** Lets time go on, and everything happen that happens meanwhile. With `time: "real"` it takes that long. */
  advance(durationMs: number): Promise<void>;
  /** Lets what is on its way arrive, without time going on. */
  settle(): Promise<void>;
  /** Asks the process to end, within this time. Default reason "SHUTDOWN", default time 30,000 ms. */
  terminateProcess(end?: { readonly reason?: string; readonly withinMs?: number }): Promise<void>;
  /** The connection between game and sidecar breaks. The SDK opens it again by itself, after a moment of time. */
  dropConnection(): Promise<void>;
  /** As `dropConnection`, and nobody gets through before `healConnection`. */
  cutConnection(): Promise<void>;
  healConnection(): Promise<void>;
  /** The sidecar ends as by a crash, and another takes its place. */
  restartSidecar(): Promise<void>;
  /** The fleet is not there: known reservations are accepted by the sidecar alone, everything else is UNAVAILABLE. */
  fleetLeaves(): Promise<void>;
  fleetReturns(): Promise<void>;
  /** For tools that speak the contract themselves, such as `muster conformance`: where the sidecar is and what it asks for. */
  readonly wire: { readonly network: Network; readonly address: string; readonly token: string };
}

const [SIDECAR, FLEET, GAME] = ["sidecar", "fleet", "game"];
const TOKEN = "token-of-the-test";
const STARTS_AT = Date.UTC(2026, 0, 1);
/** With the machine's clock nothing tells that all has arrived: so long is waited. */
const SETTLE_REAL_MS = 20;

/** A sidecar that runs and no game has connected to yet. */
export async function createTestSidecar(options: TestSidecarOptions = {}): Promise<TestSidecar> {
  const { time = "test", startsAt = new Date(STARTS_AT) } = options;
  const virtual = time === "test" ? createVirtualClock(startsAt.getTime()) : undefined;
  const clock: Clock = virtual ?? systemClock;
  const random = createSeededRandom(1);
  const memory = createMemoryNetwork({ clock: virtual ? withoutDelay(virtual) : clock, random });
  const closing = new AbortController();
  const fleet = createTestFleet({
    ...{ clock, random, signal: closing.signal },
    reservationMs: options.reservationMs ?? 60_000,
    graceMs: options.disconnectGraceMs ?? 60_000,
    healthIntervalMs: options.healthIntervalMs ?? 0,
    healthTimeoutMs: options.healthTimeoutMs ?? 2_500,
  });
  const calls: RecordedCall[] = [];
  const matcherCalls: MatcherCall[] = [];
  const games = new Set<Pick<Sidecar, "close">>();
  let attachments = 0;
  let ready: Parameters<Parameters<typeof createSidecar>[0]["onReady"]>[0] | undefined;
  let running: { readonly sidecar: RealSidecar; readonly stop: () => Promise<void> } | undefined;

  const settle = async () => {
    if (virtual) await virtual.advance(0);
    else await systemClock.sleep(SETTLE_REAL_MS);
  };
  const advance = async (durationMs: number) => {
    if (virtual) await virtual.advance(durationMs);
    else await systemClock.sleep(durationMs);
  };
  const startSidecar = () => {
    const sidecar = createSidecar({
      ...{ clock, random, network: memory.from(SIDECAR), log: () => undefined, fleetAddress: FLEET, fleet: FLEET_NAME },
      ...{ processId: PROCESS_ID, incarnation: 1, secret: "secret-of-the-test", token: TOKEN, matchers: [MATCHER] },
      ready,
      nextAttachGeneration: () => {
        attachments += 1;
        return attachments;
      },
      onReady: (words) => {
        ready = words;
      },
    });
    memory.serve(
      SIDECAR,
      sidecar.services.map((service) => recording(service, calls)),
    );
    const stopping = new AbortController();
    const run = sidecar.run(stopping.signal).catch((error: unknown) => {
      if (!isAbortError(error) && !stopping.signal.aborted) throw error;
    });
    running = {
      sidecar,
      async stop() {
        memory.breakNode(SIDECAR);
        stopping.abort();
        await sidecar[Symbol.asyncDispose]();
        await settle();
        await run;
      },
    };
  };
  const matcher = testMatcher(fleet, random, matcherCalls);
  const serveFleet = () => {
    memory.serve(FLEET, fleet.services);
    memory.serve(MATCHER, [matcher], FLEET);
  };

  serveFleet();
  startSidecar();
  await settle();
  const battles = createTestBattles({ clock, random, fleet, settle, activationMs: options.activationMs ?? 60_000 });

  return {
    async connect<Properties = AnyGame["properties"], PlayerAttributes = AnyGame["attributes"]>(
      connectOptions: Omit<ConnectOptions<Game<Properties, PlayerAttributes>>, "address" | "token"> = {},
    ) {
      const connecting = connectWith({
        ...connectOptions,
        ...{ network: memory.from(GAME), address: SIDECAR, token: TOKEN, clock, random },
        // A test's process goes on.
        exit: () => undefined,
      });
      const game = await connecting;
      games.add(game);
      return game;
    },
    async startBattleSession(spec = {}) {
      const battle = battles.start(spec);
      await settle();
      return battle;
    },
    get process() {
      return fleet.process;
    },
    get attached() {
      return fleet.attached;
    },
    calls,
    callsOf: (method) => calls.filter((call) => call.method === method),
    matcherCalls,
    now: () => new Date(clock.wallMs()),
    advance,
    settle,
    async terminateProcess({ reason = "SHUTDOWN", withinMs = 30_000 } = {}) {
      fleet.terminate({ reason, withinMs });
      await settle();
    },
    async dropConnection() {
      memory.cut({ a: GAME, b: SIDECAR });
      memory.heal();
      await settle();
    },
    async cutConnection() {
      memory.cut({ a: GAME, b: SIDECAR });
      await settle();
    },
    async healConnection() {
      memory.heal();
      await settle();
    },
    async restartSidecar() {
      await running?.stop();
      startSidecar();
      await settle();
    },
    async fleetLeaves() {
      memory.breakNode(FLEET);
      await settle();
    },
    async fleetReturns() {
      serveFleet();
      // The sidecar looks for its fleet every two seconds at the least.
      for (let tries = 0; tries < FLEET_LOOKS && !fleet.attached; tries += 1) await advance(FLEET_LOOK_MS);
      if (!fleet.attached) throw new MusterError("FLEET_UNREACHABLE", "Cannot go on as the sidecar did not come back");
      await settle();
    },
    wire: { network: memory.from("tool"), address: SIDECAR, token: TOKEN },
    async [Symbol.asyncDispose]() {
      closing.abort();
      for (const game of games) await game.close();
      await running?.stop();
      memory.breakNode(FLEET);
    },
  };
}

const FLEET_LOOK_MS = 100;
const FLEET_LOOKS = 100;

/** The clock for messages: they arrive as soon as they are sent, whether or not time goes on. */
function withoutDelay(clock: VirtualClock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    sleep: (delayMs, signal) => (delayMs > 0 ? clock.sleep(delayMs, signal) : Promise.resolve()),
  };
}
