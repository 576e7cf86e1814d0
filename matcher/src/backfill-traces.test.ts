// The published traces of backfill, driven through the whole matcher: what the game would hear, step by step.
import type { BackfillStrategy } from "@muster/proto";
import { BackfillStrategy as Strategies } from "@muster/proto/session";
import { expect, test, vi } from "vitest";
import { createWorld, type World } from "./matcher-world.fixture.ts";

/** Starts a 1v1 of ann (red or blue) and bob in `configuration`, both arrived. */
async function oneOnOne(configuration: string): Promise<World> {
  const world = await createWorld();
  await world.queue(configuration, "ann");
  await world.queue(configuration, "bob");
  await world.clock.advance(50);
  world.fleet.accept("ann", "bob");
  await world.clock.advance(50);
  return world;
}

function start(world: World, strategy: BackfillStrategy, addPlayers: Record<string, number> = {}) {
  const request = {
    battleSessionId: world.fleet.session().battleSessionId,
    strategy: Strategies[strategy],
    addPlayers,
    replace: false,
    requestId: "",
    capability: "",
    seenRevision: 0,
  };
  return world.backfill.startBackfill(request);
}

async function queueAll(world: World, configuration: string, ...players: readonly string[]): Promise<void> {
  for (const player of players) await world.queue(configuration, player);
  await world.clock.advance(50);
}

/** "2v3 SEARCHING": players of red and blue, and the state that the game last heard. */
function picture(world: World): string {
  const { playerSessions, backfill } = world.fleet.session();
  const size = (team: string) => playerSessions.filter((seat) => seat.team === team).length;
  const cause = backfill?.cause ? ` ${backfill.cause}` : "";
  return `${size("red")}v${size("blue")} ${backfill?.state}${cause}`;
}

function acceptAll(world: World): void {
  world.fleet.accept(...world.fleet.session().playerSessions.map((seat) => seat.playerId));
}

test("MAX_POSSIBLE goes from 1v1 to full, pauses, refills one leaver, and ends when the server cancels", async () => {
  await using world = await oneOnOne("auto");
  expect(picture(world)).toBe("1v1 SEARCHING");
  await queueAll(world, "auto", "c1", "c2");
  expect(picture(world)).toBe("2v2 SEARCHING");
  await queueAll(world, "auto", "d1", "d2");
  expect(picture(world)).toBe("3v3 PAUSED FULL");
  const red = world.fleet.session().playerSessions.find((seat) => seat.team === "red");
  world.fleet.leave(red?.playerId ?? "");
  await world.clock.advance(20);
  expect(picture(world)).toBe("2v3 SEARCHING");
  await queueAll(world, "auto", "e1", "e2");
  expect(picture(world)).toBe("3v3 PAUSED FULL");
  expect([await world.state("t-e1"), await world.state("t-e2")]).toEqual(["COMPLETED", "SEARCHING"]);
  const { battleSessionId } = world.fleet.session();
  await world.backfill.cancelBackfill({ battleSessionId, requestId: "", capability: "" });
  await world.clock.advance(20);
  expect(picture(world)).toBe("3v3 CANCELLED CANCELLED_BY_REQUEST");
  world.fleet.leave("e1");
  await world.clock.advance(50);
  expect(picture(world)).toBe("2v3 CANCELLED CANCELLED_BY_REQUEST");
  expect(await world.state("t-e2")).toBe("SEARCHING");
});

test("MAX_POSSIBLE fills at once as far as legal when everybody is there", async () => {
  await using world = await oneOnOne("auto");
  await queueAll(world, "auto", "c1", "c2", "c3", "c4");
  expect(picture(world)).toBe("3v3 PAUSED FULL");
});

test("CUSTOM {red: 1, blue: 1} completes at 2v2, once the newcomers have arrived", async () => {
  await using world = await oneOnOne("equal");
  await start(world, "CUSTOM", { red: 1, blue: 1 });
  await world.clock.advance(20);
  expect(picture(world)).toBe("1v1 SEARCHING");
  expect(world.fleet.session().backfill?.progress).toEqual([
    { team: "red", have: 1, reserved: 0, goal: 2 },
    { team: "blue", have: 1, reserved: 0, goal: 2 },
  ]);
  await queueAll(world, "equal", "c1", "c2");
  expect(picture(world)).toBe("2v2 SEARCHING");
  acceptAll(world);
  await world.clock.advance(20);
  expect(picture(world)).toBe("2v2 COMPLETED GOAL_REACHED");
});

test("CUSTOM {red: 2, blue: 2} passes 2v2 and completes at 3v3", async () => {
  await using world = await oneOnOne("equal");
  await start(world, "CUSTOM", { red: 2, blue: 2 });
  await queueAll(world, "equal", "c1", "c2");
  acceptAll(world);
  await world.clock.advance(20);
  expect(picture(world)).toBe("2v2 SEARCHING");
  await queueAll(world, "equal", "d1", "d2");
  acceptAll(world);
  await world.clock.advance(20);
  expect(picture(world)).toBe("3v3 COMPLETED GOAL_REACHED");
});

test("CUSTOM refills a newcomer who never came", async () => {
  await using world = await oneOnOne("equal");
  await start(world, "CUSTOM", { red: 1, blue: 1 });
  await queueAll(world, "equal", "c1", "c2");
  world.fleet.accept("c1");
  world.fleet.leave("c2");
  await world.clock.advance(20);
  expect(picture(world)).toMatch(/^(2v1|1v2) SEARCHING$/);
  await queueAll(world, "equal", "d1");
  acceptAll(world);
  await world.clock.advance(20);
  expect(picture(world)).toBe("2v2 COMPLETED GOAL_REACHED");
});

test("CUSTOM {red: 1} under equal teams stays SEARCHING and says that no fill is legal", async () => {
  await using world = await oneOnOne("equal");
  await start(world, "CUSTOM", { red: 1 });
  await queueAll(world, "equal", "c1");
  expect(picture(world)).toBe("1v1 SEARCHING");
  expect(world.fleet.session().backfill?.noLegalFill).toBe(true);
  expect(world.fleet.fills).toEqual([]);
});

test("MAX_POSSIBLE started on a full session is PAUSED from the start", async () => {
  await using world = await createWorld();
  await queueAll(world, "equal", "a", "b", "c", "d", "e", "f");
  const { backfill } = await start(world, "MAX_POSSIBLE");
  expect(backfill).toMatchObject({ state: 2, cause: 1 });
  await world.clock.advance(20);
  expect(picture(world)).toBe("3v3 PAUSED FULL");
});

test("a session born with a backfill carries its document from its placement on", async () => {
  await using world = await oneOnOne("auto");
  const [placementId = ""] = world.fleet.placements;
  expect(world.fleet.requests.get(placementId)?.backfill).toMatchObject({ state: 1, strategy: 1 });
  expect(world.fleet.session().backfill?.backfillId).toBe(world.fleet.requests.get(placementId)?.backfill?.backfillId);
});

const pauses = [
  {
    name: "DENY_ALL",
    pause: { creationPolicy: "DENY_ALL" },
    over: { creationPolicy: "ACCEPT_ALL" },
    cause: "DENY_ALL",
  },
  { name: "a silent host", pause: { unreachable: true }, over: { unreachable: false }, cause: "HOST_UNREACHABLE" },
] as const;
for (const { name, pause, over, cause } of pauses) {
  test(`${name} pauses a backfill until it is over`, async () => {
    await using world = await oneOnOne("auto");
    world.fleet.change(pause);
    await world.clock.advance(20);
    expect(picture(world)).toBe(`1v1 PAUSED ${cause}`);
    await world.queue("equal", "x"); // Another pool: never touched.
    await world.queue("auto", "solo");
    await world.clock.advance(20);
    expect(world.fleet.fills).toEqual([]);
    world.fleet.change(over);
    await world.clock.advance(20);
    expect(picture(world)).toBe("1v1 SEARCHING");
    await queueAll(world, "auto", "c2");
    expect(picture(world)).toBe("2v2 SEARCHING");
  });
}

test("a backfill dies with its session, and its tickets' watchers hear why", async () => {
  await using world = await oneOnOne("auto");
  const { battleSessionId } = world.fleet.session();
  const events = world.collect({ ticketIds: ["t-ann"] });
  world.fleet.end("GAME_ENDED");
  await world.clock.advance(20);
  expect(events.at(-1)).toMatchObject({ type: 2, sessionEndCause: 1, ticket: { ticketId: "t-ann", version: 3 } });
  const described = await world.backfill.describeBackfill({ battleSessionId, capability: "" });
  expect(described.backfill).toMatchObject({ state: 3, cause: 7 });
  expect(world.faults).toEqual([]);
});

test("a seat that falls free while somebody waits is filled by one write, and the fill is all that the fleet is told", async () => {
  await using world = await oneOnOne("auto");
  await queueAll(world, "auto", "c1", "c2", "d1", "d2", "e1");
  expect(picture(world)).toBe("3v3 PAUSED FULL");
  const updates = world.fleet.updates.length;
  const append = vi.spyOn(world.journal, "append");
  world.fleet.leave("c1");
  await world.clock.advance(0);
  expect(append.mock.calls[0]?.[0].records).toHaveLength(2); // That it searches again, and whom it found.
  await world.clock.advance(20);
  expect(picture(world)).toBe("3v3 PAUSED FULL");
  expect(await world.state("t-e1")).toBe("COMPLETED");
  expect(world.fleet.updates).toHaveLength(updates);
  expect(world.fleet.fills).toHaveLength(2);
});

test("two seats that fall free in one instant are filled by who needs both", async () => {
  await using world = await oneOnOne("auto");
  await queueAll(world, "auto", "c1", "c2", "d1", "d2");
  const [one, other] = world.fleet.session().playerSessions.filter((seat) => seat.team === "red");
  await world.queue("auto", "e1", "e2");
  for (const seat of [one, other]) world.fleet.leave(seat?.playerId ?? "");
  await world.clock.advance(50);
  expect(picture(world)).toBe("3v3 PAUSED FULL");
  expect(await world.state("t-e1-e2")).toBe("COMPLETED");
});
