// Tickets that end with their owners' watches, through the calls of a backend, breaks of its streams and restarts of the matcher.
import { noProperties, TicketState, type WatchTicketsRequest } from "@muster/proto/matchmaking";
import { describe, expect, test } from "vitest";
import { readConfiguration, writeConfiguration } from "./grpc/configuration-wire.ts";
import { configurationOf, createWorld, type World, worldConfig } from "./matcher-world.fixture.ts";

const GRACE_MS = 10_000;
const GONE = { state: TicketState.CANCELLED, cause: "OWNER_GONE" };
const bound = { presenceGraceMs: GRACE_MS, requestTimeoutMs: 600_000 };
const config = {
  ...worldConfig,
  configurations: [
    ...worldConfig.configurations,
    configurationOf({ name: "bound", ...bound }),
    configurationOf({ name: "bound-auto", ruleSet: "equal", autoBackfill: true, ...bound }),
    configurationOf({ name: "bound-asked", acceptance: { timeoutMs: 60_000, autoContinue: true }, ...bound }),
  ],
};
const boundWorld = (options: Parameters<typeof createWorld>[0] = {}) => createWorld({ config, ...options });

/** A watch that is open until it is left. */
async function watch(world: World, select: Partial<WatchTicketsRequest>) {
  const stop = new AbortController();
  const request = { ticketIds: [], configuration: "", resumeToken: "", ...select };
  const read = async () => {
    for await (const _ of world.matching.watchTickets(request, { signal: stop.signal }));
  };
  const reading = read().catch(() => undefined); // Left, or broken by a restart.
  await world.clock.advance(1);
  return async () => {
    stop.abort();
    await world.run(reading);
  };
}

const start = (world: World, presenceGraceSeconds: number | undefined, ticketId = "t") => {
  const players = [{ playerId: `p-${ticketId}`, attributes: {}, latenciesMs: {}, team: "" }];
  return world.matching.startMatching({
    ...noProperties,
    configuration: "duel",
    ticketId,
    players,
    presenceGraceSeconds,
  });
};

test("a ticket that nobody watches is cancelled when its grace has passed since its start, and not before", async () => {
  await using world = await boundWorld();
  const ticket = await world.queue("bound", "ann");
  expect(ticket.presenceGraceSeconds).toBe(10);
  const events = world.collect({ configuration: "bound" });
  await world.clock.advance(GRACE_MS - 100);
  expect(await world.state("t-ann")).toBe("SEARCHING");
  await world.clock.advance(200);
  expect(await world.ticket("t-ann")).toMatchObject({ ...GONE, version: 2 });
  expect(events.at(-1)?.ticket).toMatchObject(GONE);
});

describe("a watch holds a ticket for as long as it is open, and for its grace after that:", () => {
  const selections = [
    { name: "of the ticket", select: { ticketIds: ["t-ann-bob"] } },
    { name: "of one of its players", select: { playerId: "bob" } },
  ];
  for (const { name, select } of selections) {
    test(`one ${name}`, async () => {
      await using world = await boundWorld();
      const leave = await watch(world, select); // Of a player: opened before there is a ticket.
      await world.queue("bound", "ann", "bob");
      const leaveAgain = await watch(world, select);
      await leave();
      await world.clock.advance(5 * GRACE_MS);
      expect(await world.state("t-ann-bob")).toBe("SEARCHING");
      await leaveAgain();
      await world.clock.advance(GRACE_MS - 100);
      const leaveLast = await watch(world, select);
      await world.clock.advance(GRACE_MS);
      expect(await world.state("t-ann-bob")).toBe("SEARCHING");
      await leaveLast();
      await world.clock.advance(GRACE_MS);
      expect(await world.ticket("t-ann-bob")).toMatchObject(GONE);
    });
  }
});

test("where queries are played as the original does, the end of the last watch ends the ticket, and not its start", async () => {
  const query = { mode: "compatible", intervalMs: 15_000, maxIntervals: 2 } as const;
  const others = {
    reversePrecision: false,
    reverseThreshold: 1,
    maxTicketsPerPlayer: 3,
    onMatched: "keepOthers",
  } as const;
  const original = configurationOf({ name: "original", ruleSet: undefined, query: { ...query, ...others }, ...bound });
  await using world = await createWorld({ config: { ...config, configurations: [original] } });
  await world.matching.startMatching({
    ...{ ...noProperties, configuration: "original", ticketId: "t", query: "*", minCount: 2, maxCount: 2 },
    players: [{ playerId: "ann", attributes: {}, latenciesMs: {}, team: "" }],
  });
  await world.clock.advance(GRACE_MS - 100);
  const leave = await watch(world, { ticketIds: ["t"] });
  const leaveLast = await watch(world, { playerId: "ann" });
  await leave();
  await world.clock.advance(GRACE_MS);
  expect(await world.state("t")).toBe("SEARCHING");
  await leaveLast();
  await world.clock.advance(1);
  expect(await world.ticket("t")).toMatchObject(GONE);
});

describe("a watch is nobody's presence", () => {
  const selections = [
    { name: "of an onlooker", select: { ticketIds: ["t-ann"], onlooker: true } },
    { name: "of another player", select: { playerId: "bob" } },
    { name: "of the configuration", select: { configuration: "bound" } },
    { name: "of everything", select: {} },
  ];
  for (const { name, select } of selections) {
    test(`if it is one ${name}`, async () => {
      await using world = await boundWorld();
      await world.queue("bound", "ann");
      await watch(world, select);
      await world.clock.advance(GRACE_MS);
      expect(await world.ticket("t-ann")).toMatchObject(GONE);
    });
  }
});

test("a request may say otherwise than its configuration, and is refused for what is no grace", async () => {
  await using world = await boundWorld();
  await start(world, 2);
  await world.matching.startMatching({
    ...{ ...noProperties, configuration: "bound", ticketId: "free", presenceGraceSeconds: 0 },
    players: [{ playerId: "ann", attributes: {}, latenciesMs: {}, team: "" }],
  });
  await world.clock.advance(2 * GRACE_MS);
  expect(await world.ticket("t")).toMatchObject(GONE);
  expect(await world.ticket("free")).toMatchObject({ state: TicketState.SEARCHING, presenceGraceSeconds: undefined });
  const metadata = { field: "presence_grace_seconds" };
  for (const seconds of [-1, 3_601]) {
    await expect(start(world, seconds, "bad")).rejects.toMatchObject({ reason: "FIELD_INVALID", metadata });
  }
  for (const seconds of [-1, 0, 3_601]) {
    const message = { ...writeConfiguration(configurationOf()), presenceGraceSeconds: seconds };
    expect(() => readConfiguration(message)).toThrow(/presence_grace_seconds/);
  }
});

test("a ticket that is being placed has its match first, and is cancelled if it comes back from it", async () => {
  await using world = await boundWorld();
  world.fleet.outcomes.push("PENDING", "PENDING");
  for (const player of ["ann", "bob", "cat", "dan"]) await world.queue("bound", player);
  await world.clock.advance(2 * GRACE_MS);
  const [first = "", second = ""] = world.fleet.placements;
  expect(await world.state("t-ann")).toBe("PLACING");
  world.fleet.settle(first, "FULFILLED");
  world.fleet.settle(second, "FAILED");
  await world.clock.advance(100);
  expect(await world.state("t-ann")).toBe("COMPLETED");
  expect(await world.ticket("t-cat")).toMatchObject(GONE);
});

test("a ticket that is being filled into a battle has its outcome first", async () => {
  await using world = await boundWorld();
  const { promise, resolve } = Promise.withResolvers<void>();
  await world.queue("bound-auto", "ann");
  await world.queue("bound-auto", "bob");
  await world.clock.advance(100);
  world.fleet.accept("ann", "bob");
  world.fleet.holdFills = promise;
  await world.queue("bound-auto", "cat");
  await world.queue("bound-auto", "dan");
  await world.clock.advance(2 * GRACE_MS);
  expect([await world.state("t-cat"), await world.state("t-dan")]).toEqual(["SEARCHING", "SEARCHING"]);
  world.fleet.leave("ann"); // The fill was decided for another roster.
  resolve();
  await world.clock.advance(100);
  const ends = [await world.ticket("t-cat"), await world.ticket("t-dan")];
  // Either is seated by a later fill of the same moment, or cancelled: it is never left without an end.
  for (const { state, cause } of ends) {
    expect([state === TicketState.COMPLETED, cause === "OWNER_GONE"]).toContain(true);
  }
});

test("a match that waits for acceptance is refused by the absence, and the others search on", async () => {
  await using world = await boundWorld();
  const leave = await watch(world, { ticketIds: [(await world.queue("bound-asked", "bob")).ticketId] });
  await world.queue("bound-asked", "ann");
  await world.clock.advance(GRACE_MS);
  expect(await world.ticket("t-ann")).toMatchObject(GONE);
  expect(await world.ticket("t-bob")).toMatchObject({ state: TicketState.SEARCHING, cause: "MATCH_REFUSED" });
  await leave();
});

test("of a match whose owners are all gone every ticket is cancelled", async () => {
  await using world = await boundWorld();
  await world.queue("bound-asked", "ann");
  await world.queue("bound-asked", "bob");
  await world.clock.advance(GRACE_MS + 100);
  expect(await world.ticket("t-ann")).toMatchObject(GONE);
  expect(await world.ticket("t-bob")).toMatchObject(GONE);
});

describe("a matcher that restarts gives every owner the whole grace anew", () => {
  for (const snapshotEveryFacts of [undefined, 1]) {
    test(`from ${snapshotEveryFacts === undefined ? "its journal" : "a snapshot"}`, async () => {
      await using world = await boundWorld(snapshotEveryFacts === undefined ? {} : { snapshotEveryFacts });
      await world.queue("bound", "ann", "bob");
      await world.queue("bound", "cat", "dan");
      await world.queue("duel", "eve");
      await world.clock.advance(GRACE_MS - 1_000);
      await world.restart();
      await world.clock.advance(GRACE_MS - 1_000);
      expect(await world.state("t-ann-bob")).toBe("SEARCHING");
      await watch(world, { playerId: "bob" });
      await world.clock.advance(1_000);
      expect(await world.state("t-ann-bob")).toBe("SEARCHING");
      expect(await world.ticket("t-cat-dan")).toMatchObject(GONE);
      expect(await world.state("t-eve")).toBe("SEARCHING");
    });
  }
});
