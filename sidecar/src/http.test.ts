// A game without gRPC: its whole contract by fetch, its watch as server-sent events that go on where they were.
import { createSeededRandom, systemClock } from "@muster/kit";
import { type BattleSession, type MusterError, writeBattleSession, writeSessionChange } from "@muster/proto";
import { grpcNetwork, serveGrpc } from "@muster/proto/grpc";
import { type HttpErrorBody, serveHttp } from "@muster/proto/http";
import { expect, test } from "vitest";
import { createScriptedFleet } from "./scripted-fleet.fixture.ts";
import { createSidecar } from "./sidecar.ts";

const battle = {
  ...{ battleSessionId: "bs_1", revision: 1, rosterVersion: 1, state: "ACTIVE", teams: [], capacity: 3 },
  playerSessions: [{ playerSessionId: "ps_1", playerId: "ann", state: "RESERVED", attributes: { skill: 5 } }],
  ...{ properties: { map: "dust" }, data: "", creationPolicy: "ACCEPT_ALL", processId: "proc_1", incarnation: 1 },
  ...{ fleet: "arena", region: "local", createdAtMs: 0, unreachable: false },
} as unknown as BattleSession;

async function start() {
  const stack = new AsyncDisposableStack();
  const fleet = createScriptedFleet();
  const fleetServer = stack.use(await serveGrpc({ bind: "127.0.0.1:0", services: fleet.services, drainMs: 20 }));
  const sidecar = createSidecar({
    ...{ clock: systemClock, random: createSeededRandom(7), network: grpcNetwork, log: () => undefined },
    ...{ fleetAddress: fleetServer.address, fleet: "arena", processId: "proc_1", incarnation: 1, secret: "s3cret" },
    ...{ token: "t0ken", matchers: [], ready: undefined, features: ["HTTP"] },
    nextAttachGeneration: () => 1,
    onReady: () => undefined,
  });
  stack.use(sidecar);
  const server = stack.use(await serveHttp({ bind: "127.0.0.1:0", services: sidecar.services, drainMs: 20 }));
  const stop = new AbortController();
  const running = sidecar.run(stop.signal).catch((error: MusterError) => error);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  while (sidecar.awaySinceMs !== undefined) await systemClock.sleep(5);
  const url = (method: string) => `http://${server.address}/muster.sdk.v1.GameServerService/${method}`;
  const headers = { authorization: "Bearer t0ken", "content-type": "application/json" };
  const call = async (method: string, request: object = {}) => {
    const response = await fetch(url(method), { method: "POST", headers, body: JSON.stringify(request) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> & HttpErrorBody };
  };
  /** Opens a watch; `take` resolves with its next event. */
  const watch = async (lastEventId?: string) => {
    const leave = new AbortController();
    const more = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const response = await fetch(`${url("Watch")}?sdkName=test`, {
      headers: { ...headers, ...more },
      signal: leave.signal,
    });
    const events = readEvents(response);
    const take = async () => (await events.next()).value as { id: string | undefined; data: Record<string, object> };
    return { take, leave: () => leave.abort() };
  };
  return { fleet, sidecar, call, watch, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function* readEvents(response: Response) {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString("utf8");
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field("data");
      if (data !== undefined) yield { id: field("id"), data: JSON.parse(data) as Record<string, object> };
    }
  }
}

test("a game lives through a battle by JSON, and its watch goes on after the last event that it read", async () => {
  await using world = await start();
  const { fleet, call, watch } = world;
  const first = await watch();
  expect(await first.take()).toMatchObject({
    id: "-",
    data: { opened: { processId: "proc_1", features: expect.anything() } },
  });
  expect(await call("ProcessReady", { ports: { game: 7500 } })).toEqual({ status: 200, body: {} });
  const activateBy = new Date(60_000);
  const value = {
    session: writeBattleSession(battle),
    activateBy,
    matcherEndpoint: "",
    capability: "",
    traceparents: [],
  };
  fleet.send({ $case: "startSession", value });
  const started = await first.take();
  expect(started).toMatchObject({
    id: "bs_1=1",
    data: {
      sessionSnapshot: {
        session: { state: "ACTIVE", playerSessions: [{ playerId: "ann", attributes: { skill: 5 } }] },
      },
    },
  });
  expect(await call("DescribePlayerSessions", { playerId: "ann" })).toMatchObject({
    body: { playerSessions: [{ battleSessionId: "bs_1", playerSession: { state: "RESERVED" } }] },
  });
  first.leave();
  const change = { battleSessionId: "bs_1", revision: 2, rosterVersion: 1, reason: "BACKFILL_UPDATED" };
  const empty = { added: [], updated: [], removed: [] };
  fleet.send({ $case: "sessionChange", value: writeSessionChange({ ...change, ...empty } as never) });
  const second = await watch(started.id);
  await second.take();
  expect(await second.take()).toEqual({
    id: "bs_1=2",
    data: {
      battleSessionUpdated: { battleSessionId: "bs_1", revision: 2, rosterVersion: 1, reason: "BACKFILL_UPDATED" },
    },
  });
  expect(
    await call("UpdatePlayerSessionCreationPolicy", { battleSessionId: "bs_1", creationPolicy: "DENY_ALL" }),
  ).toEqual({
    status: 200,
    body: {},
  });
  expect((await call("ReportCustomData", { battleSessionId: "bs_1", currentCount: 1, maxCount: 3 })).status).toBe(200);
  expect((await call("TerminateBattleSession", { battleSessionId: "bs_1" })).status).toBe(200);
  expect((await call("ProcessEnding")).status).toBe(200);
  expect(fleet.commands.map(({ command }) => command?.$case)).toEqual([
    "processReady",
    "changeCreationPolicy",
    "reportCustomData",
    "endSession",
    "processEnding",
  ]);
  second.leave();
});

test("a second watch takes the place of the first, which hears why", async () => {
  await using world = await start();
  const first = await world.watch();
  await first.take();
  const second = await world.watch();
  await second.take();
  expect(await first.take()).toMatchObject({ data: { reason: "PHASE_CONFLICT", status: "FAILED_PRECONDITION" } });
  second.leave();
});

test("what is refused over gRPC is refused over HTTP, for the same reason", async () => {
  await using world = await start();
  expect(await world.call("ActivateBattleSession", { battleSessionId: "bs_9" })).toMatchObject({
    status: 404,
    body: { status: "NOT_FOUND", reason: "SERVER_SESSION_NOT_FOUND" },
  });
  expect(await world.call("AcceptPlayerSession", { playerSessionId: "ps_1 x" })).toMatchObject({
    status: 400,
    body: { reason: "FIELD_INVALID", field: "player_session_id" },
  });
});
