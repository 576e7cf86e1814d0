// Requests that begin and do not end, sent by hand: no library of ours would.
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { connect as connectTcp } from "node:net";
import { expect, test } from "vitest";
import { serveGrpc } from "./grpc-server.ts";

const HEALTH = "/grpc.health.v1.Health/Check";
const EMPTY = Buffer.alloc(5);

/** A server with nothing but its health, and a connection to it. */
async function open(options: Partial<Parameters<typeof serveGrpc>[0]>) {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await serveGrpc({ bind: "127.0.0.1:0", services: [], drainMs: 0, ...options }));
  const session = connect(`http://${server.address}`);
  stack.defer(() => session.destroy());
  session.on("error", () => undefined); // It is cut off with its server.
  await once(session, "connect");
  const closing = stack.move();
  return { session, address: server.address, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** The gRPC status of the answer; `bytes` are sent, and the request is ended only if `isWhole`. */
async function statusOf(session: ClientHttp2Session, bytes: Buffer, isWhole: boolean): Promise<number> {
  const headers = { ":method": "POST", ":path": HEALTH, "content-type": "application/grpc", te: "trailers" };
  const stream = session.request(headers, { endStream: false });
  const status = Promise.withResolvers<number>();
  const read = (given: { readonly "grpc-status"?: unknown }) => {
    if (given["grpc-status"] !== undefined) status.resolve(Number(given["grpc-status"]));
  };
  stream.on("response", read).on("trailers", read).on("error", status.reject).resume();
  stream.write(bytes);
  if (isWhole) stream.end();
  return await status.promise;
}

const OK = 0;
const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;

test.each([
  { name: "no message", bytes: Buffer.alloc(0) },
  { name: "half a message", bytes: EMPTY.subarray(0, 3) },
  { name: "a whole message and no end", bytes: EMPTY },
])("serveGrpc() ends a request that has $name for too long, and answers the next", async ({ bytes }) => {
  await using server = await open({ unfinished: { requestMsMax: 50 } });
  expect(await statusOf(server.session, bytes, false)).toBe(DEADLINE_EXCEEDED);
  expect(await statusOf(server.session, EMPTY, true)).toBe(OK);
});

test("serveGrpc() takes so many requests of one connection that are not whole, and refuses more until one is", async () => {
  await using server = await open({ unfinished: { unfinishedMax: 2 } });
  const headers = { ":method": "POST", ":path": HEALTH, "content-type": "application/grpc", te: "trailers" };
  const [first] = [1, 2].map(() => server.session.request(headers, { endStream: false }));
  expect(await statusOf(server.session, EMPTY, true)).toBe(RESOURCE_EXHAUSTED);
  first?.resume().end(EMPTY);
  if (first) await once(first, "close");
  expect(await statusOf(server.session, EMPTY, true)).toBe(OK);
});

test("serveGrpc() cuts a connection off that never says a word, and keeps one that only answers whether it is there", async () => {
  await using server = await open({ askedMs: 1_000, answerMsMax: 100 });
  const [host = "", port] = server.address.split(":");
  const silent = connectTcp({ host, port: Number(port) }).resume();
  await once(silent, "close");
  expect(await statusOf(server.session, EMPTY, true)).toBe(OK);
});
