// A real fleet, a real sidecar and a game on the real SDK, on one network: each of the three links can be broken and each of the
// services ended and begun again, while a battle goes on.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import type { Tracer } from "@muster/kit/trace";
import { createFleetWorld, type FleetWorld } from "@muster/mock-fleet/testing";
import type { BattleSession } from "@muster/proto";
import { createMemoryNetwork, type Implementation, type MemoryNetwork } from "@muster/proto/rpc";
import { type BattleSessionUpdate, connectWith, type Sidecar as SdkSidecar } from "@muster/sdk";
import { createSidecar } from "@muster/sidecar";

export type NewsWorld = AsyncDisposable & {
  readonly fleet: FleetWorld;
  readonly game: SdkSidecar;
  /** On which the fleet is "fleet" and the game's sidecar "sidecar". */
  readonly net: MemoryNetwork;
  /** What onBattleSessionUpdated heard. */
  readonly heard: readonly Heard[];
  /** Places a battle, which the game activates. */
  place(): Promise<BattleSession>;
  restartSidecar(): void;
  /** Breaks the game's connection: the SDK looks for its sidecar again. */
  breakGame(): void;
  restartFleet(): Promise<void>;
};

/** An update as it was when it was heard, by player ids. */
export type Heard = {
  readonly reason: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly backfill: BattleSessionUpdate["backfill"];
};

export type NewsWorldOptions = {
  /** Where the part tells of traces. Default: nowhere. */
  readonly tracerOf?: (part: "fleet" | "sidecar") => Tracer;
};

export async function createNewsWorld(seed: number, { tracerOf }: NewsWorldOptions = {}): Promise<NewsWorld> {
  const random = createSeededRandom(seed);
  const net = createMemoryNetwork({ clock: systemClock, random, delayMsMax: 1 });
  const journal = createMemoryJournal();
  const serve = async (services: readonly Implementation[]) => ({
    listening: net.serve("fleet", services),
    network: net.from("hosts"),
  });
  const startFleet = () =>
    createFleetWorld({ journal, serve, survivors: [], fleet: { processes: 1 }, tracer: tracerOf?.("fleet") });
  let fleet = await startFleet();
  while (fleet.hosts.length === 0) await systemClock.sleep(1);
  const [launch] = fleet.launches;
  if (!launch) throw new Error("no process was launched");
  let generation = 100; // Above that of the simulated host, whose place it takes.
  let stop = startSidecar(launch);

  function startSidecar({ processId, incarnation, secret }: FleetWorld["launches"][number]): () => void {
    const ended = new AbortController();
    const sidecar = createSidecar({
      ...{ clock: systemClock, random, network: net.from("sidecar"), log: () => undefined, fleetAddress: "fleet" },
      ...{ fleet: "arena-eu", processId, incarnation, secret, token: "t", matchers: [] },
      ready: generation === 100 ? undefined : { ports: {}, concurrentSessions: 1 },
      nextAttachGeneration: () => {
        generation += 1;
        return generation;
      },
      onReady: () => undefined,
      tracer: tracerOf?.("sidecar"),
    });
    net.serve("sidecar", sidecar.services);
    sidecar.run(ended.signal).catch(() => undefined); // It ends with the test, or its fleet is gone.
    return () => {
      ended.abort();
      net.breakNode("sidecar");
      void sidecar[Symbol.asyncDispose]();
    };
  }
  const game = await connectWith({
    ...{ network: net.from("game"), address: "sidecar", token: "t", clock: systemClock, random },
    exit: () => undefined,
  });
  const heard: Heard[] = [];
  game.onError(() => undefined);
  game.onStartBattleSession((session) => session.activate());
  game.onBattleSessionUpdated(({ reason, added, removed, backfill }) => {
    const ids = (players: typeof added) => players.map(({ playerId }) => playerId);
    heard.push({ reason, added: ids(added), removed: ids(removed), backfill });
  });
  await game.processReady();

  return {
    get fleet() {
      return fleet;
    },
    game,
    net,
    heard,
    place: () => fleet.place({ capacity: 10, teams: [{ name: "red", template: "red", capacity: 10 }], players: [] }),
    restartSidecar() {
      stop();
      stop = startSidecar(launch);
    },
    breakGame() {
      net.cut({ a: "game", b: "sidecar" });
      net.heal();
    },
    async restartFleet() {
      await fleet.crash();
      fleet = await startFleet();
    },
    async [Symbol.asyncDispose]() {
      await game.close();
      stop();
      await fleet.crash();
    },
  };
}
