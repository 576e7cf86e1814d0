import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HealthDefinition } from "../../gen/grpc/health/v1/health.ts";
import { grpcNetwork } from "./grpc-client.ts";
import { serveGrpc } from "./grpc-server.ts";
import { clearStaleSocket, socketPathOf } from "./socket-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-socket-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const listen = (path: string) =>
  new Promise<Server>((resolve) => {
    const server = createServer().listen(path, () => resolve(server));
  });
const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

/** What a server that was killed leaves: a socket whose file outlives it. */
async function leaveStale(path: string): Promise<void> {
  const server = await listen(`${path}.first`);
  renameSync(`${path}.first`, path);
  await close(server);
}

test("socketPathOf() knows a Unix socket from other addresses", () => {
  expect([socketPathOf("unix:/run/a"), socketPathOf("127.0.0.1:1")]).toEqual(["/run/a", undefined]);
});

test("clearStaleSocket() removes a socket that nobody serves", async () => {
  const path = join(folder, "s");
  await leaveStale(path);
  await clearStaleSocket(path);
  expect(existsSync(path)).toBe(false);
  await clearStaleSocket(path); // Nothing is there: nothing to do.
});

test("clearStaleSocket() leaves a socket that is served, and a file", async () => {
  const [path, file] = [join(folder, "s"), join(folder, "f")];
  const server = await listen(path);
  writeFileSync(file, "");
  await clearStaleSocket(path);
  await clearStaleSocket(file);
  expect([existsSync(path), existsSync(file)]).toEqual([true, true]);
  await close(server);
});

test("serveGrpc() serves a Unix socket that its owner alone may open, over one that a killed server left", async () => {
  const path = join(folder, "s");
  await leaveStale(path);
  await using server = await serveGrpc({ bind: `unix:${path}`, services: [], drainMs: 10 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await using peer = grpcNetwork.connect(server.address);
  expect(await peer.client(HealthDefinition).check({ service: "" })).toEqual({ status: 1 });
});
