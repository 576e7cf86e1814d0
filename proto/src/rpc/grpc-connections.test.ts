// Connections that are too many, opened by hand: clients of ours share one to an address.
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { connect as connectTcp } from "node:net";
import { expect, test, vi } from "vitest";
import { BackfillServiceDefinition, CancelBackfillResponse } from "../messages/matchmaking.ts";
import type { ConnectionOptions } from "./grpc-connections.ts";
import { serveGrpc } from "./grpc-server.ts";
import { implement, methodPath } from "./service.ts";

const HEALTH = "/grpc.health.v1.Health/Check";
const CALL = methodPath(BackfillServiceDefinition, BackfillServiceDefinition.methods.cancelBackfill);
const OK = 0;
const RESOURCE_EXHAUSTED = 8;

async function open(connections: ConnectionOptions) {
  await using stack = new AsyncDisposableStack();
  const never = () => new Promise<never>(() => undefined);
  const service = implement(BackfillServiceDefinition, {
    startBackfill: never,
    describeBackfill: never,
    cancelBackfill: async () => CancelBackfillResponse.create(),
  });
  const server = stack.use(await serveGrpc({ bind: "127.0.0.1:0", services: [service], drainMs: 0, connections }));
  const closing = stack.move();
  const connectHere = async (): Promise<ClientHttp2Session> => {
    const session = connect(`http://${server.address}`);
    closing.defer(() => session.destroy());
    session.on("error", () => undefined); // It is cut off with its server.
    await once(session, "remoteSettings");
    return session;
  };
  return { address: server.address, connectHere, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** The gRPC status of a call without a field. */
async function statusOf(session: ClientHttp2Session, path: string): Promise<number> {
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
  });
  const status = Promise.withResolvers<number>();
  const read = (given: { readonly "grpc-status"?: unknown }) => {
    if (given["grpc-status"] !== undefined) status.resolve(Number(given["grpc-status"]));
  };
  stream.on("response", read).on("trailers", read).on("error", status.reject).resume().end(Buffer.alloc(5));
  return await status.promise;
}

test("serveGrpc() takes so many connections, answers one more about health, and refuses and ends it for another call", async () => {
  const onFull = vi.fn();
  await using server = await open({ connectionsMax: 2, onFull });
  const [first, second] = [await server.connectHere(), await server.connectHere()];
  expect([await statusOf(first, CALL), await statusOf(second, CALL)]).toEqual([OK, OK]);
  expect(onFull).not.toHaveBeenCalled();
  const third = await server.connectHere();
  expect(await statusOf(third, HEALTH)).toBe(OK);
  const over = once(third, "close");
  expect(await statusOf(third, CALL)).toBe(RESOURCE_EXHAUSTED);
  await over;
  expect(onFull.mock.calls).toEqual([[2]]);
  expect(await statusOf(first, CALL)).toBe(OK);
});

test("serveGrpc() gives a connection beyond its number the place of one that has ended", async () => {
  await using server = await open({ connectionsMax: 1 });
  const first = await server.connectHere();
  const second = await server.connectHere();
  first.destroy();
  // Until the server has heard of the end.
  await vi.waitFor(async () => expect(await statusOf(await server.connectHere(), CALL)).toBe(OK));
  expect(second.destroyed || (await statusOf(second, HEALTH)) === OK).toBe(true);
});

test("serveGrpc() ends a connection beyond its number after a while, and closes at once whoever comes when these are too many", async () => {
  await using server = await open({ connectionsMax: 1, spareMax: 1, spareMs: 100 });
  const first = await server.connectHere();
  const spare = await server.connectHere();
  const [host = "", port] = server.address.split(":");
  await once(connectTcp({ host, port: Number(port) }).resume(), "close");
  await once(spare, "close");
  expect(await statusOf(await server.connectHere(), HEALTH)).toBe(OK);
  expect(await statusOf(first, CALL)).toBe(OK);
});

test("serveGrpc() breaks the connections that are left when it is disposed", async () => {
  const server = await open({});
  const session = await server.connectHere();
  session
    .request({ ":method": "POST", ":path": CALL, "content-type": "application/grpc", te: "trailers" })
    .on("error", () => undefined);
  const over = once(session, "close");
  await server[Symbol.asyncDispose]();
  await over;
});
