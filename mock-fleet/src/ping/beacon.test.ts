// Against real sockets on this machine, with a clock that stands still: what is answered when does not hang on the machine's speed.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createSeededRandom } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { expect, test } from "vitest";
import type { BeaconSpec } from "../core/region-spec.ts";
import { openBeacon } from "./beacon.ts";
import { PINGS_PER_SECOND_MAX } from "./source-rate.ts";

const plain: BeaconSpec = { bind: "127.0.0.1", host: "127.0.0.1", port: 0, delayMs: 0, jitterMs: 0, lossPercent: 0 };

async function open(spec: Partial<BeaconSpec> = {}) {
  const clock = createVirtualClock();
  const errors: unknown[] = [];
  const ports = { clock, random: createSeededRandom(1), onError: (error: unknown) => void errors.push(error) };
  const beacon = await openBeacon({ ...plain, ...spec }, ports);
  const [host = "", port = ""] = beacon.udpAddress.split(":");
  const socket = createSocket("udp4");
  return {
    beacon,
    clock,
    errors,
    port: Number(port),
    send: (text: string) => new Promise<void>((done) => socket.send(text, Number(port), host, () => done())),
    heard: async () => String((await once(socket, "message"))[0]),
    async [Symbol.asyncDispose]() {
      await beacon[Symbol.asyncDispose]();
      await new Promise<void>((done) => socket.close(() => done()));
      expect(errors).toEqual([]);
    },
  };
}

/** Lets the clock go on until `work` has its outcome: each step is one that something sleeps for. */
async function meanwhile<Value>(clock: ReturnType<typeof createVirtualClock>, work: Promise<Value>): Promise<Value> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advanceToNext();
  }
  return await over;
}

test("a beacon sends a datagram back as it came, and passes over what is longer than a ping", async () => {
  await using world = await open();
  const heard = world.heard();
  await world.send("x".repeat(513));
  await world.send("ping 1");
  expect(await meanwhile(world.clock, heard)).toBe("ping 1");
});

test("a beacon holds an answer back for its delay and jitter", async () => {
  await using world = await open({ delayMs: 80, jitterMs: 40 });
  const heard = world.heard();
  await world.send("far");
  expect(await meanwhile(world.clock, heard)).toBe("far");
  expect(world.clock.nowMs()).toBeGreaterThanOrEqual(80);
  expect(world.clock.nowMs()).toBeLessThan(120);
});

test("a beacon that loses everything answers no datagram, and still every GET", async () => {
  await using world = await open({ lossPercent: 100 });
  let heard = 0;
  void world.heard().then(() => {
    heard += 1;
  });
  await world.send("lost");
  const response = await meanwhile(world.clock, fetch(world.beacon.httpUrl));
  expect(await response.text()).toBe("ok");
  expect(heard).toBe(0);
});

test("a beacon answers a GET to pages of every origin, and nothing but reads", async () => {
  await using world = await open();
  const response = await meanwhile(world.clock, fetch(world.beacon.httpUrl));
  expect(response.status).toBe(200);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.text()).toBe("ok");
  expect((await meanwhile(world.clock, fetch(world.beacon.httpUrl, { method: "POST", body: "x" }))).status).toBe(405);
});

test("a beacon answers one address so often in a second and no more", async () => {
  await using world = await open();
  const statuses = new Map<number, number>();
  for (let ping = 0; ping < PINGS_PER_SECOND_MAX + 5; ping += 1) {
    const { status } = await meanwhile(world.clock, fetch(world.beacon.httpUrl));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect(Object.fromEntries(statuses)).toEqual({ 200: PINGS_PER_SECOND_MAX, 429: 5 });
  await world.clock.advance(1_000);
  expect((await meanwhile(world.clock, fetch(world.beacon.httpUrl))).status).toBe(200);
});

test("a beacon refuses a port that is taken", async () => {
  await using world = await open();
  const second = openBeacon(
    { ...plain, port: world.port },
    { clock: world.clock, random: createSeededRandom(1), onError: () => undefined },
  );
  await expect(second).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
});
