// Every unary call of FleetService over real sockets, with what it answers and why it refuses.
import { applySessionChange, type Reason, readSessionChange } from "@muster/proto";
import type { StartPlacementRequest } from "@muster/proto/fleet";
import {
  type Backfill,
  BackfillState,
  BackfillStrategy,
  CreationPolicy,
  ProtectionPolicy,
} from "@muster/proto/session";
import { expect, test } from "vitest";
import { createFleetWorld, player, startPlacementRequest } from "../fleet-world.ts";

const backfill: Backfill = {
  backfillId: "bf_1",
  state: BackfillState.SEARCHING,
  strategy: BackfillStrategy.MAX_POSSIBLE,
  addPlayers: {},
  progress: [{ team: "red", have: 0, reserved: 1, goal: 2 }],
  cause: 0,
  noLegalFill: false,
};

const refusal = (reason: Reason, metadata: object = {}) => expect.objectContaining({ reason, metadata });

const badPlacements: readonly { name: string; request: Partial<StartPlacementRequest>; error: unknown }[] = [
  {
    name: "a malformed id",
    request: { placementId: "a b" },
    error: refusal("ID_MALFORMED", { field: "placement_id" }),
  },
  { name: "no owner", request: { owner: "" }, error: refusal("ID_MALFORMED", { field: "owner" }) },
  { name: "an unknown queue", request: { queue: "no" }, error: refusal("QUEUE_NOT_FOUND", { queue: "no" }) },
  { name: "no capacity", request: { capacity: 0 }, error: refusal("FIELD_INVALID", { field: "capacity" }) },
  {
    name: "too large a capacity",
    request: { capacity: 10_001 },
    error: refusal("FIELD_INVALID", { field: "capacity" }),
  },
  { name: "more players than seats", request: { capacity: 1 }, error: refusal("FIELD_INVALID", { field: "players" }) },
  {
    name: "a player twice",
    request: { players: [player("anna", "red"), player("anna", "blue")] },
    error: refusal("FIELD_INVALID", { field: "players[1].player_id" }),
  },
  {
    name: "a player in no known team",
    request: { players: [player("anna", "green")] },
    error: refusal("TEAM_UNKNOWN", { team: "green" }),
  },
  {
    name: "a team over its capacity",
    request: { players: [player("anna", "red"), player("ben", "red"), player("cleo", "red")] },
    error: refusal("FIELD_INVALID", { field: "players" }),
  },
  {
    name: "a latency beyond the limit",
    request: { players: [{ ...player("anna", "red"), latenciesMs: { eu: 60_001 } }] },
    error: refusal("FIELD_INVALID", { field: "players[0].latencies_ms.eu" }),
  },
  {
    name: "a timeout of a moment",
    request: { timeoutMs: 999 },
    error: refusal("FIELD_INVALID", { field: "timeout_ms" }),
  },
];

test("StartPlacement refuses what breaks a rule, naming the field", async () => {
  await using world = await createFleetWorld();
  for (const { name, request, error } of badPlacements) {
    await expect(world.fleet.startPlacement(startPlacementRequest(request)), name).rejects.toEqual(error);
  }
});

test("StartPlacement answers a repeat with the same placement and refuses another body", async () => {
  await using world = await createFleetWorld();
  const request = startPlacementRequest({ properties: { a: "1", b: "2" } });
  const { placement } = await world.fleet.startPlacement(request);
  const again = await world.fleet.startPlacement({ ...request, properties: { b: "2", a: "1" } });
  expect(again.placement?.createdAt).toEqual(placement?.createdAt);
  await expect(world.fleet.startPlacement({ ...request, data: "other" })).rejects.toEqual(refusal("ID_REUSED"));
});

test("a placement can be stopped while it is pending, and not after", async () => {
  await using world = await createFleetWorld({ host: () => ({ ready: false }) });
  const { placementId } = startPlacementRequest();
  await world.fleet.startPlacement(startPlacementRequest({ placementId }));
  expect((await world.fleet.stopPlacement({ placementId })).placement?.state).toBe(3);
  expect((await world.fleet.stopPlacement({ placementId })).placement?.state).toBe(3);
  expect((await world.fleet.describePlacement({ placementId })).placement).toMatchObject({
    state: 3,
    session: undefined,
  });
  await expect(world.fleet.stopPlacement({ placementId: "nobody" })).rejects.toEqual(refusal("PLACEMENT_NOT_FOUND"));
  await expect(world.fleet.describePlacement({ placementId: "nobody" })).rejects.toEqual(
    refusal("PLACEMENT_NOT_FOUND"),
  );
});

test("StopPlacement of a fulfilled placement says so", async () => {
  await using world = await createFleetWorld();
  const request = startPlacementRequest();
  await world.place(request);
  await expect(world.fleet.stopPlacement({ placementId: request.placementId })).rejects.toEqual(
    refusal("PLACEMENT_ENDED", { state: "FULFILLED" }),
  );
});

test("the session's backfill of the request is written from birth", async () => {
  await using world = await createFleetWorld({ host: () => ({ activates: false }) });
  await world.fleet.startPlacement(startPlacementRequest({ backfill }));
  const { event } = await world.seeEvent(({ event: one }) => one?.$case === "session");
  expect(event).toMatchObject({ value: { revision: 1, backfill: { backfillId: "bf_1" }, playerSessions: [] } });
});

test("ApplyFill seats newcomers once and refuses with reasons", async () => {
  await using world = await createFleetWorld();
  const { battleSessionId } = await world.place();
  const fill = {
    fillId: "fill_1",
    battleSessionId,
    expectedRosterVersion: 2,
    newcomers: [player("cleo", "red")],
    backfill,
    approvalTimeoutMs: 0,
    toleratesLeavers: false,
    knownRevision: 0,
  };
  const first = await world.fleet.applyFill(fill);
  expect(first.session).toMatchObject({ revision: 3, rosterVersion: 3, backfill: { backfillId: "bf_1" } });
  expect(first.session?.playerSessions.at(-1)).toMatchObject({ playerId: "cleo", team: "red" });
  expect(await world.fleet.applyFill(fill)).toEqual(first);
  // Each under an id of its own: a fill that was refused stays so.
  const refused = [
    { change: { toleratesLeavers: true }, error: refusal("ID_REUSED") },
    { change: { fillId: "" }, error: refusal("ID_MALFORMED", { field: "fill_id" }) },
    { change: { fillId: "f2", newcomers: [] }, error: refusal("FIELD_INVALID", { field: "newcomers" }) },
    { change: { fillId: "f3", backfill: undefined }, error: refusal("FIELD_INVALID", { field: "backfill" }) },
    { change: { fillId: "f4" }, error: refusal("ROSTER_VERSION_STALE", { rosterVersion: "3" }) },
    { change: { fillId: "f5", battleSessionId: "bs_no" }, error: refusal("SERVER_SESSION_NOT_FOUND") },
    {
      change: { fillId: "f6", expectedRosterVersion: 3 },
      error: refusal("PLAYER_ALREADY_SEATED", { playerId: "cleo" }),
    },
    {
      change: { fillId: "f7", expectedRosterVersion: 3, newcomers: [player("dana", "red")] },
      error: refusal("SESSION_FULL", { capacity: "2", used: "2" }),
    },
    {
      change: { fillId: "f8", expectedRosterVersion: 3, newcomers: [player("dana", "green")] },
      error: refusal("TEAM_UNKNOWN", { team: "green" }),
    },
  ];
  for (const { change, error } of refused) {
    await expect(world.fleet.applyFill({ ...fill, ...change })).rejects.toEqual(error);
  }
});

test("ApplyFill answers with the change alone where that is all that the matcher lacks", async () => {
  await using world = await createFleetWorld();
  const { battleSessionId } = await world.place();
  const before = await world.describe(battleSessionId);
  const fill = {
    ...{ battleSessionId, backfill, approvalTimeoutMs: 0, toleratesLeavers: true },
    ...{ fillId: "fill_1", expectedRosterVersion: before.rosterVersion, newcomers: [player("cleo", "red")] },
    knownRevision: before.revision,
  };
  const first = await world.fleet.applyFill(fill);
  expect(first.session).toBeUndefined();
  const change = first.change && readSessionChange(first.change);
  if (!change) throw new Error("no change");
  const after = await world.describe(battleSessionId);
  expect(applySessionChange(before, change)).toEqual(after);
  // A repeat tells the session, whatever is known of it; so does a fill of one of which more has changed.
  expect((await world.fleet.applyFill(fill)).session).toMatchObject({ revision: after.revision });
  expect((await world.fleet.applyFill({ ...fill, knownRevision: after.revision })).session).toBeDefined();
});

test("UpdateServerSession writes the backfill once an id", async () => {
  await using world = await createFleetWorld();
  const { battleSessionId } = await world.place();
  const update = { updateId: "u1", battleSessionId, backfill };
  expect(await world.fleet.updateServerSession(update)).toEqual({ revision: 3 });
  expect(await world.fleet.updateServerSession(update)).toEqual({ revision: 3 });
  expect(await world.describe(battleSessionId)).toMatchObject({ revision: 3, rosterVersion: 2 });
  await expect(world.fleet.updateServerSession({ ...update, updateId: "u2", battleSessionId: "no" })).rejects.toEqual(
    refusal("SERVER_SESSION_NOT_FOUND"),
  );
});

test("UpdateServerSession changes capacity, name, policy and protection in one step, and the game hears it", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const { battleSessionId, rosterVersion } = session;
  const settings = {
    capacity: 3,
    name: "Ann's",
    creationPolicy: CreationPolicy.DENY_ALL,
    protection: ProtectionPolicy.FULL,
  };
  const update = { updateId: "u1", battleSessionId, ...settings, expectedRosterVersion: rosterVersion };
  expect(await world.fleet.updateServerSession(update)).toEqual({ revision: session.revision + 1 });
  expect(await world.fleet.updateServerSession(update)).toEqual({ revision: session.revision + 1 });
  const now = { capacity: 3, name: "Ann's", creationPolicy: "DENY_ALL", protection: "FULL" };
  expect(await world.describe(battleSessionId)).toMatchObject({ ...now, rosterVersion: rosterVersion + 1 });
  const host = world.hostOf(session);
  await host.until(() => host.sessions.get(battleSessionId)?.name === "Ann's");
  expect(host.sessions.get(battleSessionId)).toMatchObject(now);
  const noName = { updateId: "u2", battleSessionId, name: "" };
  await world.fleet.updateServerSession(noName);
  expect((await world.describe(battleSessionId)).name).toBeUndefined();
});

const badUpdates = [
  { change: {}, error: refusal("FIELD_INVALID", { field: "backfill" }) },
  { change: { capacity: 0 }, error: refusal("FIELD_INVALID", { field: "capacity" }) },
  { change: { capacity: 1 }, error: refusal("SESSION_FULL", { capacity: "1", used: "2" }) },
  { change: { name: "x".repeat(1_025) }, error: refusal("FIELD_INVALID", { field: "name" }) },
  {
    change: { name: "x", expectedRosterVersion: 1 },
    error: refusal("ROSTER_VERSION_STALE", { rosterVersion: "2" }),
  },
];
test.for(badUpdates)("UpdateServerSession refuses $change", async ({ change, error }) => {
  await using world = await createFleetWorld();
  const { battleSessionId } = await world.place();
  await expect(world.fleet.updateServerSession({ updateId: "u1", battleSessionId, ...change })).rejects.toEqual(error);
});

test("TerminateServerSession by force ends the session and its process, whatever the game does", async () => {
  await using world = await createFleetWorld({ host: () => ({ obeys: false }) });
  const session = await world.place();
  const { battleSessionId } = session;
  await world.fleet.terminateServerSession({ battleSessionId, force: true });
  expect(await world.describe(battleSessionId)).toMatchObject({ state: "TERMINATED", endCause: "TERMINATED" });
  const host = world.hostOf(session);
  await host.until(() => host.terminations.length > 0);
  expect(host.terminations[0]?.reason).toBe("FORCED");
  await world.fleet.terminateServerSession({ battleSessionId, force: true });
});

test("TerminateServerSession has the game end the session, which is then remembered as ended", async () => {
  await using world = await createFleetWorld();
  const { battleSessionId } = await world.place();
  await world.fleet.terminateServerSession({ battleSessionId });
  await world.seeSession(battleSessionId, (session) => session.state === "TERMINATED");
  expect((await world.describe(battleSessionId)).endCause).toBe("TERMINATED");
  const { sessions } = await world.fleet.describeServerSessions({ battleSessionIds: [], includeEnded: false });
  expect(sessions).toEqual([]);
  await world.fleet.terminateServerSession({ battleSessionId });
  await expect(world.fleet.terminateServerSession({ battleSessionId: "no" })).rejects.toEqual(
    refusal("SERVER_SESSION_NOT_FOUND"),
  );
});

test("DescribeProcesses tells of living processes, and of ended ones if asked", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const { processes } = await world.fleet.describeProcesses({ includeEnded: false });
  const running = processes.find((one) => one.processId === session.processId);
  expect(running).toMatchObject({
    fleet: "arena-eu",
    state: 2,
    incarnation: 1,
    pid: 4_711,
    address: session.address,
    battleSessionIds: [session.battleSessionId],
    concurrentSessions: 1,
    attached: true,
  });
  await world.hostOf(session).command({ $case: "processExited", value: { how: "exit 3" } });
  const all = await world.fleet.describeProcesses({ includeEnded: true });
  expect(all.processes.find((one) => one.processId === session.processId)).toMatchObject({
    state: 4,
    endReason: "exit 3",
  });
  expect(all.processes.at(-1)?.processId).toBe(session.processId);
});

test("ReadProcessLog finds a process by the beginning of its id", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1 } });
  await world.place();
  const [{ processId } = { processId: "" }] = world.launches;
  const read = async (request: { processId: string; tailBytes: number }) => {
    const chunks: Uint8Array[] = [];
    for await (const { chunk } of world.mock.readProcessLog({ ...request, follow: false })) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  expect(await read({ processId: processId.slice(0, 9), tailBytes: 0 })).toBe(`log of ${processId}\n`);
  expect(await read({ processId: processId.slice(5, 9), tailBytes: 3 })).toBe(`${processId.slice(-2)}\n`);
  for (const unknown of ["", "nobody"]) {
    await expect(read({ processId: unknown, tailBytes: 0 })).rejects.toEqual(refusal("PROCESS_NOT_FOUND"));
  }
  await expect(read({ processId, tailBytes: -1 })).rejects.toEqual(refusal("FIELD_INVALID", { field: "tail_bytes" }));
});
