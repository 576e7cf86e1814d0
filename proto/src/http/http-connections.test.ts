import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { expect, test, vi } from "vitest";
import { serveHttp } from "./http-server.ts";

const CALL = "/grpc.health.v1.Health/Check";

test("serveHttp() takes so many connections, answers one more about health, and refuses it anything else", async () => {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await serveHttp({ bind: "127.0.0.1:0", services: [], drainMs: 0, connectionsMax: 2 }));
  const [host = "", port] = server.address.split(":");
  const open = async () => {
    const socket = connect({ host, port: Number(port) });
    stack.defer(() => void socket.destroy());
    await once(socket, "connect");
    return socket;
  };
  const agent = new Agent({ keepAlive: true });
  stack.defer(() => agent.destroy());
  const call = (path: string, method: string) =>
    new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      const sent = httpRequest({ host, port: Number(port), path, method, agent }, (response) => {
        response.resume();
        resolve({ status: response.statusCode, connection: response.headers.connection });
      });
      sent.once("error", reject).end();
    });
  const held = [await open(), await open()];
  expect(await call("/healthz", "GET")).toEqual({ status: 200, connection: "close" });
  expect(await call(CALL, "POST")).toEqual({ status: 429, connection: "close" });
  for (const socket of held) socket.destroy();
  // Until the server has heard of the end.
  await vi.waitFor(async () => expect(await call(CALL, "POST")).toEqual({ status: 404, connection: "keep-alive" }));
});
