// Simulated servers in a real fleet: what their behaviour makes of placements, on a clock that the test turns.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import { createVirtualClock, type VirtualClock } from "@muster/kit/testing";
import { readBattleSession } from "@muster/proto";
import { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import { createMemoryNetwork, implement } from "@muster/proto/rpc";
import { expect, test } from "vitest";
import type { SimulatedSpec } from "../core/simulated-spec.ts";
import { createFleetWorld, type FleetWorldOptions, player, startPlacementRequest } from "../fleet-world.ts";
import { behaviour } from "./behaviour.fixture.ts";
import type { SimulatedScript } from "./simulated-server.ts";

const ONE_PROCESS = { processes: 1 };

/** A fleet on a clock of its own, reached without sockets: nothing in it waits for real time. */
async function simulatedWorld(spec: Partial<SimulatedSpec>, options: Partial<FleetWorldOptions> = {}) {
  const clock = createVirtualClock(1_000_000);
  const memory = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  const world = await createFleetWorld({
    clock,
    serve: async (services) => ({ listening: memory.serve("fleet", services), network: memory.from("test") }),
    simulation: { scripts: new Map(), network: memory.from("fleet"), matchers: ["matcher"] },
    ...options,
    fleet: { ...ONE_PROCESS, simulated: behaviour(spec), ...options.fleet },
  });
  return { world, clock, memory };
}

/** Turns the clock, second by second, until `condition` holds. It asks the fleet, and so lets it do what is due. */
async function pass(clock: VirtualClock, condition: () => Promise<boolean>): Promise<void> {
  for (let turns = 0; turns < 600; turns += 1) {
    if (await condition()) return;
    await clock.advance(1_000);
  }
  throw new Error("it never came true");
}

test("a simulated server takes a session, and its players come", async () => {
  const { world } = await simulatedWorld({});
  await using _ = world;
  const { battleSessionId } = await world.place();
  const session = await world.seeSession(battleSessionId, ({ playerSessions }) =>
    playerSessions.every(({ state }) => state === "ACTIVE"),
  );
  expect(session.playerSessions.map(({ playerId }) => playerId)).toEqual(["anna", "ben"]);
  expect(world.launches).toEqual([]);
});

test("activation, arrival and the end of the battle take the time that the behaviour says", async () => {
  const span = (ms: number) => ({ minMs: ms, maxMs: ms });
  const { world, clock } = await simulatedWorld({
    activation: span(5_000),
    accept: span(3_000),
    session: span(60_000),
  });
  await using _ = world;
  const { placementId } = (await world.fleet.startPlacement(startPlacementRequest())).placement ?? {};
  const find = async () =>
    (await world.fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true })).sessions[0];
  const states: string[] = [];
  await pass(clock, async () => {
    const session = await find();
    const { state, playerSessions } = session ? readBattleSession(session) : { state: "none", playerSessions: [] };
    states.push([state, ...playerSessions.map((seat) => seat.state)].join(" "));
    return state === "TERMINATED";
  });
  expect(placementId).toBeDefined();
  const times = (state: string) => states.filter((one) => one === state).length;
  expect(times("ACTIVATING")).toBeGreaterThanOrEqual(5);
  expect(times("ACTIVE RESERVED RESERVED")).toBeGreaterThanOrEqual(3);
  expect(times("ACTIVE ACTIVE ACTIVE")).toBeGreaterThanOrEqual(56);
});

test("players who do not show up time out, and an empty battle ends", async () => {
  const { world, clock } = await simulatedWorld({ noShowRatio: 1 });
  await using _ = world;
  const { battleSessionId } = await world.place();
  await pass(clock, async () => (await world.describe(battleSessionId)).state === "TERMINATED");
  expect(await world.describe(battleSessionId)).toMatchObject({ endCause: "GAME_ENDED" });
});

test("players leave at the rate that the behaviour says, until nobody is left", async () => {
  const { world, clock } = await simulatedWorld({ leavesPerMinute: 6 });
  await using _ = world;
  const { battleSessionId } = await world.place();
  await pass(clock, async () => (await world.describe(battleSessionId)).state === "TERMINATED");
});

test("a simulated server that crashes is replaced", async () => {
  const { world, clock } = await simulatedWorld({ crashesPerHour: 3_600 });
  await using _ = world;
  const ended = async () => (await world.fleet.describeProcesses({ includeEnded: true })).processes;
  await pass(clock, async () => (await ended()).some(({ endReason }) => endReason === "SIGSEGV"));
});

test("a script has the words of the SDK, and its backfill commands reach the matcher of its session", async () => {
  const asked: string[] = [];
  const script: SimulatedScript = (server) => {
    server.onStartBattleSession(async (session) => {
      await server.sleep(0);
      await session.activate();
    });
    server.onBattleSessionUpdated(async ({ session, added }) => {
      for (const newcomer of added) await newcomer.accept();
      if (added.length > 0) await session.startBackfill().catch(({ reason }) => server.log(reason));
    });
    server.approveFill(({ newcomers }) => newcomers.every(({ playerId }) => playerId !== "dave"));
  };
  const memory = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  memory.serve("matcher:1", [
    implement(BackfillServiceDefinition, {
      async startBackfill({ battleSessionId, capability }) {
        asked.push(`${battleSessionId} ${capability.length > 0}`);
        return { backfill: undefined };
      },
      cancelBackfill: async () => ({ backfill: undefined }),
      describeBackfill: async () => ({ backfill: undefined }),
    }),
  ]);
  const { world } = await simulatedWorld(
    { script: "/script.ts" },
    {
      simulation: {
        scripts: new Map([["/script.ts", script]]),
        network: memory.from("fleet"),
        matchers: ["matcher"],
      },
    },
  );
  await using _ = world;
  const session = await world.place({ matcherEndpoint: "matcher:1", capabilityKey: new Uint8Array([1]) });
  await world.seeSession(session.battleSessionId, ({ playerSessions }) =>
    playerSessions.every(({ state }) => state === "ACTIVE"),
  );
  await expect.poll(() => asked).toEqual([`${session.battleSessionId} true`]);
  const refused = world.fill(session, { newcomers: [player("dave", "red")], approvalTimeoutMs: 1_000 });
  await expect(refused).rejects.toMatchObject({ reason: "FILL_REFUSED_BY_GAME" });
  const filled = await world.fill(session, { newcomers: [player("cleo", "red")], approvalTimeoutMs: 1_000 });
  expect(filled.playerSessions).toHaveLength(3);
  let output = "";
  for await (const { chunk } of world.mock.readProcessLog({
    processId: session.processId,
    tailBytes: 0,
    follow: false,
  })) {
    output += new TextDecoder().decode(chunk);
  }
  expect(output).toContain("INTERNAL");
});

test("after a restart of the fleet simulated servers go on with their battles", async () => {
  const journal = createMemoryJournal();
  const first = await simulatedWorld({}, { journal });
  const { battleSessionId, processId } = await first.world.place();
  await first.world.crash();
  const { world } = await simulatedWorld({}, { journal });
  await using _ = world;
  const { processes } = await world.fleet.describeProcesses({ includeEnded: false });
  expect(processes.map((process) => process.processId)).toEqual([processId]);
  const session = await world.describe(battleSessionId);
  expect(session.state).toBe("ACTIVE");
  const filled = await world.fill(session, { newcomers: [player("cleo", "red")] });
  await world.seeSession(filled.battleSessionId, ({ playerSessions }) =>
    playerSessions.every(({ state }) => state === "ACTIVE"),
  );
});
