// The whole of Muster in one process, from one seed: the real matcher, fleet and sidecars on virtual time, a simulated
// network and journals, with clients that come and go and with processes that are killed at any moment.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { createMatcher } from "@muster/matcher";
import { createMockFleet, parseFleetConfig } from "@muster/mock-fleet";
import { MusterError, readBattleSession, readEnum, readSessionChange } from "@muster/proto";
import { FleetServiceDefinition } from "@muster/proto/fleet";
import { MatchmakingServiceDefinition, type Ticket, TicketState } from "@muster/proto/matchmaking";
import { createMemoryNetwork } from "@muster/proto/rpc";
import { silentLog } from "@muster/service";
import { type Life, startLife } from "./life.ts";
import { createPromises, type Promises } from "./promises.ts";
import { type SimulatedServer, startSimulatedServer } from "./simulated-server.ts";

export type WorldOptions = {
  readonly seed: number;
  /** Chance of a fault a step of 250 ms. */
  readonly faultRatio: number;
  /** Chance that a party starts to queue, a step. */
  readonly arrivalRatio: number;
};

export interface World {
  readonly promises: Promises;
  /** What happened, for a failing seed and for comparing two runs of one. */
  readonly story: readonly string[];
  /** 250 ms of life, with what chance brings. */
  step(): Promise<void>;
  /** No more faults and no more arrivals; cut links are mended. */
  heal(): void;
  /** Ends what runs. */
  end(): void;
}

const STEP_MS = 250;
const RULE_SET = {
  version: "v1.0",
  teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 3, minQuantity: 1, maxQuantity: 1 })),
  rules: [{ name: "even", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" }],
};
const fleetConfig = parseFleetConfig({
  directory: "/",
  sections: {
    fleets: [{ name: "eu", command: ["game"], processes: 3, activationTimeoutSeconds: 5, reservationSeconds: 10 }],
    queues: [{ name: "arena", destinations: ["eu"], timeoutSeconds: 20 }],
    fleetSettings: { hostSilentAfterMs: 3_000, hostLostAfterMs: 12_000 },
  },
});

export async function createWorld({ seed, faultRatio, arrivalRatio }: WorldOptions): Promise<World> {
  const clock = createVirtualClock(1_000_000);
  const random = createSeededRandom(seed);
  const chance = createSeededRandom(seed ^ 0x5eed);
  const memory = createMemoryNetwork({ clock, random, delayMsMax: 8 });
  const journals = { fleet: journal(), matcher: journal() };
  const promises = createPromises();
  const story: string[] = [];
  const servers = new Map<string, SimulatedServer>();
  const world = startLife("world", clock, memory);
  let lives = 0;
  let healed = false;
  let failure: unknown;

  function journal() {
    return createMemoryJournal({ clock, writeMs: () => random.fraction() * 4 });
  }
  const tell = (line: string) => void story.push(`${Math.round(clock.nowMs())} ${line}`);
  const onFatal = (life: Life) => (error: unknown) => {
    if (!life.dead) failure ??= error;
  };
  /** Runs on its own; a MusterError is what a client may well get, anything else ends the run. */
  const go = (work: Promise<unknown>) => {
    work.catch((error: unknown) => {
      if (!(error instanceof MusterError)) failure ??= error;
    });
  };

  const nextLife = (name: string): Life => {
    lives += 1;
    return startLife(`${name}~${lives}`, clock, memory);
  };

  const startFleet = async (): Promise<Life> => {
    const life = nextLife("fleet");
    const fleet = await createMockFleet({
      journal: life.journal(journals.fleet),
      clock: life.clock,
      random,
      config: fleetConfig,
      hostAddress: "fleet",
      log: silentLog,
      onFatal: onFatal(life),
      owner: life.node,
      takeOver: true,
      processes: {
        start(launch) {
          const node = nextLife("server");
          const server = startSimulatedServer({ launch, life: node, memory, random });
          servers.set(launch.processId, server);
          // A fleet that is dead can neither hear nor end its children.
          return {
            exited: life.dead ? new Promise(() => undefined) : server.exited,
            terminate: () => life.dead || server.terminate(),
            kill: () => life.dead || server.kill(),
          };
        },
        sweep: () => undefined,
        async *readLog() {
          // Simulated games print nothing.
        },
      },
    });
    memory.serve("fleet", fleet.services);
    return life;
  };
  const startMatcher = async (): Promise<Life> => {
    const life = nextLife("matcher");
    const matcher = await createMatcher({
      journal: life.journal(journals.matcher),
      clock: life.clock,
      random,
      network: life.network,
      fleetAddress: "fleet",
      endpoint: "matcher",
      owner: "matcher",
      leaseHolder: life.node,
      takeOver: true,
      config: {
        ruleSets: [{ name: "arena", document: JSON.stringify(RULE_SET) }],
        configurations: [
          {
            name: "arena",
            ruleSet: "arena",
            queue: "arena",
            requestTimeoutMs: 60_000,
            autoBackfill: true,
            settleMs: 100,
            properties: {},
            data: "",
            placementRetries: 2,
          },
        ],
      },
      log: silentLog,
      onFatal: onFatal(life),
    });
    memory.serve("matcher", matcher.services);
    return life;
  };

  const tickets = world.network.connect("matcher").client(MatchmakingServiceDefinition);
  const read = async (ticketId: string): Promise<Ticket | undefined> => {
    try {
      const { tickets: found } = await tickets.describeMatchingProgress({ ticketIds: [ticketId] });
      const [ticket] = found;
      if (!ticket) return undefined;
      const state = readEnum(TicketState, ticket.state) ?? "";
      const battleSessionId = ticket.assignment?.battleSessionId ?? "";
      promises.ticketRead(ticketId, { state, matchId: ticket.matchId, battleSessionId });
      return ticket;
    } catch (error) {
      if (error instanceof MusterError && error.reason === "TICKET_NOT_FOUND")
        promises.ticketRead(ticketId, "not found");
      throw error;
    }
  };

  /** A party from its request to its last player's leaving. Asks again after every failure, as a patient client does. */
  const play = async (name: string, size: number) => {
    const players = Array.from({ length: size }, (_, index) => ({
      playerId: `${name}.${index}`,
      attributes: {},
      latenciesMs: {},
      team: "",
    }));
    const request = { configuration: "arena", ticketId: name, players };
    await patiently(() => tickets.startMatching(request));
    promises.ticketAcknowledged(name);
    tell(`${name} queues with ${size}`);
    if (chance.fraction() < 0.1) go(tickets.cancelMatching({ ticketId: name }));
    for (;;) {
      const ticket = await patiently(() => read(name));
      if (ticket?.state === TicketState.COMPLETED) break;
      if (ticket && ticket.state > TicketState.COMPLETED)
        return tell(`${name} ends ${readEnum(TicketState, ticket.state)}`);
      await clock.sleep(500);
    }
    const { assignment } = (await patiently(() => read(name))) ?? {};
    for (const mine of assignment?.players.filter((one) => one.playerSessionId !== "") ?? []) {
      if (chance.fraction() < 0.9) go(occupy(mine.playerSessionId));
    }
  };
  /** A player at the door of every server: only the right one may let them in, and only once. */
  const occupy = async (playerSessionId: string) => {
    await clock.sleep(chance.fraction() * 2_000);
    for (const server of servers.values()) {
      if (server.life.dead) continue;
      const enter = async (requestId: string) => {
        const battleSessionId = await server.join(playerSessionId, requestId);
        promises.seatAccepted(playerSessionId);
        return battleSessionId;
      };
      const entered = await enter("first").catch(refused);
      if (entered === undefined) continue;
      go(enter("second")); // Must be refused: a success breaks P-ACCEPT-ONCE.
      await clock.sleep(1_000 + chance.fraction() * 15_000);
      if (!server.life.dead) await server.leave(playerSessionId);
      return;
    }
  };
  const refused = (error: unknown) => {
    if (error instanceof MusterError) return undefined;
    throw error;
  };
  const patiently = async <Value>(ask: () => Promise<Value>): Promise<Value> => {
    for (;;) {
      const answer = await ask().then(
        (value) => ({ value }),
        (error: unknown) => {
          const again =
            error instanceof MusterError && ["UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED"].includes(error.code);
          if (!again) throw error;
          return undefined;
        },
      );
      if (answer) return answer.value;
      await clock.sleep(500);
    }
  };

  /** Folds the fleet's feed for ever, over its deaths. */
  const observe = async () => {
    const feed = world.network.connect("fleet").client(FleetServiceDefinition);
    for (let resumeToken = ""; ; ) {
      try {
        for await (const message of feed.watchSessions({ owner: "", resumeToken })) {
          if (message.event?.$case === "session") promises.sessionSeen(readBattleSession(message.event.value));
          if (message.event?.$case === "sessionChange") promises.sessionChanged(readSessionChange(message.event.value));
          resumeToken = message.resumeToken || resumeToken;
        }
      } catch (error) {
        if (!(error instanceof MusterError)) throw error;
        if (error.reason === "CURSOR_EXPIRED") resumeToken = "";
      }
      await clock.sleep(200);
    }
  };

  let fleetLife = await settled(startFleet());
  let matcherLife = await settled(startMatcher());
  go(observe());

  /** The value of a promise that needs time to go on. */
  async function settled<Value>(work: Promise<Value>): Promise<Value> {
    let done = false;
    const mark = () => {
      done = true;
    };
    work.then(mark, mark);
    while (!done) await clock.advance(10);
    return await work;
  }
  const killService = async (name: "fleet" | "matcher") => {
    tell(`kill -9 ${name}`);
    (name === "fleet" ? fleetLife : matcherLife).kill();
    memory.breakNode(name);
    journals[name].crash();
    await clock.advance(chance.fraction() * 2_000);
    if (name === "fleet") fleetLife = await settled(startFleet());
    else matcherLife = await settled(startMatcher());
  };
  const fault = async () => {
    const living = [...servers.values()].filter((server) => !server.life.dead);
    const victim = living[Math.floor(chance.fraction() * living.length)];
    const kind = chance.fraction();
    if (kind < 0.3) await killService("matcher");
    else if (kind < 0.5) await killService("fleet");
    else if (kind < 0.7 && victim) {
      tell(`${victim.life.node} crashes`);
      victim.crash("SIGSEGV");
    } else if (kind < 0.9 && victim) {
      tell(`${victim.life.node} is cut off`);
      memory.cut({ a: victim.life.node, b: "fleet" });
    } else {
      tell("links heal");
      memory.heal();
    }
  };

  let parties = 0;
  return {
    promises,
    story,
    async step() {
      if (!healed && chance.fraction() < arrivalRatio) {
        parties += 1;
        go(play(`party${parties}`, 1 + Math.floor(chance.fraction() ** 2 * 3)));
      }
      if (!healed && chance.fraction() < faultRatio) await fault();
      await clock.advance(STEP_MS);
      if (failure) throw failure;
    },
    heal() {
      tell("healed");
      healed = true;
      memory.heal();
    },
    end() {
      for (const life of [fleetLife, matcherLife, world]) life.kill();
      for (const server of servers.values()) server.crash("end");
    },
  };
}
