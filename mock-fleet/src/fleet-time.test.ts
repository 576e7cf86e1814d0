// A fleet whose time the test drives by calls, over sockets, with its journal on a disk that takes its time.
import { readBattleSession } from "@muster/proto";
import { FaultDirection, FaultKind } from "@muster/proto/mockfleet";
import { expect, test } from "vitest";
import { parseFleetConfig } from "./config.ts";
import { createFleetWorld, startPlacementRequest } from "./fleet-world.ts";

const parse = (fleet: object, fleetSettings: object = { clock: "virtual" }) =>
  parseFleetConfig({
    ...{ path: "/game/muster.json", directory: "/game" },
    sections: {
      fleets: [{ name: "eu", ...fleet }],
      queues: [{ name: "default", destinations: ["eu"] }],
      fleetSettings,
    },
  });

test("AdvanceClock lets exactly so much happen, and answers when it has", async () => {
  const config = parse({ simulated: { activationSeconds: 5, acceptSeconds: 10, sessionSeconds: 600 } });
  await using world = await createFleetWorld({ config });
  const advance = async (byMs: number) => (await world.mock.advanceClock({ byMs })).passedMs;
  await advance(1);
  await world.fleet.startPlacement(startPlacementRequest());
  const look = async () => {
    const { sessions } = await world.fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true });
    return sessions
      .map(readBattleSession)
      .map(({ state, playerSessions }) => [state, ...playerSessions.map((seat) => seat.state)].join(" "));
  };
  await advance(4_000);
  expect(await look()).toEqual(["ACTIVATING"]);
  await advance(1_000);
  expect(await look()).toEqual(["ACTIVE RESERVED RESERVED"]);
  await advance(10_000);
  expect(await look()).toEqual(["ACTIVE ACTIVE ACTIVE"]);
  expect(await advance(589_000)).toBe(604_001);
  expect(await look()).toEqual(["ACTIVE ACTIVE ACTIVE"]);
  await advance(1_000);
  expect(await look()).toEqual(["TERMINATED"]);
});

test("an hour of a fleet is the same hour whenever it is played", async () => {
  const simulated = {
    sessionSeconds: [30, 90],
    acceptSeconds: [1, 5],
    noShowRatio: 0.1,
    leavesPerMinute: 0.5,
    seed: 5,
  };
  const play = async () => {
    await using world = await createFleetWorld({ config: parse({ simulated, processes: 4 }) });
    const fault = { kind: FaultKind.CRASH_IN_PLAY, ratio: 0.2, delayMs: 5_000, seed: 3 };
    await world.mock.addFault({ fault: { ...NO_FAULT, ...fault } });
    for (let minute = 0; minute < 20; minute += 1) {
      await world.fleet.startPlacement(startPlacementRequest({ placementId: `m${minute}.1` }));
      await world.mock.advanceClock({ byMs: 60_000 });
    }
    const { sessions } = await world.fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true });
    return sessions.map(readBattleSession).map(({ state, endCause, revision }) => [state, endCause, revision]);
  };
  const first = await play();
  expect(first.length).toBeGreaterThanOrEqual(20);
  expect(new Set(first.map(([, endCause]) => endCause)).size).toBeGreaterThan(1);
  expect(await play()).toEqual(first);
});

const NO_FAULT = {
  ...{ faultId: "", fleet: "", region: "", processId: "", ratio: undefined, perHour: undefined, afterMs: 0 },
  ...{
    withinMs: 0,
    strikesMax: 0,
    forMs: 0,
    delayMs: 0,
    jumpMs: 0,
    noticeMs: undefined,
    direction: FaultDirection.BOTH,
  },
  ...{ seed: 1, strikes: 0 },
};

test("AdvanceClock is refused by a fleet that goes by the machine's clock", async () => {
  await using world = await createFleetWorld({ config: parse({ simulated: {} }, {}) });
  await expect(world.mock.advanceClock({ byMs: 1 })).rejects.toMatchObject({ reason: "CLOCK_NOT_VIRTUAL" });
});

test("a virtual clock is refused where a server is a process", () => {
  expect(() => parse({ command: ["node"] })).toThrow(
    expect.objectContaining({ reason: "CONFIG_INVALID", metadata: { path: "$.fleetSettings.clock" } }),
  );
});
