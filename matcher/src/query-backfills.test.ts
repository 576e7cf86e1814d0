// Battles whose players came by queries: seats that fall free are taken by who accepts everybody there; and proposals, and placements that fail.
import { MatchAnswer } from "@muster/proto/matchmaking";
import { BackfillStrategy } from "@muster/proto/session";
import { describe, expect, test } from "vitest";
import type { World } from "./matcher-world.fixture.ts";
import { type Asked, ask, createQueryWorld, queryConfiguration, says } from "./query-world.fixture.ts";

const states = async (world: World, ...ids: readonly string[]) => await Promise.all(ids.map((id) => world.state(id)));
const eu: Asked = { query: "+properties.region:eu", ...says({ region: "eu" }), minCount: 2, maxCount: 3 };

/** A battle of three with one seat free. */
async function withFreeSeat(mode: "best" | "compatible" = "best"): Promise<World> {
  const world = await createQueryWorld([queryConfiguration({ mode }, { autoBackfill: true })]);
  for (const id of ["a", "b", "c"]) await ask(world, id, eu);
  await world.clock.advance(10_020);
  world.fleet.accept("a", "b", "c");
  await world.clock.advance(20);
  world.fleet.leave("c");
  await world.clock.advance(20);
  return world;
}

describe("a seat that falls free", () => {
  const rows: readonly { name: string; asked: Asked; seated: boolean; mode?: "compatible" }[] = [
    { name: "is taken by who accepts everybody and is accepted", asked: eu, seated: true },
    {
      name: "is not for who accepts one of them only",
      asked: { ...eu, query: "+properties.region:us" },
      seated: false,
    },
    { name: "is not for whom they do not seek", asked: { ...eu, ...says({ region: "us" }) }, seated: false },
    {
      name: "is for whom they do not seek, in the compatible reading",
      asked: { ...eu, ...says({ region: "us" }) },
      seated: true,
      mode: "compatible",
    },
    { name: "is not for who wants more company", asked: { ...eu, minCount: 4, maxCount: 4 }, seated: false },
    { name: "is not for who was there already", asked: { ...eu, players: ["a"] }, seated: false },
    { name: "is not for a party", asked: { ...eu, players: ["d", "e"] }, seated: false },
  ];
  for (const { name, asked, seated, mode } of rows) {
    test(name, async () => {
      await using world = await withFreeSeat(mode);
      expect(world.fleet.session().backfill).toMatchObject({ state: "SEARCHING", progress: [{ have: 2, goal: 3 }] });
      await ask(world, "new", asked);
      await world.clock.advance(100);
      expect(await world.state("new")).toBe(seated ? "COMPLETED" : "SEARCHING");
      const players = world.fleet
        .session()
        .playerSessions.map(({ playerId }) => playerId)
        .toSorted();
      expect(players).toEqual(seated ? ["a", "b", "new"] : ["a", "b"]);
      expect(world.faults).toEqual([]);
      if (!seated) return;
      const { assignment } = await world.ticket("new");
      expect(assignment?.players).toHaveLength(3);
      expect(assignment?.players.find(({ playerId }) => playerId === "a")).toMatchObject({
        properties: says({ region: "eu" }),
      });
      expect(world.fleet.session().playerSessions.at(-1)?.attributes).toMatchObject(asked.stringProperties ?? {});
    });
  }

  test("is taken after a restart by who was waiting", async () => {
    await using world = await withFreeSeat();
    await world.stop();
    await world.start();
    await ask(world, "new", eu);
    await world.clock.advance(3_000);
    expect(await world.state("new")).toBe("COMPLETED");
  });
});

test("StartBackfill adds as many players as it says", async () => {
  await using world = await createQueryWorld([queryConfiguration()]);
  for (const id of ["a", "b", "c"]) await ask(world, id, { minCount: 2, maxCount: 3 });
  await world.clock.advance(20);
  world.fleet.accept("a", "b", "c");
  for (const id of ["b", "c"]) world.fleet.leave(id);
  await world.clock.advance(20);
  const { battleSessionId } = world.fleet.session();
  await ask(world, "d", { minCount: 2, maxCount: 3 });
  await world.backfill.startBackfill({
    ...{ battleSessionId, strategy: BackfillStrategy.CUSTOM, addPlayers: { players: 1 }, replace: false },
    ...{ requestId: "", seenRevision: 0, capability: "" },
  });
  await world.clock.advance(100);
  expect(world.fleet.session().playerSessions.map(({ playerId }) => playerId)).toEqual(["a", "d"]);
  world.fleet.accept("d");
  await world.clock.advance(100);
  expect(world.fleet.session().backfill?.state).toBe("COMPLETED");
});

describe("with acceptance", () => {
  const proposed = async () => {
    const acceptance = { timeoutMs: 20_000, autoContinue: true };
    const world = await createQueryWorld([queryConfiguration({}, { acceptance })]);
    await ask(world, "a", { players: ["ann"] });
    await ask(world, "a2", { players: ["ann"], minCount: 2, maxCount: 2 });
    await ask(world, "b", { players: ["bob"] });
    await ask(world, "c");
    await world.clock.advance(20);
    return world;
  };
  const answer = async (world: World, ticketId: string, playerId: string, given: MatchAnswer) => {
    const { matchId } = await world.ticket(ticketId);
    await world.matching.acceptMatch({ ticketId, matchId, playerIds: [playerId], answer: given });
    await world.clock.advance(20);
  };

  test("a player is asked for one match at a time, and the others end when all have accepted", async () => {
    await using world = await proposed();
    expect(await states(world, "a", "a2", "b", "c")).toEqual([
      ...["REQUIRES_ACCEPTANCE", "SEARCHING", "REQUIRES_ACCEPTANCE", "SEARCHING"],
    ]);
    await answer(world, "a", "ann", MatchAnswer.ACCEPT);
    expect(await world.state("a2")).toBe("SEARCHING");
    await answer(world, "b", "bob", MatchAnswer.ACCEPT);
    expect(await states(world, "a", "a2", "b", "c")).toEqual(["COMPLETED", "CANCELLED", "COMPLETED", "SEARCHING"]);
  });

  test("after a refusal the other ticket is matched", async () => {
    await using world = await proposed();
    await answer(world, "a", "ann", MatchAnswer.REFUSE);
    await world.clock.advance(100);
    expect(await states(world, "a", "b")).toEqual(["CANCELLED", "REQUIRES_ACCEPTANCE"]);
  });
});

for (const [policy, state] of [
  ["SEARCH_ON", "COMPLETED"],
  ["FAIL", "FAILED"],
] as const) {
  test(`a placement that fails: ${policy}`, async () => {
    await using world = await createQueryWorld([queryConfiguration({}, { onPlacementFailed: policy })]);
    world.fleet.outcomes.push("FAILED");
    for (const id of ["a", "b"]) await ask(world, id);
    await world.clock.advance(100);
    expect(await states(world, "a", "b")).toEqual([state, state]);
  });
}

describe("who fits a battle that cannot be filled at this moment", () => {
  const four: Asked = { minCount: 2, maxCount: 4 };
  const party = (...players: readonly string[]): Asked => ({ ...four, players });
  const createPreferring = async (preferRunning: boolean) => {
    const backfill = {
      order: "OLDEST_FIRST",
      preferRunning,
      fillPlayersMax: undefined,
      approvalTimeoutMs: undefined,
    } as const;
    return await createQueryWorld([queryConfiguration({}, { autoBackfill: true, backfill })]);
  };
  /** A battle of four seats with `a` and `b` in it. */
  const startBattle = async (world: World) => {
    for (const id of ["a", "b"]) await ask(world, id, four);
    await world.clock.advance(20_100);
  };
  const rows = [
    { name: "begins no new match where running battles come first", preferRunning: true, battles: 1 },
    { name: "begins one where they do not", preferRunning: false, battles: 2 },
  ];
  for (const { name, preferRunning, battles } of rows) {
    test(`${name}: it is being started`, async () => {
      await using world = await createPreferring(preferRunning);
      world.fleet.outcomes.push("PENDING");
      await startBattle(world);
      await ask(world, "c", party("c1", "c2"));
      await ask(world, "d", party("d1", "d2"));
      await world.clock.advance(3_000);
      expect(world.fleet.placements).toHaveLength(battles);
      world.fleet.settle(world.fleet.placements[0] ?? "", "FULFILLED");
      await world.clock.advance(100);
      expect(await states(world, "a", "c", "d")).toEqual([
        ...["COMPLETED", "COMPLETED", preferRunning ? "SEARCHING" : "COMPLETED"],
      ]);
      expect(world.fleet.placements).toHaveLength(battles);
      expect(world.faults).toEqual([]);
    });

    test(`${name}: a fill is under way`, async () => {
      await using world = await createPreferring(preferRunning);
      await startBattle(world);
      const { promise, resolve } = Promise.withResolvers<void>();
      world.fleet.holdFills = promise;
      await ask(world, "c", four);
      await world.clock.advance(20);
      expect(world.fleet.fills).toHaveLength(1);
      await ask(world, "d", four);
      await ask(world, "e", party("e1", "e2", "e3"));
      await world.clock.advance(3_000);
      expect(world.fleet.placements).toHaveLength(battles);
      world.fleet.holdFills = undefined;
      resolve();
      await world.clock.advance(100);
      expect(await states(world, "c", "d", "e")).toEqual([
        ...["COMPLETED", "COMPLETED", preferRunning ? "SEARCHING" : "COMPLETED"],
      ]);
      expect(world.faults).toEqual([]);
    });
  }
});
