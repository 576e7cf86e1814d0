// `muster ping` and the backend's describeRegions() against a fleet with beacons on real sockets.
import { createSeededRandom, systemClock } from "@muster/kit";
import { parseFleetConfig } from "@muster/mock-fleet";
import { createFleetWorld, openBeacons } from "@muster/mock-fleet/testing";
import { describeRegions } from "@muster/sdk/backend";
import { expect, test } from "vitest";
import { UsageError } from "../arguments/usage-error.ts";
import { pingRegions } from "./ping.ts";

const config = parseFleetConfig({
  path: "/game/muster.json",
  directory: "/game",
  sections: {
    fleets: [
      { name: "eu", region: "eu-west", command: ["node", "server.js"] },
      { name: "us", region: "us-east", command: ["node", "server.js"] },
      { name: "us2", region: "us-east", command: ["node", "server.js"] },
      { name: "ap", region: "ap-south", command: ["node", "server.js"] },
    ],
    queues: [{ name: "default", destinations: ["eu"] }],
    regions: [
      { name: "us-east", beacon: { delayMs: 40 } },
      { name: "eu-west", beacon: {} },
    ],
  },
});

async function createWorld() {
  await using stack = new AsyncDisposableStack();
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const ports = { clock: systemClock, random: createSeededRandom(1), onError };
  const { pings } = stack.use(await openBeacons(config.regions ?? [], ports));
  const { address } = stack.use(await createFleetWorld({ config, pings }));
  const [printed, noted]: [string[], string[]] = [[], []];
  const terminal = {
    ...{
      isLive: false,
      hasColours: false,
      size: () => ({ columns: 80, rows: 24 }),
      write: () => undefined,
      onResize: () => undefined,
    },
    print: (line: string) => void printed.push(line),
    note: (line: string) => void noted.push(line),
  };
  const open = stack.move();
  const ping = (regions: readonly string[], json = false) =>
    pingRegions(
      { regions, count: 2, timeoutMs: 5_000 },
      { terminal, json, matcherAddress: "", fleetAddress: address, signal: new AbortController().signal },
    );
  return { address, ping, printed, noted, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

test("muster ping tells how far each region is, and what cannot be measured", async () => {
  await using world = await createWorld();
  expect(await world.ping([], true)).toBe(1);
  const measured = world.printed.map((line) => JSON.parse(line));
  expect(measured).toMatchObject([
    { region: "eu-west", via: "udp", sent: 2, lost: 0 },
    { region: "us-east", via: "udp", sent: 2, lost: 0 },
    { region: "ap-south", sent: 0 },
  ]);
  expect(measured[1].bestMs).toBeGreaterThanOrEqual(39);
  expect(measured[1].latencyMs).toBeGreaterThan(measured[1].bestMs - 1);
});

test("muster ping shows a table, and what a ticket takes of it", async () => {
  await using world = await createWorld();
  expect(await world.ping(["us-east"])).toBe(0);
  expect(world.printed[0]).toMatch(/^REGION +ROUND TRIP +BEST +JITTER +LOST +BY$/);
  expect(world.printed[1]).toMatch(/^us-east +\d+ ms +[\d.]+ ms +[\d.]+ ms +0 of 2 +udp$/);
  expect(world.noted).toEqual([expect.stringMatching(/--latencies us-east=\d+$/)]);
  await expect(world.ping(["mars"])).rejects.toThrow(UsageError);
});

test("describeRegions() tells a backend what its clients measure", async () => {
  await using world = await createWorld();
  const regions = await describeRegions({ address: world.address });
  expect(regions).toEqual([
    {
      name: "eu-west",
      fleets: ["eu"],
      udpAddress: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      httpUrl: expect.stringMatching(/^http:/),
    },
    { name: "us-east", fleets: ["us", "us2"], udpAddress: expect.any(String), httpUrl: expect.any(String) },
    { name: "ap-south", fleets: ["ap"], udpAddress: undefined, httpUrl: undefined },
  ]);
});
