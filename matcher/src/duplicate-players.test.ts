// A player in one live ticket: where, and what becomes of the second, over every state that the first may be in.
import { noProperties, SeatedBy, TicketEventType, TicketState } from "@muster/proto/matchmaking";
import { describe, expect, test } from "vitest";
import type { DuplicatePlayerSettings } from "./core/duplicate-players.ts";
import { configurationOf, createWorld, type World, worldConfig } from "./matcher-world.fixture.ts";

const supersede: DuplicatePlayerSettings = { scope: "CONFIGURATION", onDuplicate: "SUPERSEDE", onSeated: "ALLOW" };
const project: DuplicatePlayerSettings = { ...supersede, scope: "PROJECT" };

const config = {
  ...worldConfig,
  configurations: [
    ...worldConfig.configurations.filter(({ name }) => name !== "equal"),
    configurationOf({ name: "newest", ruleSet: "equal", duplicatePlayers: supersede }),
    configurationOf({ name: "only", ruleSet: "equal", duplicatePlayers: { ...project, onDuplicate: "REFUSE" } }),
    configurationOf({ name: "everywhere", ruleSet: "equal", duplicatePlayers: project }),
    configurationOf({
      name: "asked",
      queue: undefined,
      acceptance: { timeoutMs: 20_000, autoContinue: true },
      duplicatePlayers: supersede,
    }),
    configurationOf({ name: "placed", duplicatePlayers: supersede }),
    configurationOf({ name: "strict", duplicatePlayers: { ...supersede, onSeated: "REFUSE" } }),
    configurationOf({ name: "back", duplicatePlayers: { ...supersede, onSeated: "REJOIN" } }),
  ],
};

const start = ({ matching }: World, configuration: string, ticketId: string, ...players: readonly string[]) =>
  matching.startMatching({
    ...{ ...noProperties, configuration, ticketId },
    players: players.map((playerId) => ({ playerId, attributes: {}, latenciesMs: {}, team: "" })),
  });
const held = (ticketId: string, playerId = "ann") => ({
  ...{ reason: "PLAYER_ALREADY_QUEUED", metadata: { playerId, ticketId } },
});
const causeOf = async (world: World, ticketId: string) => {
  const { state, cause } = await world.ticket(ticketId);
  return `${Object.entries(TicketState).find(([, value]) => value === state)?.[0]} ${cause}`;
};

describe("SUPERSEDE", () => {
  test("puts the new ticket in the place of the older ones, in one write, for all their players", async () => {
    await using world = await createWorld({ config });
    await start(world, "newest", "old1", "ann", "mate");
    await start(world, "newest", "old2", "bob");
    const events = world.collect({});
    await world.clock.advance(1);
    await start(world, "newest", "new", "ann", "bob", "cid");
    await world.clock.advance(1);
    expect(events.slice(1).map(({ ticket }) => [ticket?.ticketId, ticket?.version, ticket?.cause])).toEqual([
      ["old1", 2, "SUPERSEDED"],
      ["old2", 2, "SUPERSEDED"],
      ["new", 1, ""],
    ]);
    await start(world, "newest", "free", "mate"); // The other player of the party is free again.
    await world.restart();
    expect(await causeOf(world, "old1")).toBe("CANCELLED SUPERSEDED");
    await expect(start(world, "newest", "old1", "ann", "mate")).resolves.toMatchObject({
      ticket: { cause: "SUPERSEDED" },
    });
  });

  test("refuses where the older ticket waits for acceptance", async () => {
    await using world = await createWorld({ config });
    await start(world, "asked", "a", "ann");
    await start(world, "asked", "b", "bob");
    await world.clock.advance(20);
    expect(await world.state("a")).toBe("REQUIRES_ACCEPTANCE");
    await expect(start(world, "asked", "new", "ann")).rejects.toMatchObject(held("a"));
  });

  test("refuses where the older ticket is being placed, and takes the new one when it is over", async () => {
    await using world = await createWorld({ config });
    world.fleet.outcomes.push("PENDING");
    await start(world, "placed", "a", "ann");
    await start(world, "placed", "b", "bob");
    await world.clock.advance(20);
    expect(await world.state("a")).toBe("PLACING");
    await expect(start(world, "placed", "new", "ann")).rejects.toMatchObject(held("a"));
    expect(await world.state("a")).toBe("PLACING");
  });

  test("cancels nothing when another player of the request cannot be taken", async () => {
    await using world = await createWorld({ config });
    await start(world, "newest", "old", "ann");
    await start(world, "only", "kept", "bob");
    await expect(start(world, "everywhere", "new", "ann", "bob")).resolves.toBeDefined();
    expect([await causeOf(world, "old"), await causeOf(world, "kept")]).toEqual([
      "CANCELLED SUPERSEDED",
      "CANCELLED SUPERSEDED",
    ]);
    world.fleet.outcomes.push("PENDING");
    await start(world, "placed", "p1", "cid");
    await start(world, "placed", "p2", "dan");
    await world.clock.advance(20);
    await start(world, "newest", "waits", "eve");
    await expect(start(world, "everywhere", "no", "eve", "cid")).rejects.toMatchObject(held("p1", "cid"));
    expect(await world.state("waits")).toBe("SEARCHING");
  });
});

describe("PROJECT", () => {
  test("keeps a player from every other configuration, whichever was first", async () => {
    await using world = await createWorld({ config });
    await start(world, "only", "a", "ann");
    await expect(start(world, "duel", "b", "ann")).rejects.toMatchObject(held("a"));
    await start(world, "group", "c", "bob");
    await expect(start(world, "only", "d", "bob")).rejects.toMatchObject(held("c", "bob"));
    await world.matching.cancelMatching({ ticketId: "a" });
    await start(world, "duel", "e", "ann");
  });

  test("supersedes tickets of other configurations", async () => {
    await using world = await createWorld({ config });
    await start(world, "duel", "a", "ann");
    await start(world, "group", "b", "ann");
    await start(world, "everywhere", "c", "ann");
    expect([await causeOf(world, "a"), await causeOf(world, "b")]).toEqual([
      "CANCELLED SUPERSEDED",
      "CANCELLED SUPERSEDED",
    ]);
  });
});

describe("onSeated REFUSE", () => {
  test("names the ticket that brought the seat, for as long as the seat is the player's, over a restart too", async () => {
    await using world = await createWorld({ config });
    await start(world, "strict", "a", "ann");
    await start(world, "strict", "b", "bob");
    await world.clock.advance(50);
    expect(await world.state("a")).toBe("COMPLETED");
    const [{ battleSessionId = "" } = {}] = world.fleet.sessions();
    const refused = { reason: "PLAYER_ALREADY_SEATED", metadata: { playerId: "ann", ticketId: "a", battleSessionId } };
    await expect(start(world, "strict", "again", "ann")).rejects.toMatchObject(refused);
    await start(world, "duel", "elsewhere", "ann"); // Where it is allowed.
    await world.matching.cancelMatching({ ticketId: "elsewhere" });
    await world.restart();
    await world.clock.advance(10);
    await expect(start(world, "strict", "again", "ann")).rejects.toMatchObject(refused);
    world.fleet.leave("ann");
    await world.clock.advance(10);
    await start(world, "strict", "again", "ann");
  });
});

describe("onSeated REJOIN", () => {
  /** Ann against Bob, in a battle. */
  const inBattle = async (options: Parameters<typeof createWorld>[0] = {}) => {
    const world = await createWorld({ config, ...options });
    await start(world, "back", "a", "ann");
    await start(world, "back", "b", "bob");
    await world.clock.advance(50);
    expect(await world.state("a")).toBe("COMPLETED");
    return world;
  };
  const seatOf = async (world: World, ticketId: string, playerId = "ann") => {
    const { players = [] } = (await world.ticket(ticketId)).assignment ?? {};
    return players.find((player) => player.playerId === playerId);
  };

  for (const snapshotEveryFacts of [undefined, 1]) {
    const how = snapshotEveryFacts === undefined ? "its journal" : "a snapshot";
    test(`completes the ticket at once with the seat that the player has, and says so after a restart from ${how}`, async () => {
      await using world = await inBattle(snapshotEveryFacts === undefined ? {} : { snapshotEveryFacts });
      const { ticket } = await start(world, "back", "again", "ann");
      const { assignment, matchId = "" } = await world.ticket("a");
      expect(ticket).toMatchObject({
        ...{ state: TicketState.COMPLETED, version: 2, matchId },
        assignment: {
          ...{ rejoined: true, battleSessionId: assignment?.battleSessionId, formedBy: assignment?.formedBy },
          players: [
            { playerId: "ann", ticketId: "again" },
            { playerId: "bob", ticketId: "b", playerSessionId: "" },
          ],
        },
      });
      expect((await seatOf(world, "again"))?.playerSessionId).toBe((await seatOf(world, "a"))?.playerSessionId);
      await world.restart();
      await world.clock.advance(10);
      expect(await start(world, "back", "again", "ann")).toEqual({ ticket });
      expect((await start(world, "back", "third", "ann")).ticket?.assignment?.rejoined).toBe(true);
      const { transitions } = await world.matching.describeTicketHistory({ ticketId: "again" });
      expect(transitions.map(({ seatedBy }) => seatedBy)).toEqual([SeatedBy.UNSPECIFIED, SeatedBy.REJOIN]);
      expect(world.fleet.placements.length).toBe(1);
    });
  }

  test("tells the ticket of the end of its battle, as it tells the one that brought the seat", async () => {
    await using world = await inBattle();
    await start(world, "back", "again", "ann");
    const events = world.collect({ ticketIds: ["a", "again"] });
    world.fleet.end("GAME_ENDED");
    await world.clock.advance(50);
    const ends = events.filter(({ type }) => type === TicketEventType.SESSION_ENDED);
    expect(ends.map(({ ticket }) => ticket?.ticketId).toSorted()).toEqual(["a", "again"]);
  });

  const gone = [
    { name: "whose battle is over", leave: (world: World) => world.fleet.end("GAME_ENDED") },
    { name: "who has left", leave: (world: World) => world.fleet.leave("ann") },
  ];
  for (const { name, leave } of gone) {
    test(`queues a player ${name} like anybody`, async () => {
      await using world = await inBattle();
      leave(world);
      await world.clock.advance(50);
      const { ticket } = await start(world, "back", "again", "ann");
      expect(ticket).toMatchObject({ state: TicketState.SEARCHING, version: 1 });
    });
  }

  test("refuses players who do not all sit in one battle", async () => {
    await using world = await inBattle();
    await start(world, "back", "c", "cid");
    await start(world, "back", "d", "dan");
    await world.clock.advance(50);
    const refused = { reason: "PLAYER_ALREADY_SEATED", metadata: { playerId: "ann", ticketId: "a" } };
    await expect(start(world, "back", "no", "ann", "eve")).rejects.toMatchObject(refused);
    await expect(start(world, "back", "no", "ann", "cid")).rejects.toMatchObject(refused);
    const { ticket } = await start(world, "back", "both", "ann", "bob");
    expect(ticket).toMatchObject({ state: TicketState.COMPLETED, assignment: { rejoined: true } });
    const asked = { playerIds: ["eve"], timeoutSeconds: 30 };
    const players = [{ playerId: "ann", attributes: {}, latenciesMs: {}, team: "" }];
    await expect(
      world.matching.startMatching({ ...noProperties, configuration: "back", ticketId: "prepared", players, asked }),
    ).rejects.toMatchObject({ reason: "PLAYER_ALREADY_SEATED" });
  });
});
