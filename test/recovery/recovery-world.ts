// A real matcher and a real fleet on one network, with simulated hosts; each of the two can be made to die at a fact of its
// choice, and starts again on what it had written.
import { createMemoryJournal, type Journal } from "@muster/journal";
import { type Clock, createSeededRandom, systemClock } from "@muster/kit";
import { createMatcher, type MatcherConfig } from "@muster/matcher";
import { createFleetWorld, type FleetWorld } from "@muster/mock-fleet/testing";
import { type BattleSession, readBattleSession } from "@muster/proto";
import { FleetServiceDefinition } from "@muster/proto/fleet";
import {
  BackfillServiceDefinition,
  MatchmakingServiceDefinition,
  noProperties,
  type Ticket,
} from "@muster/proto/matchmaking";
import { type Client, createMemoryNetwork, type Implementation } from "@muster/proto/rpc";
import { silentLog } from "@muster/service";
import { type Death, mortalJournal, tellingJournal } from "./mortal-journal.ts";

/** Two teams of 1 to 3, equal in size: two make a battle, and two more fit in twice. */
const EQUAL_TEAMS = {
  version: "v1.0",
  teams: [
    { name: "red", minPlayers: 1, maxPlayers: 3 },
    { name: "blue", minPlayers: 1, maxPlayers: 3 },
  ],
  rules: [{ name: "equal", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" }],
};

const config: MatcherConfig = {
  ruleSets: [{ name: "equal", document: JSON.stringify(EQUAL_TEAMS) }],
  configurations: [
    {
      ...{ name: "auto", ruleSet: "equal", queue: "default", requestTimeoutMs: 60_000, autoBackfill: true },
      ...{ settleMs: 10, properties: {}, data: "", placementRetries: 2 },
    },
  ],
};

export interface RecoveryWorld extends AsyncDisposable {
  readonly matching: Client<typeof MatchmakingServiceDefinition>;
  readonly backfills: Client<typeof BackfillServiceDefinition>;
  readonly fleet: FleetWorld;
  /** Serves, and resolves when two hosts are ready. A fleet that was there before is dead. */
  startFleet(death?: Death): Promise<void>;
  /** As `startFleet`; as soon as the fact is on disk, nothing passes any more between the fleet and `from`. */
  startFleetCutOff(from: "matcher" | "hosts", at: Death["at"]): Promise<void>;
  /** Everything passes again. */
  heal(): void;
  /** Kills the fleet at no fact in particular. */
  killFleet(): Promise<void>;
  startMatcher(death?: Death): Promise<void>;
  /** Kills the matcher at no fact in particular. */
  killMatcher(): void;
  /** How many have died, or were cut off, so far. */
  readonly deaths: number;
  /** Asks until there is an answer, as a backend does whose answers may be lost. */
  queue(playerId: string): Promise<void>;
  ticket(ticketId: string): Promise<Ticket | undefined>;
  /** Every session that the fleet remembers. */
  sessions(): Promise<readonly BattleSession[]>;
  /** Mistakes of ours that a service stopped for. */
  readonly faults: readonly unknown[];
}

export async function createRecoveryWorld(): Promise<RecoveryWorld> {
  const net = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1), delayMsMax: 1 });
  const journals = { fleet: createMemoryJournal(), matcher: createMemoryJournal() };
  const stack = new AsyncDisposableStack();
  const faults: unknown[] = [];
  const fleets: FleetWorld[] = [];
  let runs = 0;
  let deaths = 0;
  let killMatcher: () => void = () => undefined;
  const peer = net.from("backend").connect("matcher");
  const matching = peer.client(MatchmakingServiceDefinition);

  const fleetPeer = net.from("backend").connect("fleet");
  const onlooker = fleetPeer.client(FleetServiceDefinition);

  const theFleet = (): FleetWorld => {
    const fleet = fleets.at(-1);
    if (!fleet) throw new Error("no fleet was started");
    return fleet;
  };
  const serveFleet = async (services: readonly Implementation[]) => ({
    listening: net.serve("fleet", services),
    network: net.from("hosts"),
  });
  const readyHosts = async (fleet: FleetWorld) => {
    const { processes } = await fleet.fleet.describeProcesses({ includeEnded: false });
    return processes.filter(({ state }) => state === 2).length;
  };
  /** Whatever the dead fleet did not answer, the game does again. */
  const attachAgain = async (fleet: FleetWorld) => {
    for (const host of fleet.hosts) {
      const before = host.welcomes.length;
      host.attach();
      await host.until(() => host.welcomes.length > before);
      for (const [battleSessionId, { state }] of host.sessions) {
        if (state === "ACTIVATING") void host.command({ $case: "activateSession", value: { battleSessionId } });
      }
    }
  };

  const startFleet = async (journal: Journal) => {
    const survivors = fleets.at(-1)?.hosts ?? [];
    const fleet = await createFleetWorld({ journal, serve: serveFleet, survivors, fleet: { processes: 2 } });
    fleets.push(fleet);
    await attachAgain(fleet);
    while ((await readyHosts(fleet)) < 2) await systemClock.sleep(5);
  };

  return {
    matching,
    backfills: peer.client(BackfillServiceDefinition),
    get fleet() {
      return theFleet();
    },
    startFleet(death) {
      const onDeath = () => {
        deaths += 1;
        void theFleet().crash();
      };
      return startFleet(mortalJournal(journals.fleet, death, onDeath));
    },
    startFleetCutOff(from, at) {
      const onWritten = () => {
        deaths += 1;
        net.cut({ a: from, b: "fleet" });
      };
      return startFleet(tellingJournal(journals.fleet, at, onWritten));
    },
    heal: () => net.heal(),
    killFleet: () => theFleet().crash(),
    async startMatcher(death) {
      let isDead = false;
      const never = () => new Promise<void>(() => undefined);
      const clock: Clock = {
        ...systemClock,
        sleep: (delayMs, signal) => systemClock.sleep(delayMs, signal).then(() => (isDead ? never() : undefined)),
      };
      killMatcher = () => {
        isDead = true;
        deaths += 1;
        net.breakNode("matcher");
      };
      runs += 1;
      const matcher = await createMatcher({
        ...{ journal: mortalJournal(journals.matcher, death, killMatcher), clock, random: createSeededRandom(runs) },
        ...{ network: net.from("matcher"), fleetAddress: "fleet", endpoint: "matcher", owner: "matcher" },
        ...{ takeOver: true, config, log: silentLog },
        onFatal: (error) => {
          if (!isDead) faults.push(error);
        },
      });
      net.serve("matcher", matcher.services);
      stack.defer(async () => {
        if (!isDead) await matcher[Symbol.asyncDispose]();
      });
    },
    killMatcher: () => killMatcher(),
    get deaths() {
      return deaths;
    },
    async queue(playerId) {
      const players = [{ playerId, attributes: {}, latenciesMs: {}, team: "" }];
      const request = { ...noProperties, configuration: "auto", ticketId: `t-${playerId}`, players };
      for (;;) {
        const isAnswered = await matching.startMatching(request).then(
          () => true,
          () => false,
        );
        if (isAnswered) return;
        await systemClock.sleep(5);
      }
    },
    async ticket(ticketId) {
      const { tickets } = await matching.describeMatchingProgress({ ticketIds: [ticketId] });
      return tickets[0];
    },
    async sessions() {
      const { sessions } = await onlooker.describeServerSessions({ battleSessionIds: [], includeEnded: true });
      return sessions.map(readBattleSession);
    },
    faults,
    async [Symbol.asyncDispose]() {
      await stack.disposeAsync();
      await fleets.at(-1)?.[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
      await fleetPeer[Symbol.asyncDispose]();
    },
  };
}
