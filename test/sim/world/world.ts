// The whole of Muster in one process, from one seed: the real matcher, fleet, sidecars and SDKs on virtual time, a simulated
// network and disks, with players who come and go and with everything failing that can.
import { createVirtualClock, type VirtualClock } from "@muster/kit/testing";
import { createMatcher } from "@muster/matcher";
import { factCodec as matcherCodec } from "@muster/matcher/testing";
import { createMockFleet } from "@muster/mock-fleet";
import { factCodec as fleetCodec } from "@muster/mock-fleet/testing";
import { MockFleetServiceDefinition } from "@muster/proto/mockfleet";
import { createMemoryNetwork, type MemoryNetwork } from "@muster/proto/rpc";
import type { Checker } from "../checkers/checker.ts";
import { createChance } from "../engine/chance.ts";
import { createEye, type Eye } from "../engine/eye.ts";
import { createLives, type Dial } from "../engine/life.ts";
import { createObservedLog } from "../engine/observed-log.ts";
import { createSky } from "../engine/sky.ts";
import { createStory, type Story } from "../engine/story.ts";
import { createTap } from "../engine/tapped-journal.ts";
import { createTrace, type Trace } from "../engine/trace.ts";
import type { ServiceName } from "../observation.ts";
import { type Backends, startBackends } from "./backends.ts";
import { fleetConfigOf, matcherConfigOf } from "./configurations.ts";
import { createEventReceivers } from "./event-receivers.ts";
import { type Eyes, eyesOf } from "./eyes.ts";
import { startFaults } from "./faults.ts";
import { hookTwinOf } from "./hook-twin.ts";
import type { Knobs } from "./knobs.ts";
import { startOnlookers } from "./onlookers.ts";
import { startOutsider } from "./outsider.ts";
import { startSeekers } from "./seekers.ts";
import { createServerPark, type Server } from "./server-park.ts";
import { createService, type Service, type ServiceRun } from "./services.ts";
import { createStore } from "./store.ts";

export type WorldOptions = {
  readonly seed: number;
  readonly knobs: Knobs;
  readonly checkers: readonly Checker[];
  /** Lines of the story to keep. */
  readonly linesMax: number;
};

export interface World {
  readonly clock: VirtualClock;
  readonly eye: Eye;
  readonly story: Story;
  readonly trace: Trace;
  readonly memory: MemoryNetwork;
  /** Those who queue or play; `close`: nobody new does. */
  readonly players: Pick<Backends, "busy" | "close">;
  readonly services: Readonly<Record<ServiceName, Service>>;
  /** Lets time pass, up to the first thing that goes wrong. */
  run(durationMs: number): Promise<void>;
  /** Nothing fails any more, and what stood still goes on; but one server may stay dead for good. */
  heal(): void;
  /** What the world holds now, and the most that it may hold while nobody plays. */
  gauges(): readonly Gauge[];
}

export type Gauge = { readonly name: string; readonly value: number; readonly quietMax: number };

/** Some day in 2025: wall clocks are far from zero, as in earnest. */
const WALL_START_MS = 1_750_000_000_000;
/** How much time passes between two looks for a failure, in ms. */
const LOOK_MS = 1_000;

export function createWorld({ seed, knobs, checkers, linesMax }: WorldOptions): World {
  const clock = createVirtualClock();
  const trace = createTrace();
  const story = createStory(linesMax);
  const eye = createEye({ clock, checkers, trace, story });
  const { see } = eye;
  let callId = 0;
  const eyes: Eyes = {
    see,
    fail: eye.fail,
    nextCallId: () => {
      callId += 1;
      return callId;
    },
  };
  const sky = createSky({
    clock,
    chance: createChance(seed, "sky"),
    climate: knobs.climate,
    story,
    freed: () => memory.askAgain(),
  });
  const lives = createLives({ clock, network: () => memory, wallStartMs: WALL_START_MS });
  const memory = createMemoryNetwork({
    clock,
    random: createChance(seed, "network"),
    weather: sky.weather,
    arrive: lives.arrive,
  });
  const park = createServerPark({ seed, knobs, lives, memory, eyes });

  const dials: Record<ServiceName, Dial> = { matcher: drawDial(), fleet: drawDial() };
  function drawDial(): Dial {
    const chance = createChance(seed, "dials");
    return { wallOffsetMs: 0, rate: chance.happens(0.7) ? 1 : chance.between({ min: 0.95, max: 1.05 }) };
  }
  const storeOf = (service: ServiceName) => {
    const read =
      service === "matcher"
        ? ({
            sequence,
            epoch,
            timeMs: journalMs,
            kind,
            body,
          }: Parameters<Parameters<typeof createTap>[0]["read"]>[0]) => {
            const { atWallMs: wallMs, fact } = matcherCodec.decode(kind, body);
            return { type: "matcher-fact", sequence, epoch, journalMs, wallMs, fact } as const;
          }
        : ({
            sequence,
            epoch,
            timeMs: journalMs,
            kind,
            body,
          }: Parameters<Parameters<typeof createTap>[0]["read"]>[0]) =>
            ({ type: "fleet-fact", sequence, epoch, journalMs, fact: fleetCodec.decode(kind, body) }) as const;
    return createStore({
      clock,
      chance: createChance(seed, `disk of ${service}`),
      diskMsMax: knobs.diskMsMax,
      segmentBytes: knobs.segmentBytes,
      tap: createTap({ service, read, see, fail: eye.fail }),
    });
  };
  const receivers = createEventReceivers({ seed, clock, eyes });
  const partsOf = ({ life, journal, takeOver, onFatal }: ServiceRun) => ({
    journal,
    takeOver,
    onFatal,
    leaseMs: knobs.leaseMs,
    snapshotEveryFacts: knobs.snapshotEveryFacts,
    clock: life.clock,
    random: createChance(seed, life.node),
    log: createObservedLog(life.node, eyesOf(life, eyes).see),
  });
  const fleet = createService(
    {
      name: "fleet",
      store: storeOf("fleet"),
      create: (run) =>
        createMockFleet({
          ...partsOf(run),
          config: fleetConfigOf(knobs),
          hostAddress: "fleet",
          owner: run.leaseHolder,
          processes: park.for(run.life),
        }),
    },
    { clock, lives, memory, eye, dial: dials.fleet },
  );
  const matcher = createService(
    {
      name: "matcher",
      store: storeOf("matcher"),
      create: (run) =>
        createMatcher({
          ...partsOf(run),
          network: run.life.network,
          fleetAddress: "fleet",
          endpoint: "matcher",
          owner: "matcher",
          leaseHolder: run.leaseHolder,
          config: matcherConfigOf(knobs),
          events: receivers.for(run.life),
          hooks: hookTwinOf(run.life, { seed, eyes, knobs }),
          joinTokens: { patience: { everyMs: knobs.joinKeyMs, delayMs: 1_000, lookMs: 2_000 } },
          ...(knobs.roundLimits && { roundLimits: knobs.roundLimits }),
          ...(knobs.cancelledAtOnceMax && { cancelledAtOnceMax: knobs.cancelledAtOnceMax }),
        }),
    },
    { clock, lives, memory, eye, dial: dials.matcher },
  );
  fleet.start({ takeOver: false });
  matcher.start({ takeOver: false });
  const onlookers = startOnlookers({ seed, lives, knobs, eyes });
  const backends = startBackends({ seed, lives, knobs, park, eyes });
  const outsider = startOutsider({ seed, lives, knobs, park, eyes });
  const seekers = startSeekers({ seed, lives, knobs, eyes });
  const faults = startFaults({
    victims: {
      ...{ clock, chance: createChance(seed, "faults"), services: [matcher, fleet], dials, park, backends, sky },
      fleetOperator: memory.from("operator").connect("fleet").client(MockFleetServiceDefinition),
    },
    kinds: knobs.faults,
    everyMs: knobs.faultMs,
    see,
    fail: eye.fail,
  });

  /** The machine stays dark: the fleet has to do without it. */
  function killForGood({ machine, game, sidecar }: Server): void {
    sky.block({ from: machine, to: "*" }, { type: "held" });
    sky.block({ from: "*", to: machine }, { type: "held" });
    game?.end("power cut");
    sidecar?.end("power cut");
    see({ type: "fault", name: "machine dies for good", detail: machine });
  }

  return {
    clock,
    eye,
    story,
    trace,
    memory,
    players: {
      get busy() {
        return backends.busy + outsider.busy;
      },
      close() {
        backends.close();
        outsider.close();
        seekers.close();
      },
    },
    services: { matcher, fleet },
    async run(durationMs) {
      const untilMs = clock.nowMs() + durationMs;
      while (clock.nowMs() < untilMs && eye.failure === undefined) {
        await clock.advance(Math.min(LOOK_MS, untilMs - clock.nowMs()));
      }
    },
    heal() {
      faults.heal();
      sky.clear();
      receivers.heal();
      onlookers.closeLobby();
      const fate = createChance(seed, "healing");
      if (park.living.length > 1 && fate.happens(0.3)) killForGood(fate.pick(park.living));
      see({ type: "healed" });
    },
    // Of each server two streams; of the world the feed twice, placements as they are asked for and as they are watched, the tickets
    // once, and what two onlookers have just asked. Of each server the line to its fleet from both ends and its health sleep; of the
    // world who follows, asks and changes, and what matcher and fleet look after from time to time.
    gauges: () => [
      { name: "calls", value: memory.openCalls, quietMax: 7 + 2 * serversAtRest(knobs) },
      { name: "sleepers", value: lives.sleepers, quietMax: 26 + 4 * serversAtRest(knobs) },
      { name: "servers", value: park.living.length, quietMax: serversAtRest(knobs) },
    ],
  };
}

/** Beside the servers that are kept may be some that drain: a fleet that was drained and is wanted again starts all of them anew. */
function serversAtRest({ servers, movesFleets, isElastic }: Knobs): number {
  if (movesFleets) return 2 * servers;
  return servers + (isElastic ? 2 : 0);
}
