// The probes against sockets of this machine: what answers, what is silent, what is not there.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { measureLatencies as measureInBrowser } from "./browser.ts";
import { measureLatencies } from "./index.ts";

/** An echo that answers what `picks` lets through. */
async function echo(picks: (ping: number) => boolean) {
  const socket = createSocket("udp4");
  let pings = 0;
  socket.on("message", (bytes, { port, address }) => {
    pings += 1;
    // A stray datagram first: no answer to what was asked.
    socket.send("stray", port, address);
    if (picks(pings)) socket.send(bytes, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => socket.close(() => done())),
  };
}

test("measureLatencies() measures by UDP, and counts what is lost", async () => {
  await using lossy = await echo((ping) => ping !== 2);
  const measured = await measureLatencies([{ name: "eu", udpAddress: lossy.address }], { timeoutMs: 1_500 });
  expect(measured).toMatchObject([{ region: "eu", via: "udp", sent: 5, lost: 1 }]);
  expect(measured[0]?.latencyMs).toBeGreaterThan(0);
});

test("measureLatencies() measures by HTTP, in browsers too", async () => {
  const server = createServer((_, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const httpUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    for (const measure of [measureLatencies, measureInBrowser]) {
      const measured = await measure([{ name: "eu", httpUrl }], { attempts: 3 });
      expect(measured).toMatchObject([{ region: "eu", via: "http", sent: 3, lost: 0 }]);
      expect(measured[0]?.latencyMs).toBeGreaterThan(0);
    }
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

test("measureLatencies() has no latency of a region that nobody answers for", async () => {
  const gone = await echo(() => true);
  await gone[Symbol.asyncDispose]();
  const measured = await measureLatencies(
    [
      { name: "gone", udpAddress: gone.address },
      { name: "closed", httpUrl: `http://${gone.address}/` },
      { name: "unnamed", udpAddress: "no such host:1" },
    ],
    { attempts: 1, timeoutMs: 50 },
  );
  expect(measured.map(({ region, latencyMs, lost }) => ({ region, latencyMs, lost }))).toEqual(
    ["gone", "closed", "unnamed"].map((region) => ({ region, latencyMs: undefined, lost: 1 })),
  );
});
