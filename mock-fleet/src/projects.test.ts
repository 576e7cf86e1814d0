// X-TENANT at the fleet: whatever a caller of one project names of another's is what nobody knows, and stays as it is. Every method of
// the fleet is called so; one that is missing here does not compile.
import { createMemoryJournal } from "@muster/journal";
import { createSeededRandom, systemClock } from "@muster/kit";
import { type MusterError, toMusterError } from "@muster/proto";
import { FleetServiceDefinition, RolloutMode } from "@muster/proto/fleet";
import { MockFleetServiceDefinition } from "@muster/proto/mockfleet";
import { type Client, createMemoryNetwork, type MemoryNetwork } from "@muster/proto/rpc";
import {
  BackfillCause,
  BackfillState,
  BackfillStrategy,
  CreationPolicy,
  PlayerSessionState,
} from "@muster/proto/session";
import { rights } from "@muster/service";
import { expect, test } from "vitest";
import { type CreatorLimit, PLAIN_QUEUE } from "./core/fleet-config.ts";
import {
  createFleetWorld,
  type FleetWorld,
  player,
  startPlacementRequest,
  testFleet,
  testSettings,
} from "./fleet-world.ts";

const QUEUE = { ...PLAIN_QUEUE, timeoutMs: 60_000 };
const config = {
  fleets: [
    { ...testFleet, name: "shared", processes: 1 },
    { ...testFleet, name: "own", project: "arena", processes: 1, portRange: { first: 27_600, last: 27_699 } },
  ],
  aliases: [{ name: "way-in", target: { type: "fleet", fleet: "own" } as const }],
  queues: [
    { ...QUEUE, name: "shared", destinations: ["shared"] },
    { ...QUEUE, name: "both", destinations: ["own", "shared"] },
    { ...QUEUE, name: "own", project: "arena", destinations: ["own"] },
  ],
  settings: testSettings,
};

type Fleet = Client<typeof FleetServiceDefinition>;
type Mock = Client<typeof MockFleetServiceDefinition>;
type Wishes = { readonly concurrentSessions?: number; readonly creatorLimit?: CreatorLimit };
type Clients = { readonly fleet: Fleet; readonly mock: Mock };

/** What project "arena" has: a battle with a seat on the shared fleet, one on its own, and a placement that waits. */
type Ids = {
  readonly battleSessionId: string;
  readonly processId: string;
  readonly ownProcessId: string;
  readonly placementId: string;
  readonly pendingId: string;
  readonly playerSessionId: string;
  readonly rosterVersion: number;
};

async function open({ concurrentSessions = 1, creatorLimit }: Wishes = {}) {
  const net = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  const world = await createFleetWorld({
    config: { ...config, fleets: config.fleets.map((fleet) => ({ ...fleet, creatorLimit })) },
    host: () => ({ concurrentSessions }),
    journal: createMemoryJournal(),
    serve: async (services) => ({ listening: net.serve("fleet", services), network: net.from("hosts") }),
  });
  const arena = clientsOf(net, "arena");
  const battle = await placeOn(world, arena, { queue: "shared", placementId: "arena_1" });
  const own = await placeOn(world, arena, { queue: "own", placementId: "arena_2" });
  await arena.fleet.startPlacement(startPlacementRequest({ queue: "shared", placementId: "arena_3" }));
  const ids: Ids = {
    battleSessionId: battle.battleSessionId,
    processId: battle.processId,
    ownProcessId: own.processId,
    ...{ placementId: "arena_1", pendingId: "arena_3" },
    playerSessionId: battle.playerSessions[0]?.playerSessionId ?? "",
    rosterVersion: battle.rosterVersion,
  };
  return { net, world, arena, ids };
}

function clientsOf(net: MemoryNetwork, project: string): Clients {
  const peer = net.from(project).connect("fleet", { project });
  return { fleet: peer.client(FleetServiceDefinition), mock: peer.client(MockFleetServiceDefinition) };
}

async function placeOn(world: FleetWorld, { fleet }: Clients, request: { queue: string; placementId: string }) {
  await fleet.startPlacement(startPlacementRequest(request));
  for (;;) {
    const { placement } = await fleet.describePlacement({ placementId: request.placementId });
    if (placement?.session) return await world.describe(placement.session.battleSessionId);
    await systemClock.sleep(2);
  }
}

const backfill = {
  ...{ backfillId: "bf_1", state: BackfillState.SEARCHING, strategy: BackfillStrategy.MAX_POSSIBLE },
  ...{ addPlayers: {}, progress: [], cause: BackfillCause.UNSPECIFIED, noLegalFill: false },
};
const update = { updateId: "u1", backfill: undefined, name: "mine" };
const creation = {
  ...{ fleet: "shared", capacity: 4, teams: [], name: "", properties: {}, data: "", creatorId: "", owner: "" },
  ...{ creationPolicy: CreationPolicy.UNSPECIFIED, battleSessionId: "", idempotencyToken: "" },
};
const filter = { owner: "", queue: "", placementIds: [], resumeToken: "" };

/** The first messages of a watch up to the end of its snapshot. */
async function snapshotOf(messages: AsyncIterable<{ readonly event?: { readonly $case: string } | undefined }>) {
  const told: unknown[] = [];
  for await (const { event } of messages) {
    if (event?.$case === "snapshotEnd") return told;
    if (event?.$case !== "snapshotBegin") told.push(event);
  }
  return told;
}

async function readAll(chunks: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

type Row = {
  readonly call: (clients: Clients, ids: Ids) => Promise<unknown>;
  /** The reason of the refusal, or an answer in which nothing of the other project stands. */
  readonly meets: string | object;
};

const calls: { readonly [Name in keyof Fleet | keyof Mock]: Row | readonly Row[] } = {
  startPlacement: [
    {
      call: ({ fleet }, { placementId }) =>
        fleet.startPlacement(startPlacementRequest({ placementId, queue: "shared" })),
      meets: "ID_REUSED",
    },
    { call: ({ fleet }) => fleet.startPlacement(startPlacementRequest({ queue: "own" })), meets: "QUEUE_NOT_FOUND" },
  ],
  startPlacements: {
    call: async ({ fleet }, { placementId }) => {
      const placement = startPlacementRequest({ placementId, queue: "shared" });
      return readAll(
        fleet.startPlacements(
          (async function* () {
            yield { placement };
          })(),
        ),
      );
    },
    meets: [{ placement: undefined, error: { reason: "ID_REUSED" } }],
  },
  stopPlacement: {
    call: ({ fleet }, { pendingId: placementId }) => fleet.stopPlacement({ placementId }),
    meets: "PLACEMENT_NOT_FOUND",
  },
  describePlacement: {
    call: ({ fleet }, { placementId }) => fleet.describePlacement({ placementId }),
    meets: "PLACEMENT_NOT_FOUND",
  },
  listPlacements: {
    call: ({ fleet }, { placementId }) =>
      fleet.listPlacements({ ...filter, placementIds: [placementId], includeEnded: true }),
    meets: { placements: [] },
  },
  watchPlacements: { call: ({ fleet }) => snapshotOf(fleet.watchPlacements(filter)), meets: [] },
  applyFill: {
    call: ({ fleet }, { battleSessionId, rosterVersion }) =>
      fleet.applyFill({
        ...{ fillId: "f1", battleSessionId, expectedRosterVersion: rosterVersion, newcomers: [player("eve", "red")] },
        ...{ backfill, toleratesLeavers: false, approvalTimeoutMs: 0, knownRevision: 0 },
      }),
    meets: "SERVER_SESSION_NOT_FOUND",
  },
  createPlayerSessions: {
    call: ({ fleet }, { battleSessionId, rosterVersion: expectedRosterVersion }) =>
      fleet.createPlayerSessions({
        requestId: "r1",
        battleSessionId,
        players: [player("eve", "red")],
        expectedRosterVersion,
      }),
    meets: "SERVER_SESSION_NOT_FOUND",
  },
  updateServerSession: {
    call: ({ fleet }, { battleSessionId }) => fleet.updateServerSession({ ...update, battleSessionId }),
    meets: "SERVER_SESSION_NOT_FOUND",
  },
  adoptSession: {
    call: ({ fleet }, { battleSessionId }) =>
      fleet.adoptSession({ battleSessionId, owner: "rival", matcherEndpoint: "m:1", capabilityKey: Buffer.alloc(32) }),
    meets: "SERVER_SESSION_NOT_FOUND",
  },
  createServerSession: [
    { call: ({ fleet }) => fleet.createServerSession({ ...creation, fleet: "own" }), meets: "FLEET_NOT_FOUND" },
    { call: ({ fleet }) => fleet.createServerSession({ ...creation, fleet: "way-in" }), meets: "FLEET_NOT_FOUND" },
    {
      call: ({ fleet }, { battleSessionId }) => fleet.createServerSession({ ...creation, battleSessionId }),
      meets: "ID_REUSED",
    },
  ],
  terminateServerSession: [false, true].map((force) => ({
    call: ({ fleet }: Clients, { battleSessionId }: Ids) => fleet.terminateServerSession({ battleSessionId, force }),
    meets: "SERVER_SESSION_NOT_FOUND",
  })),
  describeServerSessions: [
    {
      call: ({ fleet }, { battleSessionId }) =>
        fleet.describeServerSessions({ battleSessionIds: [battleSessionId], includeEnded: true }),
      meets: { sessions: [] },
    },
    {
      call: ({ fleet }) => fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true }),
      meets: { sessions: [] },
    },
  ],
  searchServerSessions: [
    {
      call: ({ fleet }) => fleet.searchServerSessions({ filter: "", sort: "", fleet: "", limit: 0, pageToken: "" }),
      meets: { sessions: [], nextPageToken: "" },
    },
    {
      call: ({ fleet }) => fleet.searchServerSessions({ filter: "", sort: "", fleet: "own", limit: 0, pageToken: "" }),
      meets: "FLEET_NOT_FOUND",
    },
  ],
  describePlayerSessions: [
    {
      call: ({ fleet }, { playerSessionId }) => fleet.describePlayerSessions(seats({ playerSessionId })),
      meets: { playerSessions: [] },
    },
    { call: ({ fleet }) => fleet.describePlayerSessions(seats({ playerId: "anna" })), meets: { playerSessions: [] } },
    {
      call: ({ fleet }, { battleSessionId }) => fleet.describePlayerSessions(seats({ battleSessionId })),
      meets: "SERVER_SESSION_NOT_FOUND",
    },
  ],
  describeProcesses: {
    call: ({ fleet }) => fleet.describeProcesses({ includeEnded: true }),
    meets: { processes: [{ fleet: "shared", battleSessionIds: [] }] },
  },
  watchSessions: { call: ({ fleet }) => snapshotOf(fleet.watchSessions({ owner: "", resumeToken: "" })), meets: [] },
  describeFleets: { call: ({ fleet }) => fleet.describeFleets({}), meets: { fleets: [{ name: "shared" }] } },
  describeRegions: { call: ({ fleet }) => fleet.describeRegions({}), meets: {} },
  scaleFleet: [
    { call: ({ fleet }) => fleet.scaleFleet({ fleet: "own", scaling: undefined }), meets: "FLEET_NOT_FOUND" },
    { call: ({ fleet }) => fleet.scaleFleet({ fleet: "shared", scaling: undefined }), meets: "NOT_PERMITTED" },
  ],
  drainFleet: [
    { call: ({ fleet }) => fleet.drainFleet({ fleet: "own", undo: false, force: true }), meets: "FLEET_NOT_FOUND" },
    { call: ({ fleet }) => fleet.drainFleet({ fleet: "shared", undo: false, force: true }), meets: "NOT_PERMITTED" },
  ],
  drainProcess: [
    {
      call: ({ fleet }, { ownProcessId: processId }) => fleet.drainProcess({ processId, force: true }),
      meets: "PROCESS_NOT_FOUND",
    },
    { call: ({ fleet }, { processId }) => fleet.drainProcess({ processId, force: true }), meets: "NOT_PERMITTED" },
  ],
  rollOutBuild: [
    {
      call: ({ fleet }) => fleet.rollOutBuild({ fleet: "own", build: "", mode: RolloutMode.SOFT }),
      meets: "FLEET_NOT_FOUND",
    },
    {
      call: ({ fleet }) => fleet.rollOutBuild({ fleet: "shared", build: "", mode: RolloutMode.SOFT }),
      meets: "NOT_PERMITTED",
    },
  ],
  putAlias: {
    call: ({ fleet }) =>
      fleet.putAlias({ alias: { name: "way-in", target: { target: { $case: "fleet", value: "shared" } } } }),
    meets: "NOT_PERMITTED",
  },
  deleteAlias: { call: ({ fleet }) => fleet.deleteAlias({ name: "way-in" }), meets: "NOT_PERMITTED" },
  describeAliases: { call: ({ fleet }) => fleet.describeAliases({}), meets: { aliases: [] } },
  erasePlayer: { call: ({ fleet }) => fleet.erasePlayer({ playerId: "anna" }), meets: "NOT_PERMITTED" },
  readProcessLog: [
    {
      call: ({ mock }, { processId }) => readAll(mock.readProcessLog({ processId, tailBytes: 0, follow: false })),
      meets: "PROCESS_NOT_FOUND",
    },
    {
      call: ({ mock }, { ownProcessId: processId }) =>
        readAll(mock.readProcessLog({ processId, tailBytes: 0, follow: false })),
      meets: "PROCESS_NOT_FOUND",
    },
  ],
  addFault: { call: ({ mock }) => mock.addFault({ fault: undefined }), meets: "NOT_PERMITTED" },
  listFaults: { call: ({ mock }) => mock.listFaults({}), meets: "NOT_PERMITTED" },
  removeFault: { call: ({ mock }) => mock.removeFault({ faultId: "f1" }), meets: "NOT_PERMITTED" },
  restartServers: [
    { call: ({ mock }) => mock.restartServers({ fleet: "own", reason: "", graceMs: 0 }), meets: "FLEET_NOT_FOUND" },
    { call: ({ mock }) => mock.restartServers({ fleet: "shared", reason: "", graceMs: 0 }), meets: "NOT_PERMITTED" },
  ],
  advanceClock: { call: ({ mock }) => mock.advanceClock({ byMs: 1_000 }), meets: "NOT_PERMITTED" },
};

function seats(question: object) {
  const none = { battleSessionId: "", playerId: "", playerSessionId: "", limit: 0, pageToken: "" };
  return { ...none, state: PlayerSessionState.UNSPECIFIED, ...question };
}

/** Everything that the fleet tells of itself to whoever may see all. */
async function lookAtAll({ fleet }: FleetWorld): Promise<unknown> {
  return {
    placements: await fleet.listPlacements({ ...filter, includeEnded: true }),
    sessions: await fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true }),
    seats: await fleet.describePlayerSessions(seats({ playerId: "anna" })),
    processes: await fleet.describeProcesses({ includeEnded: true }),
    fleets: await fleet.describeFleets({}),
    aliases: await fleet.describeAliases({}),
  };
}

test("what a rival names of a project, by any method, is unknown to it and stays as it is", async () => {
  const { net, world, ids } = await open();
  await using _ = world;
  const rival = clientsOf(net, "rival");
  const before = await lookAtAll(world);
  for (const [name, rows] of Object.entries(calls)) {
    for (const { call, meets } of [rows].flat()) {
      const outcome = await call(rival, ids).catch((error: unknown) => toMusterError(error));
      const said = outcome instanceof Error ? (outcome as MusterError).reason : outcome;
      if (typeof meets === "string") expect([name, said]).toEqual([name, meets]);
      else expect({ [name]: said }).toMatchObject({ [name]: meets });
      const secrets = [ids.battleSessionId, ids.playerSessionId, ids.ownProcessId];
      for (const id of secrets) if (typeof meets !== "string") expect(JSON.stringify(outcome)).not.toContain(id);
    }
  }
  expect(await lookAtAll(world)).toEqual(before);
});

test("the table of the test above has every method that the fleet gives rights to, but the sidecars' own", () => {
  const ofFleet = [...rights.keys()].filter((path) => /\/muster\.(?:fleet|mockfleet)\./.test(path));
  const methods = ofFleet.map((path) => path.slice(path.lastIndexOf("/") + 1)).filter((name) => name !== "Attach");
  const named = Object.keys(calls).map((name) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`);
  expect(named.toSorted()).toEqual(methods.toSorted());
});

test("the default project is one like the others, and runs what projects share", async () => {
  const { net, world, ids } = await open();
  await using _ = world;
  const { fleet } = clientsOf(net, "default");
  await expect(fleet.describePlacement({ placementId: ids.placementId })).rejects.toThrow("knows none");
  expect(await fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true })).toEqual({ sessions: [] });
  await expect(fleet.drainFleet({ fleet: "own", undo: false, force: false })).rejects.toThrow();
  expect((await fleet.drainFleet({ fleet: "shared", undo: false, force: false })).fleet?.drained).toBe(true);
});

test("a project sees, fills and ends its own, and its placements go to its own fleet", async () => {
  const { net, world, arena, ids } = await open();
  await using _ = world;
  const { sessions } = await arena.fleet.describeServerSessions({ battleSessionIds: [], includeEnded: false });
  expect(sessions.map(({ fleet }) => fleet).toSorted()).toEqual(["own", "shared"]);
  const { battleSessionId, rosterVersion: expectedRosterVersion } = ids;
  await arena.fleet.createPlayerSessions({
    ...{ requestId: "r1", battleSessionId, players: [player("cleo", "red")], expectedRosterVersion },
  });
  await arena.fleet.terminateServerSession({ battleSessionId, force: false });
  await world.seeSession(battleSessionId, ({ state }) => state === "TERMINATED");
  // The placement that waited takes the shared process; the next one of the default project finds its own fleet barred.
  const { fleet } = clientsOf(net, "default");
  await fleet.startPlacement(startPlacementRequest({ queue: "both", placementId: "mine" }));
  const { placements } = await fleet.listPlacements({ ...filter, includeEnded: true });
  expect(placements.map(({ placementId }) => placementId)).toEqual(["mine"]);
  const told = await snapshotOf(fleet.watchSessions({ owner: "", resumeToken: "" }));
  expect(told).toMatchObject([{ $case: "placement", value: { placementId: "mine" } }]);
});

test("requests, tokens and creators of one name are others in another project, on one process too", async () => {
  const { net, world } = await open({ concurrentSessions: 8, creatorLimit: { sessionsMax: 1, periodMs: 60_000 } });
  await using _ = world;
  const owned = await Promise.all(
    ["arena", "rival"].map(async (project) => {
      const { fleet } = clientsOf(net, project);
      const request = { ...creation, idempotencyToken: "t1", creatorId: "ann" };
      const { session } = await fleet.createServerSession(request);
      const battleSessionId = session?.battleSessionId ?? "";
      await world.seeSession(battleSessionId, ({ state }) => state === "ACTIVE");
      expect((await fleet.createServerSession(request)).session?.battleSessionId).toBe(battleSessionId);
      const again = fleet.createServerSession({ ...request, idempotencyToken: "t2" });
      await expect(again).rejects.toThrow("one creator may create 1");
      const seat = { requestId: "r1", battleSessionId, players: [player(project)], expectedRosterVersion: 0 };
      await fleet.createPlayerSessions(seat);
      const { session: seated } = await fleet.createPlayerSessions(seat);
      expect(seated?.playerSessions.map(({ playerId }) => playerId)).toEqual([project]);
      await fleet.updateServerSession({ ...update, battleSessionId, name: project });
      return { fleet, battleSessionId, processId: session?.processId };
    }),
  );
  const [first, second] = owned;
  expect(first?.processId).toBe(second?.processId);
  for (const { fleet, battleSessionId } of owned) {
    await expect(fleet.terminateServerSession({ battleSessionId, force: true })).rejects.toThrow("another project");
  }
});
