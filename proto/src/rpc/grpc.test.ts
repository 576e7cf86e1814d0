import { expect, test } from "vitest";
import { HealthDefinition } from "../../gen/grpc/health/v1/health.ts";
import { grpcNetwork } from "./grpc-client.ts";
import { parseAddress, serveGrpc } from "./grpc-server.ts";
import { describeNetwork } from "./network.suite.ts";

describeNetwork("grpcNetwork", async (services) => {
  const server = await serveGrpc({ bind: "127.0.0.1:0", services });
  return { network: grpcNetwork, address: server.address, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
});

test("serveGrpc() refuses an address that is taken", async () => {
  await using first = await serveGrpc({ bind: "127.0.0.1:0", services: [] });
  await expect(serveGrpc({ bind: first.address, services: [] })).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
});

for (const address of ["127.0.0.1:7410", "localhost:0", "[::1]:65535", "unix:/run/muster.sock"]) {
  test(`parseAddress() takes ${address}`, () => expect(parseAddress("bind", address)).toBe(address));
}
for (const address of ["", "7410", "127.0.0.1", "host:65536", "host:x", "unix:relative", "http://host:1"]) {
  test(`parseAddress() refuses ${JSON.stringify(address)}`, () => {
    expect(() => parseAddress("bind", address)).toThrow(expect.objectContaining({ reason: "FIELD_INVALID" }));
  });
}

test("serveGrpc() tells its health, and that it is stopping", async () => {
  const server = await serveGrpc({ bind: "127.0.0.1:0", services: [] });
  await using peer = grpcNetwork.connect(server.address);
  const health = peer.client(HealthDefinition);
  expect(await health.check({ service: "" })).toEqual({ status: 1 });
  await expect(health.check({ service: "no.such.Service" })).rejects.toMatchObject({ reason: "SERVICE_UNKNOWN" });
  const statuses: number[] = [];
  let stopped: Promise<void> | undefined;
  for await (const { status } of health.watch({ service: "" })) {
    statuses.push(status);
    stopped ??= Promise.resolve(server[Symbol.asyncDispose]());
  }
  await stopped;
  expect(statuses).toEqual([1, 2]);
});
