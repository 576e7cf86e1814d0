// What a sidecar that lies, repeats, or floods can do to the fleet over real sockets: nothing to another process, nothing to
// what was decided before, and nobody else waits for it.
import { createSeededRandom, systemClock } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import type { BattleSession } from "@muster/proto";
import { type AttachRequest, type Hello, HostServiceDefinition } from "@muster/proto/fleet";
import { createMemoryNetwork } from "@muster/proto/rpc";
import { expect, test } from "vitest";
import { createFleetWorld, type FleetWorld } from "./fleet-world.ts";
import { frameOf, openRawCall } from "./raw-call.fixture.ts";
import type { HostCommandBody } from "./simulated/simulated-sidecar.ts";
import { createSimulatedHost, type SimulatedHost } from "./simulated-host.ts";

const ATTACH = "/muster.fleet.v1.HostService/Attach";
const LONG = "x".repeat(900_000);
const seatOf = (session: BattleSession, index = 0) => session.playerSessions[index]?.playerSessionId ?? "";
const accept = (playerSessionId: string, more: object = {}): HostCommandBody => ({
  $case: "acceptSeat",
  value: { playerSessionId, requestId: "r1", reconnectSecret: "", givenReconnectSecret: "", ...more },
});
const reasonOf = async (host: SimulatedHost, body: HostCommandBody, commandId?: string) =>
  (await host.command(body, commandId)).error?.reason;

const ofOthers: readonly { name: string; body: (theirs: BattleSession) => HostCommandBody; reason: string }[] = [
  {
    name: "activate",
    body: ({ battleSessionId }) => ({ $case: "activateSession", value: { battleSessionId } }),
    reason: "SERVER_SESSION_NOT_FOUND",
  },
  {
    name: "end",
    body: ({ battleSessionId }) => ({ $case: "endSession", value: { battleSessionId } }),
    reason: "SERVER_SESSION_NOT_FOUND",
  },
  {
    name: "close to players",
    body: ({ battleSessionId }) => ({ $case: "changeCreationPolicy", value: { battleSessionId, creationPolicy: 2 } }),
    reason: "SERVER_SESSION_NOT_FOUND",
  },
  {
    name: "report of",
    body: ({ battleSessionId }) => ({
      $case: "reportCustomData",
      value: { battleSessionId, customData: { currentCount: 1, maxCount: 2 } },
    }),
    reason: "SERVER_SESSION_NOT_FOUND",
  },
  { name: "accept into", body: (theirs) => accept(seatOf(theirs)), reason: "PLAYER_SESSION_NOT_FOUND" },
  {
    name: "disconnect from",
    body: (theirs) => ({ $case: "disconnectSeat", value: { playerSessionId: seatOf(theirs) } }),
    reason: "PLAYER_SESSION_NOT_FOUND",
  },
  {
    name: "remove from",
    body: (theirs) => ({ $case: "removeSeat", value: { playerSessionId: seatOf(theirs) } }),
    reason: "PLAYER_SESSION_NOT_FOUND",
  },
];

test("no process touches a session or a seat of another", async () => {
  await using world = await createFleetWorld();
  const mine = await world.place();
  const theirs = await world.place();
  const host = world.hostOf(mine);
  for (const { name, body, reason } of ofOthers) expect(await reasonOf(host, body(theirs)), name).toBe(reason);
  host.attach({ carriedOut: [{ commandId: "own1", command: accept(seatOf(theirs)) }] });
  await host.until(() => host.welcomes.length === 2);
  expect(await reasonOf(host, accept(seatOf(theirs)), "own1")).toBe("PLAYER_SESSION_NOT_FOUND");
  expect(await world.describe(theirs.battleSessionId)).toEqual(theirs);
});

const malformed: readonly { name: string; body: HostCommandBody; commandId?: string; reason: string }[] = [
  { name: "no id", body: accept("ps_1"), commandId: "", reason: "ID_MALFORMED" },
  {
    name: "a malformed session id",
    body: { $case: "endSession", value: { battleSessionId: "a b" } },
    reason: "ID_MALFORMED",
  },
  { name: "a malformed seat", body: accept("ps_1\n"), reason: "FIELD_INVALID" },
  { name: "no request id", body: accept("ps_1", { requestId: "" }), reason: "ID_MALFORMED" },
  { name: "a secret of 900,000", body: accept("ps_1", { reconnectSecret: LONG }), reason: "FIELD_INVALID" },
  {
    name: "a secret to keep of 900,000",
    body: accept("ps_1", { givenReconnectSecret: LONG }),
    reason: "FIELD_INVALID",
  },
  { name: "pid 0", body: { $case: "processStarted", value: { pid: 0 } }, reason: "FIELD_INVALID" },
  {
    name: "a million sessions at once",
    body: { $case: "processReady", value: { ports: {}, concurrentSessions: 1_000_000 } },
    reason: "FIELD_INVALID",
  },
  {
    name: "no policy",
    body: { $case: "changeCreationPolicy", value: { battleSessionId: "bs_1", creationPolicy: 0 } },
    reason: "FIELD_INVALID",
  },
  {
    name: "no numbers",
    body: { $case: "reportCustomData", value: { battleSessionId: "bs_1", customData: undefined } },
    reason: "FIELD_INVALID",
  },
  {
    name: "a count below 0",
    body: {
      $case: "reportCustomData",
      value: { battleSessionId: "bs_1", customData: { currentCount: -1, maxCount: 1 } },
    },
    reason: "FIELD_INVALID",
  },
];

test("a malformed command is refused, and the stream goes on", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const host = world.hostOf(session);
  for (const { name, body, commandId, reason } of malformed) {
    expect(await reasonOf(host, body, commandId), name).toBe(reason);
  }
  expect(await world.describe(session.battleSessionId)).toEqual(session);
  expect(host.welcomes.length).toBe(1);
});

test("an id of a command belongs to one command", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const host = world.hostOf(session);
  const first = await host.command(accept(seatOf(session)), "once");
  expect(await reasonOf(host, accept(seatOf(session, 1)), "once")).toBe("ID_REUSED");
  expect(await host.command(accept(seatOf(session)), "once")).toEqual(first);
  const states = (await world.describe(session.battleSessionId)).playerSessions.map(({ state }) => state);
  expect(states).toEqual(["ACTIVE", "RESERVED"]);
});

test("a seat is taken once, and given back only to whom it was given", async () => {
  await using world = await createFleetWorld({ host: () => ({ activates: false }) });
  const loading = await world
    .seeEvent(({ event }) => event?.$case === "snapshotEnd")
    .then(async () => {
      const placing = world.place();
      const { event } = await world.seeEvent(({ event: one }) => one?.$case === "session");
      if (event?.$case !== "session") throw new Error("no session");
      return { placing, battleSessionId: event.value.battleSessionId, processId: event.value.processId };
    });
  const host = world.hosts.find(({ processId }) => processId === loading.processId);
  if (!host) throw new Error("no host");
  const { battleSessionId } = loading;
  await host.until(() => host.started.length === 1);
  expect(await reasonOf(host, accept("ps_early"))).toBe("PLAYER_SESSION_NOT_FOUND");
  expect(await reasonOf(host, { $case: "activateSession", value: { battleSessionId } })).toBeUndefined();
  const session = await loading.placing;
  expect(await reasonOf(host, { $case: "activateSession", value: { battleSessionId } })).toBeUndefined();
  const [anna, ben] = [seatOf(session), seatOf(session, 1)];
  const ofBen = (await host.command(accept(ben, { requestId: "rb" }))).acceptedSeat?.reconnectSecret;
  const ofAnna = (await host.command(accept(anna))).acceptedSeat?.reconnectSecret;
  expect(await reasonOf(host, accept(anna, { requestId: "r2", reconnectSecret: ofAnna }))).toBe(
    "PLAYER_SESSION_ALREADY_ACCEPTED",
  );
  await host.command({ $case: "disconnectSeat", value: { playerSessionId: anna } });
  for (const reconnectSecret of ["", "rs_guess", ofBen, `${ofAnna}x`, ofAnna?.slice(1)]) {
    expect(await reasonOf(host, accept(anna, { requestId: "r3", reconnectSecret }))).toBe("RECONNECT_SECRET_WRONG");
  }
  const before = await world.describe(battleSessionId);
  const remove: HostCommandBody = { $case: "removeSeat", value: { playerSessionId: anna } };
  expect([await reasonOf(host, remove), await reasonOf(host, remove)]).toEqual([undefined, undefined]);
  expect(await reasonOf(host, accept(anna, { requestId: "r4", reconnectSecret: ofAnna }))).toBe("PLAYER_SESSION_ENDED");
  const after = await world.describe(battleSessionId);
  expect([after.revision, after.rosterVersion]).toEqual([before.revision + 1, before.rosterVersion + 1]);
  expect(await reasonOf(host, { $case: "endSession", value: { battleSessionId } })).toBeUndefined();
  expect(await reasonOf(host, accept(ben, { requestId: "r5" }))).toBe("PLAYER_SESSION_ENDED");
  expect(await reasonOf(host, { $case: "activateSession", value: { battleSessionId } })).toBe("PHASE_CONFLICT");
});

test("a player who comes and goes a thousand times takes one seat", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const host = world.hostOf(session);
  const playerSessionId = seatOf(session);
  const { acceptedSeat } = await host.command(accept(playerSessionId));
  const reconnectSecret = acceptedSeat?.reconnectSecret;
  const rounds = Array.from({ length: 1_000 }, async (_, round) => {
    const gone = host.command({ $case: "disconnectSeat", value: { playerSessionId } });
    const back = host.command(accept(playerSessionId, { requestId: `back${round}`, reconnectSecret }));
    return [(await gone).error, (await back).error];
  });
  expect((await Promise.all(rounds)).flat().filter((error) => error !== undefined)).toEqual([]);
  const after = await world.describe(session.battleSessionId);
  expect(after).toMatchObject({ revision: session.revision + 2_001, rosterVersion: session.rosterVersion });
  expect(after.playerSessions.map(({ state }) => state)).toEqual(["ACTIVE", "RESERVED"]);
});

test("acknowledgements and revisions of the future bring the whole session, and change nothing", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const host = world.hostOf(session);
  const { battleSessionId } = session;
  for (const revision of [0, 999, Number.MAX_SAFE_INTEGER]) {
    host.send({ message: { $case: "acknowledge", value: { battleSessionId, revision } } });
    host.send({ message: { $case: "acknowledge", value: { battleSessionId: LONG.slice(0, 1_000), revision } } });
  }
  host.attach({
    knownSessions: [
      { battleSessionId, revision: 999 },
      { battleSessionId: "bs_none", revision: 1 },
    ],
  });
  await host.until(() => host.started.length === 2);
  expect(host.started[1]?.session?.revision).toBe(session.revision);
  expect(host.welcomes[1]?.endedSessionIds).toEqual(["bs_none"]);
  expect(await world.describe(battleSessionId)).toEqual(session);
});

test("a flood of heartbeats and of nothings holds nobody up", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const host = world.hostOf(session);
  for (let count = 0; count < 10_000; count += 1) {
    host.send({ message: { $case: "heartbeat", value: {} } });
    host.send({ message: undefined });
  }
  await world.place();
  expect(await reasonOf(host, accept(seatOf(session)))).toBeUndefined();
  expect(host.welcomes.length).toBe(1);
});

test("Hello comes once; whoever says it again starts anew", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1 } });
  const session = await world.place();
  const host = world.hostOf(session);
  host.send({ message: { $case: "hello", value: helloOf(world) } });
  await host.until(() => host.lastError?.reason === "FIELD_INVALID");
  host.attach();
  await host.until(() => host.welcomes.length === 2);
  expect(await reasonOf(host, accept(seatOf(session)))).toBeUndefined();
});

const badHellos: readonly { name: string; hello: Partial<Hello>; reason: string }[] = [
  { name: "a secret of 900,000", hello: { secret: LONG }, reason: "FIELD_INVALID" },
  { name: "a fleet of 900,000", hello: { fleet: LONG }, reason: "FIELD_INVALID" },
  { name: "a pid below 0", hello: { pid: -1 }, reason: "FIELD_INVALID" },
  { name: "a malformed process", hello: { processId: "a b" }, reason: "ID_MALFORMED" },
  {
    name: "a malformed session",
    hello: { knownSessions: [{ battleSessionId: "", revision: 1 }] },
    reason: "ID_MALFORMED",
  },
  {
    name: "a port too high",
    hello: { ready: { ports: { game: 65_536 }, concurrentSessions: 1 } },
    reason: "FIELD_INVALID",
  },
  {
    name: "a port's name of 900,000",
    hello: { ready: { ports: { [LONG]: 1 }, concurrentSessions: 1 } },
    reason: "FIELD_INVALID",
  },
  { name: "a replayed incarnation", hello: { incarnation: 0 }, reason: "PROCESS_FENCED" },
  { name: "a replayed generation", hello: { attachGeneration: 1 }, reason: "PROCESS_FENCED" },
];

test("a bad Hello is refused shortly, and leaves the process to its sidecar", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1 } });
  const host = world.hostOf(await world.place());
  host.attach();
  await host.until(() => host.welcomes.length === 2);
  const [launch] = world.launches;
  if (!launch) throw new Error("nothing was launched");
  for (const { name, hello, reason } of badHellos) {
    const { network, address: hostAddress } = world;
    const stranger = createSimulatedHost({
      network,
      launch: { ...launch, hostAddress },
      hello: { attachGeneration: 9, ...hello },
    });
    await stranger.until(() => stranger.lastError !== undefined);
    expect(stranger.lastError?.reason, name).toBe(reason);
    expect(stranger.lastError?.message.length, name).toBeLessThan(512);
    stranger.die();
  }
  expect(host.lastError).toBeUndefined();
});

for (const { name, chunks } of [
  { name: "garbage", chunks: [frameOf(Buffer.from([0xff, 0xfe, 1, 2]))] },
  { name: "nothing", chunks: [] },
  { name: "an empty message", chunks: [frameOf(Buffer.alloc(0))] },
]) {
  test(`Attach given ${name} ends with INVALID_ARGUMENT`, async () => {
    await using world = await createFleetWorld();
    using call = openRawCall(world.address, ATTACH, chunks);
    expect((await call.answer()).status).toBe("3");
    await world.place();
  });
}

test("a stream without Hello is ended", async () => {
  const network = createMemoryNetwork({ clock: systemClock, random: createSeededRandom(1) });
  const clock = createVirtualClock();
  await using _world = await createFleetWorld({
    clock,
    fleet: { processes: 0 },
    serve: async (services) => ({ listening: network.serve("fleet", services), network: network.from("elsewhere") }),
  });
  const peer = network.from("stranger").connect("fleet");
  const silence: AsyncIterable<AttachRequest> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  };
  const answer = peer.client(HostServiceDefinition).attach(silence)[Symbol.asyncIterator]().next();
  let ended: string | undefined;
  answer.catch((error: { reason: string }) => {
    ended = error.reason;
  });
  while (ended === undefined) await clock.advance(1_000);
  expect(ended).toBe("DEADLINE_PASSED");
});

function helloOf({ launches: [launch] }: FleetWorld): Hello {
  return {
    processId: launch?.processId ?? "",
    incarnation: 1,
    attachGeneration: 9,
    secret: launch?.secret ?? "",
    fleet: launch?.fleet.name ?? "",
    sidecarVersion: "",
    pid: 0,
    knownSessions: [],
    ready: undefined,
    carriedOut: [],
  };
}
