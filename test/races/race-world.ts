// Where cancels race: a real matcher before a real fleet whose servers are simulated inside it, on virtual time, an in-memory network
// that delays and repeats, and journals that take their time. Nothing fails here: test/sim is for that.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom, invariant, type Random } from "@muster/kit";
import { createVirtualClock, type VirtualClock } from "@muster/kit/testing";
import { type Configuration, createMatcher, type MatcherConfig } from "@muster/matcher";
import { createMockFleet, parseFleetConfig, type ServerProcesses } from "@muster/mock-fleet";
import { FleetServiceDefinition } from "@muster/proto/fleet";
import { MatchmakingServiceDefinition } from "@muster/proto/matchmaking";
import { type Client, createMemoryNetwork, type Weather } from "@muster/proto/rpc";
import { silentLog } from "@muster/service";

export interface RaceWorld extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly matching: Client<typeof MatchmakingServiceDefinition>;
  readonly fleet: Client<typeof FleetServiceDefinition>;
  /** Mistakes of ours that a service stopped for. */
  readonly faults: readonly unknown[];
}

/** How long a ticket of `hasty` may search, in ms: the shortest time that a configuration may name. */
export const HASTY_MS = 1_000;
/** How long players are asked, in ms: as short. */
export const ASKED_MS = 1_000;

/** Longest wait of a message, in ms. */
const DELAY_MS_MAX = 6;
/** Longest wait for a disk, in ms. */
const WRITE_MS_MAX = 3;
/** Share of unary requests that arrive twice. */
const REPEATED_RATIO = 0.03;

const ruleSet = (name: string, minPlayers: number, maxPlayers: number) => ({
  name,
  document: JSON.stringify({
    version: "v1.0",
    teams: ["red", "blue"].map((team) => ({ name: team, minPlayers, maxPlayers })),
    rules: [{ name: "equal", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" }],
  }),
});

function configuration(name: string, more: Partial<Configuration> = {}): Configuration {
  return {
    ...{ name, ruleSet: "duel", queue: "queue", requestTimeoutMs: 2_000, autoBackfill: false, settleMs: 5 },
    ...{ properties: {}, data: "", placementRetries: 2 },
    ...more,
  };
}

/** One for each way out of the search. */
const matcherConfig: MatcherConfig = {
  ruleSets: [ruleSet("duel", 1, 1), ruleSet("equal", 1, 3), ruleSet("crowd", 6, 6)],
  configurations: [
    configuration("placed"),
    configuration("tried-once", { placementRetries: 0 }),
    configuration("group", { queue: undefined }),
    configuration("hasty", { ruleSet: "crowd", requestTimeoutMs: HASTY_MS }),
    configuration("filled", { ruleSet: "equal", autoBackfill: true }),
    configuration("asked", { acceptance: { timeoutMs: ASKED_MS, autoContinue: true } }),
    configuration("asked-once", { queue: undefined, acceptance: { timeoutMs: ASKED_MS, autoContinue: false } }),
  ],
};

export const CONFIGURATIONS: readonly string[] = matcherConfig.configurations.map(({ name }) => name);

/** Too few servers for everybody, some of which crash: placements wait, fail and are tried again. */
const fleetConfig = parseFleetConfig({
  path: "muster.json",
  directory: "/",
  sections: {
    fleets: [
      {
        ...{ name: "eu", region: "eu", processes: 40, reservationSeconds: 1, activationTimeoutSeconds: 1 },
        simulated: {
          ...{ activationSeconds: [0, 0.05], sessionSeconds: [0.05, 0.6], acceptSeconds: [0, 0.05] },
          ...{ noShowRatio: 0.1, leavesPerMinute: 300, crashesPerHour: 4_000 },
        },
      },
    ],
    queues: [{ name: "queue", destinations: ["eu"], timeoutSeconds: 1 }],
  },
});

const noProcesses: ServerProcesses = new Proxy({} as ServerProcesses, {
  get(_none, name) {
    return () => invariant(false, `every server is simulated: nobody asks for ${String(name)}`);
  },
});

export async function createRaceWorld(seed: number): Promise<RaceWorld> {
  const clock = createVirtualClock(1_000_000);
  const random = createSeededRandom(seed);
  const faults: unknown[] = [];
  const delay = () => random.fraction() * DELAY_MS_MAX;
  // A cancel that was answered and arrives once more later on is another cancel: of what came of that nobody would have been told.
  const weather: Weather = ({ part, method }) => ({
    delayMs: delay(),
    ...(part === "request" && !method.endsWith(".cancelMatching") && random.fraction() < REPEATED_RATIO
      ? { againAfterMs: delay() }
      : {}),
  });
  const net = createMemoryNetwork({ clock, random, weather });
  const parts = () => ({
    ...{ clock, random, log: silentLog, onFatal: (error: unknown) => void faults.push(error) },
    journal: createMemoryJournal({ clock, writeMs: () => random.fraction() * WRITE_MS_MAX }),
  });
  /** Lets time pass until the work is done. */
  const passing = async <Value>(work: Promise<Value>): Promise<Value> => {
    let done = false;
    const settled = work.finally(() => {
      done = true;
    });
    settled.catch(() => undefined); // Whoever awaits it below hears of it.
    while (!done && (await clock.advanceToNext()));
    return await settled;
  };
  const fleet = await passing(
    createMockFleet({ ...parts(), config: fleetConfig, hostAddress: "fleet", processes: noProcesses }),
  );
  net.serve("fleet", fleet.services);
  const matcher = await passing(
    createMatcher({
      ...parts(),
      ...{ network: net.from("matcher"), fleetAddress: "fleet", endpoint: "matcher", owner: "matcher" },
      config: matcherConfig,
    }),
  );
  net.serve("matcher", matcher.services);
  const backend = net.from("backend");
  return {
    clock,
    random,
    faults,
    matching: backend.connect("matcher").client(MatchmakingServiceDefinition),
    fleet: backend.connect("fleet").client(FleetServiceDefinition),
    async [Symbol.asyncDispose]() {
      await passing(Promise.all([matcher[Symbol.asyncDispose](), fleet[Symbol.asyncDispose]()]));
    },
  };
}
