// The stream of a sidecar over real sockets: who is let in, what is delivered, and what a return brings.
import { createHmac } from "node:crypto";
import type { BattleSession, Reason } from "@muster/proto";
import { expect, test } from "vitest";
import { createFleetWorld, player } from "../fleet-world.ts";
import { createSimulatedHost, type SimulatedHost } from "../simulated-host.ts";

const known = (host: SimulatedHost, session: BattleSession) => host.sessions.get(session.battleSessionId);

const strangers: readonly { name: string; hello: object; reason: Reason }[] = [
  { name: "an unknown process", hello: { processId: "proc_unknown" }, reason: "PROCESS_NOT_FOUND" },
  { name: "a wrong secret", hello: { secret: "wrong" }, reason: "CREDENTIALS_INVALID" },
  { name: "no secret", hello: { secret: "" }, reason: "CREDENTIALS_INVALID" },
  { name: "an unknown fleet", hello: { fleet: "nowhere" }, reason: "FLEET_NOT_FOUND" },
  { name: "another incarnation", hello: { incarnation: 0 }, reason: "PROCESS_FENCED" },
  { name: "no generation", hello: { attachGeneration: 0 }, reason: "FIELD_INVALID" },
  { name: "an older attachment", hello: { attachGeneration: 1 }, reason: "PROCESS_FENCED" },
];

test("Attach refuses whoever is not the process's newest sidecar", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1 } });
  const host = world.hostOf(await world.place());
  host.attach();
  await host.until(() => host.welcomes.length === 2);
  const [launch] = world.launches;
  if (!launch) throw new Error("nothing was launched");
  for (const { name, hello, reason } of strangers) {
    const stranger = createSimulatedHost({
      network: world.network,
      launch: { ...launch, hostAddress: world.address, ...hello } as typeof launch,
      hello,
    });
    await stranger.until(() => stranger.lastError !== undefined);
    expect(stranger.lastError?.reason, name).toBe(reason);
    stranger.die();
  }
  expect(host.lastError).toBeUndefined();
});

test("a stream that does not begin with Hello is refused", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1 } });
  const host = world.hostOf(await world.place());
  host.send({ message: { $case: "heartbeat", value: {} } });
  host.detach();
  host.attachWith({ message: { $case: "heartbeat", value: {} } });
  await host.until(() => host.lastError?.reason === "FIELD_INVALID");
  host.die();
});

test("Welcome tells what the sidecar must know", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1 } });
  const host = world.hostOf(await world.place());
  expect(host.welcomes[0]).toMatchObject({
    region: "eu",
    address: { host: "127.0.0.1", ports: { game: 27_500 } },
    healthIntervalMs: 5_000,
    healthTimeoutMs: 2_500,
    healthMissesMax: 3,
    hostLostAfterMs: 120_000,
    heartbeatIntervalMs: 3_750,
  });
});

test("Welcome to a debugged process asks for no health checks", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1, debug: true } });
  const host = world.hostOf(await world.place());
  expect(host.welcomes[0]).toMatchObject({ healthIntervalMs: 0 });
  const { processes } = await world.fleet.describeProcesses({ includeEnded: false });
  const { fleets } = await world.fleet.describeFleets({});
  expect([processes[0]?.debug, fleets[0]?.debug]).toEqual([true, true]);
});

test("StartSession carries the capability of this session, process and incarnation", async () => {
  await using world = await createFleetWorld();
  const session = await world.place({ capabilityKey: new Uint8Array([7, 8, 9]) });
  const host = world.hostOf(session);
  const capability = createHmac("sha256", Buffer.from([7, 8, 9]))
    .update(`${session.battleSessionId}:${session.processId}:1`)
    .digest("base64url");
  expect(host.started[0]).toMatchObject({ capability, matcherEndpoint: "127.0.0.1:7410" });
});

test("a second attachment of a process ends the first with PROCESS_FENCED", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1 } });
  const host = world.hostOf(await world.place());
  const [launch] = world.launches;
  if (!launch) throw new Error("nothing was launched");
  const successor = createSimulatedHost({
    network: world.network,
    launch: { ...launch, hostAddress: world.address },
  });
  await host.until(() => host.lastError?.reason === "PROCESS_FENCED");
  successor.die();
  host.die();
});

test("a sidecar that was away gets the differences, in order and once", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const host = world.hostOf(session);
  await host.until(() => known(host, session)?.revision === 2);
  host.detach();
  for (const [index, name] of ["cleo", "dana"].entries()) {
    await world.fill(session, { expectedRosterVersion: 2 + index, newcomers: [player(name, index ? "blue" : "red")] });
  }
  host.attach();
  await host.until(() => known(host, session)?.revision === 4);
  const id = session.battleSessionId;
  expect(host.seen).toEqual([`${id} 1`, `${id} 2`, `${id} 3`, `${id} 4`]);
  expect(host.started.length).toBe(1);
  expect(known(host, session)).toEqual(await world.describe(id));
});

test("a sidecar that knows nothing gets the whole session", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const host = world.hostOf(session);
  host.detach();
  host.attach({ knownSessions: [] });
  await host.until(() => host.started.length === 2);
  expect(host.started[1]?.session).toMatchObject({ revision: 2, state: 2 });
});

test("a sidecar is told which of its sessions are over", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const host = world.hostOf(session);
  await host.command({ $case: "endSession", value: { battleSessionId: session.battleSessionId } });
  host.detach();
  host.attach({ knownSessions: [{ battleSessionId: session.battleSessionId, revision: 2 }] });
  await host.until(() => host.welcomes.length === 2);
  expect(host.welcomes[1]?.endedSessionIds).toEqual([session.battleSessionId]);
});

test("what the sidecar did on its own is applied when it returns", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const host = world.hostOf(session);
  host.detach();
  const playerSessionId = session.playerSessions[0]?.playerSessionId ?? "";
  const given = { reconnectSecret: "", givenReconnectSecret: "rs_mine" };
  const accept = { playerSessionId, requestId: "r1", ...given };
  host.attach({ carriedOut: [{ commandId: "own1", command: { $case: "acceptSeat", value: accept } }] });
  await host.until(() => known(host, session)?.revision === 3);
  expect((await world.describe(session.battleSessionId)).playerSessions[0]?.state).toBe("ACTIVE");
  const result = await host.command({ $case: "acceptSeat", value: accept }, "own1");
  expect(result.acceptedSeat).toMatchObject({ reconnectSecret: "rs_mine", battleSessionId: session.battleSessionId });
});

test("a command is answered with its result, or the reason and metadata of its refusal", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const host = world.hostOf(session);
  const playerSessionId = session.playerSessions[0]?.playerSessionId ?? "";
  const refused = await host.command({ $case: "disconnectSeat", value: { playerSessionId } });
  expect(refused.error).toMatchObject({ reason: "PHASE_CONFLICT", metadata: { phase: "RESERVED" } });
  const accept = { playerSessionId, requestId: "r1", reconnectSecret: "", givenReconnectSecret: "" };
  const accepted = await host.command({ $case: "acceptSeat", value: accept }, "accept");
  expect(accepted).toMatchObject({ error: undefined, acceptedSeat: { playerSession: { playerSessionId, state: 2 } } });
  expect(await host.command({ $case: "acceptSeat", value: accept }, "accept")).toEqual(accepted);
  const disconnected = await host.command({ $case: "disconnectSeat", value: { playerSessionId } });
  expect(disconnected.seatExpiresAt?.getTime()).toBeGreaterThan(Date.now() + 50_000);
  const malformed = await host.command({ $case: "processStarted", value: { pid: -1 } });
  expect(malformed.error).toMatchObject({ reason: "FIELD_INVALID", metadata: { field: "process_started.pid" } });
});

test("the exit of a process reaches the feed, ends its stream and has it replaced", async () => {
  await using world = await createFleetWorld({ fleet: { processes: 1 } });
  const session = await world.place();
  const host = world.hostOf(session);
  const result = await host.command({ $case: "processExited", value: { how: "SIGSEGV" } });
  expect(result.error).toBeUndefined();
  await host.until(() => host.lastError?.reason === "PROCESS_FENCED");
  expect(await world.describe(session.battleSessionId)).toMatchObject({
    state: "TERMINATED",
    endCause: "PROCESS_CRASHED",
  });
  const next = await world.place();
  expect(next.processId).not.toBe(session.processId);
});
