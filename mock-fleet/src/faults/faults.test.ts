// Every fault on simulated servers in a real fleet, on a clock that the test turns: what it does, and that the fleet gets over it.
import { createSeededRandom, systemClock } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { readBattleSession } from "@muster/proto";
import type { ServerProcess } from "@muster/proto/fleet";
import { FaultDirection, FaultKind, type Fault as WireFault } from "@muster/proto/mockfleet";
import { createMemoryNetwork } from "@muster/proto/rpc";
import { expect, test } from "vitest";
import type { FleetSpec } from "../core/fleet-config.ts";
import { createFleetWorld, startPlacementRequest } from "../fleet-world.ts";
import { behaviour } from "../simulated/behaviour.fixture.ts";

async function openWorld(fleet: Partial<FleetSpec> = {}) {
  const clock = createVirtualClock(1_000_000);
  const memory = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  const world = await createFleetWorld({
    clock,
    serve: async (services) => ({ listening: memory.serve("fleet", services), network: memory.from("test") }),
    fleet: { simulated: behaviour(), processes: 2, ...fleet },
  });
  const processes = async () => (await world.fleet.describeProcesses({ includeEnded: true })).processes;
  const sessions = async () => {
    const { sessions: found } = await world.fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true });
    return found.map(readBattleSession);
  };
  /** Turns the clock by half a second at a time until it holds; what is due happens between two looks. */
  const pass = async (condition: () => Promise<boolean>, turns = 800) => {
    for (; turns > 0; turns -= 1) {
      if (await condition()) return;
      await clock.advance(500);
    }
    throw new Error("it never came true");
  };
  const ready = (list: readonly ServerProcess[]) => list.filter(({ state }) => state === 2).length;
  await pass(async () => ready(await processes()) === (fleet.processes ?? 2));
  return {
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    ...{ world, clock, processes, sessions, pass },
    add: async (fault: Partial<WireFault> & { kind: WireFault["kind"] }) => {
      const { fault: added } = await world.mock.addFault({ fault: wireFault(fault) });
      if (!added) throw new Error("it was not added");
      return added;
    },
    strikes: async () => (await world.mock.listFaults({})).faults.map(({ strikes }) => strikes),
    isReady: async () => ready(await processes()) === (fleet.processes ?? 2),
    hasEnded: async (reason: string) => (await processes()).some(({ endReason }) => endReason === reason),
  };
}

function wireFault(fault: Partial<WireFault>): WireFault {
  return {
    ...{ faultId: "", kind: 0, fleet: "", region: "", processId: "", ratio: undefined, perHour: undefined },
    ...{ afterMs: 0, withinMs: 0, strikesMax: 0, forMs: 0, delayMs: 0, jumpMs: 0, noticeMs: undefined },
    ...{ direction: 0, seed: 1, strikes: 0, ...fault },
  };
}

test("CRASH_IN_ACTIVATION: the placement goes to another process", async () => {
  await using it = await openWorld();
  await it.add({ kind: FaultKind.CRASH_IN_ACTIVATION, strikesMax: 1 });
  const session = await it.world.place();
  expect((await it.sessions()).map(({ endCause }) => endCause)).toEqual(["PROCESS_CRASHED", undefined]);
  expect(session.state).toBe("ACTIVE");
  expect(await it.strikes()).toEqual([1]);
});

test("CRASH_IN_PLAY: the session ends, once, when the game has played for so long", async () => {
  await using it = await openWorld();
  await it.add({ kind: FaultKind.CRASH_IN_PLAY, delayMs: 20_000 });
  const { battleSessionId } = await it.world.place();
  await it.clock.advance(19_000);
  expect((await it.world.describe(battleSessionId)).state).toBe("ACTIVE");
  await it.pass(async () => (await it.world.describe(battleSessionId)).state === "TERMINATED", 10);
  expect(await it.world.describe(battleSessionId)).toMatchObject({ endCause: "PROCESS_CRASHED" });
});

test("SLOW_START: processes that are launched from now on are ready later", async () => {
  await using it = await openWorld();
  await it.add({ kind: FaultKind.SLOW_START, forMs: 30_000 });
  await it.add({ kind: FaultKind.SPOT_NOTICE, noticeMs: 1_000 });
  await it.pass(async () => it.hasEnded("SPOT_NOTICE"));
  await it.clock.advance(25_000);
  expect(await it.isReady()).toBe(false);
  await it.pass(it.isReady, 20);
});

test("HANG: nothing is heard of the process, until it goes on", async () => {
  await using it = await openWorld({ processes: 1 });
  const { battleSessionId } = await it.world.place();
  await it.add({ kind: FaultKind.HANG, forMs: 40_000 });
  await it.pass(async () => (await it.world.describe(battleSessionId)).unreachable, 60);
  await it.pass(async () => !(await it.world.describe(battleSessionId)).unreachable, 60);
  expect((await it.world.describe(battleSessionId)).state).toBe("ACTIVE");
});

test("UNHEALTHY: the game is found ill, and replaced", async () => {
  await using it = await openWorld({ processes: 1 });
  await it.add({ kind: FaultKind.UNHEALTHY });
  await it.pass(async () => it.hasEnded("UNHEALTHY"));
  await it.pass(it.isReady);
});

test("HOST_LOST: the process is given up, and its session with it", async () => {
  await using it = await openWorld({ processes: 1 });
  const { battleSessionId } = await it.world.place();
  await it.add({ kind: FaultKind.HOST_LOST });
  await it.pass(async () => (await it.world.describe(battleSessionId)).state === "TERMINATED");
  expect(await it.world.describe(battleSessionId)).toMatchObject({ endCause: "HOST_LOST" });
  await it.pass(it.isReady);
});

test("CUT: the sidecar comes back when it can, and missed nothing", async () => {
  await using it = await openWorld({ processes: 1 });
  const session = await it.world.place();
  await it.add({ kind: FaultKind.CUT, forMs: 5_000 });
  const isAttached = async () => (await it.processes()).some(({ attached }) => attached);
  expect(await isAttached()).toBe(false);
  const filled = await it.world.fill(session, {
    newcomers: [{ playerId: "cleo", team: "red", ticketId: "", attributes: {}, latenciesMs: {} }],
  });
  expect(filled.playerSessions.at(-1)?.state).toBe("RESERVED");
  await it.pass(isAttached, 20);
  await it.pass(async () =>
    (await it.world.describe(session.battleSessionId)).playerSessions.every(({ state }) => state === "ACTIVE"),
  );
});

for (const direction of ["TO_HOST", "TO_FLEET", "BOTH"] as const) {
  test(`SILENCE ${direction}: what was held comes afterwards, in order`, async () => {
    await using it = await openWorld({ processes: 1 });
    await it.add({ kind: FaultKind.SILENCE, direction: FaultDirection[direction], forMs: 10_000 });
    const placing = it.world.place();
    await it.clock.advance(8_000);
    expect((await it.sessions()).map(({ state }) => state)).not.toContain("ACTIVE");
    await it.pass(async () => (await it.sessions()).some(({ state }) => state === "ACTIVE"), 20);
    await placing;
  });
}

test("DELAY and DOUBLE: messages are late and come twice, and nothing happens twice", async () => {
  await using it = await openWorld({ processes: 1 });
  const delay = await it.add({ kind: FaultKind.DELAY, delayMs: 2_000 });
  await it.add({ kind: FaultKind.DOUBLE });
  void it.world.fleet.startPlacement(startPlacementRequest({}));
  await it.clock.advance(1_000);
  expect((await it.sessions()).map(({ state }) => state)).not.toContain("ACTIVE");
  const isPlaying = async () => {
    const [session] = await it.sessions();
    return session?.playerSessions.length === 2 && session.playerSessions.every(({ state }) => state === "ACTIVE");
  };
  await it.pass(isPlaying, 40);
  await it.world.mock.removeFault({ faultId: delay.faultId });
  await expect(it.world.mock.removeFault({ faultId: delay.faultId })).rejects.toMatchObject({
    reason: "FAULT_NOT_FOUND",
  });
});

test("CAPACITY_GONE: nothing is launched while it stands", async () => {
  await using it = await openWorld({ processes: 1 });
  const gone = await it.add({ kind: FaultKind.CAPACITY_GONE });
  await it.add({ kind: FaultKind.SPOT_NOTICE, noticeMs: 1_000 });
  await it.pass(async () => it.hasEnded("sidecar not started: there is no capacity"));
  expect(await it.isReady()).toBe(false);
  await it.world.mock.removeFault({ faultId: gone.faultId });
  await it.pass(it.isReady);
});

test("CLOCK_JUMP: what is shown jumps, and no deadline does", async () => {
  await using it = await openWorld({ processes: 1 });
  await it.add({ kind: FaultKind.CLOCK_JUMP, jumpMs: -3_600_000 });
  const session = await it.world.place();
  expect(session.createdAtMs).toBeLessThan(0);
  await it.clock.advance(30_000);
  expect((await it.world.describe(session.battleSessionId)).playerSessions).toHaveLength(2);
});

for (const kind of ["ACTIVATES_TWICE", "ACCEPTS_UNKNOWN", "REPORTS_NONSENSE"] as const) {
  test(`${kind}: the fleet refuses it, and the battle goes on`, async () => {
    await using it = await openWorld({ processes: 1 });
    await it.add({ kind: FaultKind[kind] });
    const { battleSessionId } = await it.world.place();
    await it.pass(async () =>
      (await it.world.describe(battleSessionId)).playerSessions.every(({ state }) => state === "ACTIVE"),
    );
    expect(await it.strikes()).toEqual([1]);
    expect(await it.sessions()).toHaveLength(1);
    expect(it.world.fatal).toEqual([]);
  });
}

test("a fault by the hour strikes each process again and again", async () => {
  await using it = await openWorld({ processes: 3 });
  await it.add({ kind: FaultKind.HANG, perHour: 360, forMs: 100 });
  await it.clock.advance(60_000);
  const [strikes = 0] = await it.strikes();
  expect(strikes).toBeGreaterThan(6);
  expect(strikes).toBeLessThan(40);
});

const refused: readonly { name: string; fault: Partial<WireFault> }[] = [
  { name: "no kind", fault: {} },
  { name: "a share above 1", fault: { kind: FaultKind.HANG, ratio: 1.1 } },
  { name: "a rate for a launch", fault: { kind: FaultKind.SLOW_START, perHour: 1 } },
  { name: "a time below 0", fault: { kind: FaultKind.HANG, afterMs: -1 } },
];
for (const { name, fault } of refused) {
  test(`AddFault refuses ${name}`, async () => {
    await using it = await openWorld({ processes: 0 });
    await expect(it.world.mock.addFault({ fault: wireFault(fault) })).rejects.toMatchObject({
      reason: "FIELD_INVALID",
    });
  });
}
