// The fleet dies as by kill -9 and another takes its journal over: what was acknowledged is there, what runs is not started
// twice, and what does not come back is given up. The network runs in real time, the fleet on a clock in the test's hand.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { createMemoryNetwork, type Implementation } from "@muster/proto/rpc";
import { expect, test, vi } from "vitest";
import { createFleetWorld, type FleetWorldOptions, player, startPlacementRequest } from "./fleet-world.ts";

function stage() {
  const network = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  const clock = createVirtualClock(1_000_000);
  const journal = createMemoryJournal({ clock });
  const serve = async (services: readonly Implementation[]) => ({
    listening: network.serve("fleet", services),
    network: network.from("elsewhere"),
  });
  const open = (options: FleetWorldOptions = {}) =>
    createFleetWorld({ journal, clock, serve, ...options, fleet: { processes: 1, ...options.fleet } });
  return { clock, journal, open };
}

test("what was acknowledged survives, and a living process is not started again", async () => {
  const { open } = stage();
  const first = await open();
  const session = await first.place();
  const host = first.hostOf(session);
  const filled = await first.fill(session, { fillId: "kept", newcomers: [player("cleo", "red")] });
  await first.crash();

  await using second = await open({ survivors: [host] });
  host.attach();
  await host.until(() => host.welcomes.length === 2);
  expect(second.launches).toEqual([]);
  expect(await second.describe(session.battleSessionId)).toEqual(filled);
  expect(host.sessions.get(session.battleSessionId)).toEqual(filled);
  expect(host.started.length).toBe(1);
  const again = await second.fill(session, { fillId: "kept", newcomers: [player("cleo", "red")] });
  expect(again).toEqual(filled);
  const playerSessionId = session.playerSessions[0]?.playerSessionId ?? "";
  const accept = { playerSessionId, requestId: "r1", reconnectSecret: "", givenReconnectSecret: "" };
  expect((await host.command({ $case: "acceptSeat", value: accept })).error).toBeUndefined();
});

test("a watch resumes across the restart without a gap", async () => {
  const { open } = stage();
  const first = await open();
  const session = await first.place();
  const host = first.hostOf(session);
  const { resumeToken } = await first.seeEvent(({ event }) => event?.$case === "snapshotEnd");
  await first.fill(session, { newcomers: [player("cleo", "red")] });
  await first.crash();

  await using second = await open({ survivors: [host] });
  const next = await second.seeEvent(({ event }) => event?.$case === "sessionChange", { resumeToken });
  expect(next.event).toMatchObject({ value: { revision: 3, added: [{ playerId: "cleo" }] } });
  host.attach();
  await host.until(() => host.welcomes.length === 2);
});

test("a player whom a sidecar let in while the fleet was away is in, although the reservation ran out meanwhile", async () => {
  const { clock, open } = stage();
  const first = await open();
  const session = await first.place();
  const host = first.hostOf(session);
  await first.crash();
  await clock.advance(90_000);

  await using second = await open({ survivors: [host] });
  expect((await second.describe(session.battleSessionId)).playerSessions.length).toBe(2);
  const [anna, ben] = session.playerSessions;
  const acceptSeat = {
    playerSessionId: anna?.playerSessionId ?? "",
    ...{ requestId: "r1", reconnectSecret: "", givenReconnectSecret: "rs_given" },
  };
  host.attach({ carriedOut: [{ commandId: "c_away", command: { $case: "acceptSeat", value: acceptSeat } }] });
  await host.until(() => host.welcomes.length === 2);
  const seats = async () => (await second.describe(session.battleSessionId)).playerSessions;
  expect((await seats()).map(({ playerId, state }) => [playerId, state])).toEqual([
    [anna?.playerId, "ACTIVE"],
    [ben?.playerId, "RESERVED"],
  ]);
  // Ben's is held until his sidecar would have said that he came.
  await clock.advance(10_000);
  await host.command({ $case: "processStarted", value: { pid: 4_711 } }); // The host is not silent.
  await clock.advance(6_000);
  expect((await seats()).map(({ playerId }) => playerId)).toEqual([anna?.playerId]);
});

test("what a process left behind is swept up although the fleet died before it could", async () => {
  const { clock, open } = stage();
  const first = await open();
  const session = await first.place();
  const host = first.hostOf(session);
  await host.command({ $case: "processExited", value: { how: "SIGSEGV" } });
  await first.crash();
  expect(first.swept).toEqual([]);

  const second = await open();
  await clock.advance(3_000);
  expect(second.swept).toEqual([session.processId]);
  await second.crash();
});

test("a pending placement goes on", async () => {
  const { open } = stage();
  const first = await open({ host: () => ({ ready: false }) });
  const { placementId } = startPlacementRequest();
  await first.fleet.startPlacement(startPlacementRequest({ placementId }));
  const [host] = first.hosts;
  if (!host) throw new Error("no host");
  await host.until(() => host.welcomes.length === 1);
  await first.crash();

  await using second = await open({ survivors: [host] });
  host.attach({ ready: { ports: {}, concurrentSessions: 1 } });
  await host.until(() => [...host.sessions.values()].some((session) => session.state === "ACTIVE"));
  expect((await second.fleet.describePlacement({ placementId })).placement?.state).toBe(2);
});

test("an idle process that does not come back is replaced after the first threshold", async () => {
  const { clock, open } = stage();
  const first = await open({ host: () => ({ ready: false }) });
  const [host] = first.hosts;
  await host?.until(() => host.welcomes.length === 1);
  await first.crash();

  await using second = await open();
  await clock.advance(14_000);
  expect(second.launches).toEqual([]);
  await clock.advance(3_000);
  expect(second.launches.length).toBe(1);
  expect(second.launches[0]?.processId).not.toBe(host?.processId);
  host?.attach();
  await host?.until(() => host.lastError?.reason === "PROCESS_FENCED");
});

test("sessions of a process that does not come back end once, after the second threshold", async () => {
  const { clock, open } = stage();
  const first = await open();
  const session = await first.place();
  const host = first.hostOf(session);
  await first.crash();

  // The new sidecar that it is given fares no better.
  const isLost = (launch: { processId: string }) => launch.processId === session.processId;
  await using second = await open({ host: (launch) => (isLost(launch) ? { hello: { secret: "wrong" } } : {}) });
  const state = async () => {
    const { state: now, unreachable, endCause } = await second.describe(session.battleSessionId);
    return [now, unreachable, endCause];
  };
  await clock.advance(16_000);
  expect(await state()).toEqual(["ACTIVE", true, undefined]);
  await clock.advance(110_000);
  expect(await state()).toEqual(["TERMINATED", true, "HOST_LOST"]);
  host.attach();
  await host.until(() => host.lastError?.reason === "PROCESS_FENCED");
});

test("a silent process of an earlier run gets a new sidecar, which takes its game over", async () => {
  const { clock, open } = stage();
  const first = await open();
  const session = await first.place();
  const host = first.hostOf(session);
  await first.crash();

  await using second = await open();
  await clock.advance(16_000);
  expect(second.launches.map((launch) => launch.processId)).toEqual([session.processId]);
  const successor = second.hosts.find((one) => one.processId === session.processId);
  await successor?.until(() => successor.sessions.get(session.battleSessionId)?.unreachable === false);
  host.die();
});

test("a process that was unreachable to the last run of the fleet gets a new sidecar from this one", async () => {
  const { clock, open } = stage();
  const first = await open();
  const session = await first.place();
  await first.crash();
  const second = await open({ host: () => ({ hello: { secret: "wrong" } }) });
  await clock.advance(16_000);
  expect((await second.describe(session.battleSessionId)).unreachable).toBe(true);
  await second.crash();

  await using third = await open();
  await clock.advance(16_000);
  const successor = third.hosts.find((one) => one.processId === session.processId);
  await successor?.until(() => successor.sessions.get(session.battleSessionId)?.unreachable === false);
  expect((await third.describe(session.battleSessionId)).state).toBe("ACTIVE");
});

test("a process whose new sidecar dies before it has come gets another", async () => {
  const { clock, open } = stage();
  const first = await open();
  const session = await first.place();
  await first.crash();

  const behaviours = [{ hello: { secret: "wrong" } }, {}];
  await using second = await open({ host: () => behaviours.shift() ?? {} });
  await clock.advance(16_000);
  const [spare] = second.hosts;
  await spare?.until(() => spare.lastError !== undefined);
  spare?.die();
  await clock.advance(16_000);
  await second.seeSession(session.battleSessionId, ({ unreachable }) => !unreachable);
  expect(second.launches.length).toBe(2);
});

test("a spare sidecar is not started again once the old one has come back", async () => {
  const { clock, open } = stage();
  const first = await open();
  const session = await first.place();
  const host = first.hostOf(session);
  await first.crash();

  await using second = await open({ host: () => ({ hello: { secret: "wrong" } }) });
  await clock.advance(16_000);
  const [spare] = second.hosts;
  await spare?.until(() => spare.lastError !== undefined);
  host.attach();
  await host.until(() => host.welcomes.length === 2);
  spare?.die("exit 2");
  await clock.advance(10_000);
  expect(second.launches.length).toBe(1);
  expect((await second.describe(session.battleSessionId)).state).toBe("ACTIVE");
});

test("a sidecar that took a game over, and dies, is started again", async () => {
  const { clock, open } = stage();
  const first = await open();
  const session = await first.place();
  await first.crash();

  await using second = await open();
  await clock.advance(16_000);
  const successor = second.hosts.find((one) => one.processId === session.processId);
  await successor?.until(() => successor.welcomes.length === 1);
  successor?.die();
  while (second.launches.length < 2) await clock.advance(50);
  expect(second.launches[1]).toEqual(second.launches[0]);
});

test("a sidecar that dies is started again with the same id, incarnation and secret", async () => {
  const { clock, open } = stage();
  await using world = await open();
  const session = await world.place();
  world.hostOf(session).die();
  while (world.launches.length < 2) await clock.advance(50);
  const [before, after] = world.launches;
  expect(after).toEqual({ ...before, attachGeneration: 1 });
  expect((await world.describe(session.battleSessionId)).state).toBe("ACTIVE");
});

test("a sidecar that dies over and over takes its process with it", async () => {
  const { clock, open } = stage();
  let isFirst = true;
  await using world = await open({ host: () => (isFirst ? { hello: { secret: "wrong" } } : {}) });
  while (world.launches.length === 0) await clock.advance(0);
  const [launch] = world.launches;
  for (let start = 0; start < 5; start += 1) {
    while (world.hosts.length <= start) await clock.advance(500);
    isFirst = start < 4;
    world.hosts[start]?.die("exit 1");
  }
  while (world.launches.at(-1)?.processId === launch?.processId) await clock.advance(500);
  const { processes } = await world.fleet.describeProcesses({ includeEnded: true });
  expect(processes.find((one) => one.processId === launch?.processId)?.endReason).toBe("sidecar exit 1");
});

test("the orderly end asks every process to end and kills the one that does not", async () => {
  const { clock, open } = stage();
  const world = await open({
    fleet: { processes: 2 },
    host: ({ address }) => ({ obeys: address.ports.game === 27_500 }),
  });
  await world.place();
  await world.place();
  const disposing = world[Symbol.asyncDispose]();
  let isDone = false;
  void disposing.then(() => {
    isDone = true;
  });
  for (const host of world.hosts) {
    await host.until(() => host.terminations.length === 1);
    expect(host.terminations[0]?.reason).toBe("SHUTDOWN");
  }
  await Promise.race(world.hosts.map((host) => host.exited));
  while (!isDone) await clock.advance(100);
  const ends = await Promise.all(world.hosts.map((host) => host.exited));
  expect(ends.map(({ how }) => how).toSorted()).toEqual(["SIGKILL", "exit 0"]);
});

test("a fleet that has lost its journal answers no command, and leaves what runs to the next owner", async () => {
  const { open, journal } = stage();
  const world = await open();
  const session = await world.place();
  const host = world.hostOf(session);
  const kill = vi.spyOn(host, "kill");
  await journal.acquire("fleet", { owner: "another", takeOver: true });
  const playerSessionId = session.playerSessions[0]?.playerSessionId ?? "";
  // An answer, even a refusal, would make the sidecar forget what it has carried out.
  let isAnswered = false;
  void host.command({ $case: "removeSeat", value: { playerSessionId } }).then(() => {
    isAnswered = true;
  });
  await host.until(() => host.lastError !== undefined);
  expect([isAnswered, host.lastError?.reason]).toEqual([false, "SERVICE_NOT_READY"]);
  expect(world.fatal).toMatchObject([{ reason: "EPOCH_STALE" }]);
  // By a clock that stands still: it waits for nothing.
  await world[Symbol.asyncDispose]();
  expect({ kills: kill.mock.calls, terminations: host.terminations }).toEqual({ kills: [], terminations: [] });
});

test("a process whose sidecar is not attached is ended through its supervisor", async () => {
  const { open } = stage();
  const world = await open({ host: () => ({ hello: { secret: "wrong" } }) });
  await world.fleet.describeProcesses({ includeEnded: false }); // The launch is committed by now.
  const [host] = world.hosts;
  await host?.until(() => host.lastError !== undefined);
  await world[Symbol.asyncDispose]();
  expect(await host?.exited).toEqual({ how: "exit 0" });
});
