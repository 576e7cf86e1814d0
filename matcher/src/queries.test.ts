// Tickets with queries in a running matcher: who is refused, who meets whom and when, what they are told, and what a restart leaves.

import { noProperties } from "@muster/proto/matchmaking";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Configuration } from "./core/configuration.ts";
import type { World } from "./matcher-world.fixture.ts";
import { type Asked, ask, createQueryWorld, queryConfiguration, says } from "./query-world.fixture.ts";

const compatible = { mode: "compatible", intervalMs: 10_000 } as const;
const states = async (world: World, ...ids: readonly string[]) => await Promise.all(ids.map((id) => world.state(id)));

/** From one multiple of ten seconds to the next. */
async function untilInterval({ clock }: World): Promise<void> {
  await clock.advance(10_000);
}

describe("a ticket is refused", () => {
  const configurations = [
    queryConfiguration({ maxTicketsPerPlayer: 2 }),
    queryConfiguration({ ...compatible }, { name: "original" }),
  ];
  let world: World;
  beforeAll(async () => {
    world = await createQueryWorld(configurations);
    await ask(world, "held-1", { players: ["held"], minCount: 9, maxCount: 9 });
    await ask(world, "held-2", { players: ["held"], minCount: 9, maxCount: 9 });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const field = (name: string) => ({ reason: "FIELD_INVALID", metadata: { field: name } });
  const rows: readonly { name: string; asked: Asked; refusal: object }[] = [
    { name: "for fewer than two", asked: { minCount: 1 }, refusal: field("min_count") },
    { name: "for fewer at most than at least", asked: { minCount: 3, maxCount: 2 }, refusal: field("max_count") },
    { name: "for more than any match has", asked: { maxCount: 10_001 }, refusal: field("max_count") },
    { name: "for a multiple of nothing", asked: { countMultiple: 0 }, refusal: field("count_multiple") },
    { name: "for no multiple", asked: { minCount: 2, maxCount: 3, countMultiple: 2 }, refusal: field("max_count") },
    { name: "as it says too much", asked: says({ word: "x".repeat(5_000) }), refusal: field("string_properties") },
    { name: "as its number is none", asked: says({ rank: Number.NaN }), refusal: field("numeric_properties.rank") },
    {
      name: "for a query that cannot be read, with the place",
      asked: { query: "+properties.region:eu +properties.map:" },
      refusal: { reason: "QUERY_INVALID", metadata: { field: "query", position: expect.any(String) } },
    },
    {
      name: "for a broken regular expression",
      asked: { query: "properties.map:/[/" },
      refusal: { reason: "QUERY_INVALID" },
    },
    { name: "as its party is too large", asked: { players: ["a", "b", "c"] }, refusal: field("players") },
    {
      name: "as its player has two",
      asked: { players: ["held"] },
      refusal: { reason: "TICKETS_PER_PLAYER_EXCEEDED", metadata: { playerId: "held", limit: "2" } },
    },
    { name: "with a query by a rule set", asked: { configuration: "duel", query: "*" }, refusal: field("query") },
    {
      name: "with a number of players by a rule set",
      asked: { configuration: "duel", query: "" },
      refusal: field("min_count"),
    },
  ];
  for (const { name, asked, refusal } of rows) {
    test(name, async () => {
      await expect(ask(world, "t", asked)).rejects.toMatchObject(refusal);
    });
  }

  test("as its players bring what only rule sets look at", async () => {
    const start = (player: object) =>
      world.matching.startMatching({
        ...{ ...noProperties, configuration: "arena", ticketId: "t", minCount: 2, maxCount: 2 },
        players: [{ playerId: "p", attributes: {}, latenciesMs: {}, team: "", ...player }],
      });
    await expect(start({ attributes: { skill: 1 } })).rejects.toMatchObject(field("players[0].attributes"));
    await expect(start({ team: "red" })).rejects.toMatchObject(field("players[0].team"));
  });

  test("not where the original refuses it late or never", async () => {
    const late = { configuration: "original", query: "properties.map:/[/", players: ["a", "b", "c"] };
    await expect(ask(world, "late", late)).resolves.toMatchObject({ query: { query: "properties.map:/[/" } });
  });
});

test("everybody in a match is shown with properties, and the game sees them as attributes", async () => {
  await using world = await createQueryWorld([queryConfiguration()]);
  const started = await ask(world, "t1", { query: "+properties.region:eu", ...says({ region: "eu", rank: 8 }) });
  expect(started).toMatchObject({
    query: {
      query: "+properties.region:eu",
      minCount: 2,
      maxCount: 2,
      countMultiple: 1,
      numericProperties: { rank: 8 },
    },
    ...{ timesOutAt: undefined, players: [{ playerId: "t1", attributes: { region: "eu", rank: 8 } }] },
  });
  await ask(world, "t2", says({ region: "eu" }));
  await ask(world, "t3", says({ region: "us" }));
  await world.clock.advance(20);
  const { assignment, matchId } = await world.ticket("t1");
  expect(assignment).toMatchObject({
    battleSessionId: expect.stringMatching(/./),
    formedBy: { configurationVersion: 1, ruleSet: "", ruleSetVersion: 0 },
    players: [
      {
        playerId: "t1",
        team: "players",
        playerSessionId: expect.stringMatching(/./),
        properties: says({ region: "eu", rank: 8 }),
      },
      { playerId: "t2", team: "players", playerSessionId: "", properties: says({ region: "eu" }) },
    ],
  });
  const [request] = world.fleet.requests.values();
  expect(request).toMatchObject({
    players: [
      { playerId: "t1", team: "players", attributes: { region: "eu", rank: 8 } },
      { playerId: "t2", attributes: { region: "eu" } },
    ],
  });
  expect(world.fleet.session()).toMatchObject({ capacity: 2, teams: [{ name: "players", capacity: 2 }] });
  expect(await states(world, "t1", "t2", "t3")).toEqual(["COMPLETED", "COMPLETED", "SEARCHING"]);
  await world.restart();
  expect(await world.ticket("t1")).toMatchObject({ assignment, matchId, query: { maxCount: 2 } });
});

test("without a queue a match is a group, and without a timeout a ticket waits for hours", async () => {
  await using world = await createQueryWorld([queryConfiguration({}, { queue: undefined })]);
  await ask(world, "t1");
  await world.clock.advance(7_200_000);
  await ask(world, "t2");
  await world.clock.advance(20);
  expect((await world.ticket("t1")).assignment).toMatchObject({
    battleSessionId: "",
    players: [{ playerId: "t1", properties: says({}) }, { playerId: "t2" }],
  });
});

describe("in the best reading", () => {
  const rows: readonly {
    name: string;
    tickets: Readonly<Record<string, Asked>>;
    /** Ms after the last ticket. */
    afterMs: number;
    matched: readonly string[];
  }[] = [
    {
      name: "both accept one another, whoever seeks",
      tickets: {
        a: { query: "+properties.x:1" },
        b: says({ x: 1 }),
        c: { ...says({ x: 1 }), query: "+properties.x:2" },
      },
      ...{ afterMs: 20, matched: ["a", "b"] },
    },
    {
      name: "ranges of sizes need only overlap",
      tickets: {
        a: { minCount: 2, maxCount: 4 },
        b: { minCount: 2, maxCount: 4 },
        c: { minCount: 3, maxCount: 6 },
        d: { minCount: 3, maxCount: 6 },
      },
      ...{ afterMs: 20, matched: ["a", "b", "c", "d"] },
    },
    {
      name: "fewer than the most do once the oldest has waited for all its intervals",
      tickets: { a: { maxCount: 4 }, b: { maxCount: 4 } },
      ...{ afterMs: 20_100, matched: ["a", "b"] },
    },
    {
      name: "fewer than the most do not do before",
      tickets: { a: { maxCount: 4 }, b: { maxCount: 4 } },
      ...{ afterMs: 19_000, matched: [] },
    },
    {
      name: "a full party is a match alone",
      tickets: { a: { players: ["p", "q"] } },
      ...{ afterMs: 20, matched: ["a"] },
    },
    {
      name: "two tickets of one player never meet",
      tickets: { a: { players: ["p"] }, b: { players: ["p"] } },
      ...{ afterMs: 60_000, matched: [] },
    },
  ];
  for (const { name, tickets, afterMs, matched } of rows) {
    test(name, async () => {
      await using world = await createQueryWorld([queryConfiguration()]);
      for (const [id, asked] of Object.entries(tickets)) await ask(world, id, asked);
      await world.clock.advance(afterMs);
      const all = await Promise.all(Object.keys(tickets).map((id) => world.ticket(id)));
      expect(all.filter(({ matchId }) => matchId !== "").map(({ ticketId }) => ticketId)).toEqual(matched);
      expect(world.faults).toEqual([]);
    });
  }
});

describe("in the compatible reading", () => {
  test("matches form at intervals, and a ticket is passive after its last one", async () => {
    await using world = await createQueryWorld([queryConfiguration(compatible)]);
    await ask(world, "t1", { maxCount: 4 });
    await world.clock.advance(100);
    await ask(world, "t2", { maxCount: 4 });
    await untilInterval(world);
    expect(await states(world, "t1", "t2")).toEqual(["SEARCHING", "SEARCHING"]);
    await untilInterval(world);
    expect(await states(world, "t1", "t2")).toEqual(["COMPLETED", "COMPLETED"]);
  });

  test("one who seeks nobody is found by who comes later", async () => {
    await using world = await createQueryWorld([queryConfiguration(compatible)]);
    await ask(world, "t1", { query: "+properties.x:9" });
    for (let interval = 0; interval < 5; interval += 1) await untilInterval(world);
    await ask(world, "t2");
    await untilInterval(world);
    expect(await states(world, "t1", "t2")).toEqual(["COMPLETED", "COMPLETED"]); // One-way, as reverse precision is off.
  });

  test("a player's other tickets live on, and may match in the same interval", async () => {
    await using world = await createQueryWorld([queryConfiguration(compatible)]);
    for (const id of ["a1", "a2"]) await ask(world, id, { players: ["ann"] });
    for (const id of ["b", "c"]) await ask(world, id);
    await untilInterval(world);
    expect(await states(world, "a1", "a2", "b", "c")).toEqual(Array(4).fill("COMPLETED"));
    expect(world.fleet.sessions()).toHaveLength(2);
  });

  test("after a restart everybody seeks once more, at the next interval", async () => {
    await using world = await createQueryWorld([queryConfiguration({ ...compatible, maxIntervals: 3 })]);
    await ask(world, "t1", { maxCount: 4 });
    await ask(world, "t2", { maxCount: 4 });
    await untilInterval(world);
    await world.restart();
    await untilInterval(world);
    expect(await states(world, "t1", "t2")).toEqual(["SEARCHING", "SEARCHING"]); // The second of three.
    await untilInterval(world);
    expect(await states(world, "t1", "t2")).toEqual(["COMPLETED", "COMPLETED"]);
  });
});

describe("a matched player's other tickets", () => {
  const start = async (world: World) => {
    await ask(world, "t1", { players: ["ann"] });
    await ask(world, "other", { players: ["ann"], minCount: 3, maxCount: 3 });
    await ask(world, "t2", { players: ["bob"] });
    await world.clock.advance(20);
  };
  const rows: readonly { name: string; configuration: Configuration; other: string; cause: string }[] = [
    { name: "end", configuration: queryConfiguration(), other: "CANCELLED", cause: "MATCHED_ELSEWHERE" },
    {
      name: "live on where they are to",
      configuration: queryConfiguration({ onMatched: "keepOthers" }),
      ...{ other: "SEARCHING", cause: "" },
    },
  ];
  for (const { name, configuration, other, cause } of rows) {
    test(name, async () => {
      await using world = await createQueryWorld([configuration]);
      await start(world);
      expect(await states(world, "t1", "t2", "other")).toEqual(["COMPLETED", "COMPLETED", other]);
      expect((await world.ticket("other")).cause).toBe(cause);
      await world.restart();
      expect(await world.state("other")).toBe(other);
    });
  }
});

test("who is erased leaves nothing of what the ticket said", async () => {
  await using world = await createQueryWorld([queryConfiguration({}, { queue: undefined })]);
  await ask(world, "t1", { players: ["ann"], query: "properties.b:x", ...says({ a: "word" }) });
  await ask(world, "t2", { players: ["bob"], ...says({ b: "x" }) });
  await world.clock.advance(20);
  await world.playerData.erasePlayer({ playerId: "ann" });
  for (const id of ["t1", "t2"]) {
    expect(JSON.stringify(await world.ticket(id))).not.toMatch(/ann|word/);
    expect(await world.ticket(id)).toMatchObject({
      assignment: { players: [{ playerId: "" }, { properties: says({ b: "x" }) }] },
    });
  }
  expect(await world.ticket("t1")).toMatchObject({ query: { query: "*", maxCount: 2 } });
});

test("queries that take more than one round to look at everybody find whom they seek all the same", async () => {
  await using world = await createQueryWorld([
    queryConfiguration(),
    queryConfiguration({ ...compatible }, { name: "original" }),
  ]);
  const word = "ab".repeat(100);
  const ids: string[] = [];
  for (const configuration of ["arena", "original"]) {
    for (let number = 0; number < 8; number += 1) {
      // Each looks at the text in forty ways, with a number that makes it another query than all others.
      const clauses = Array.from({ length: 40 }, (_none, index) => `+properties.word:*a*b*^${number * 40 + index + 1}`);
      const id = `${configuration}-${number}`;
      ids.push(id);
      await ask(world, id, { configuration, players: [id], query: clauses.join(" "), ...says({ word }) });
    }
  }
  await untilInterval(world);
  expect(new Set(await states(world, ...ids))).toEqual(new Set(["COMPLETED"]));
});

test("why a ticket waits that seeks by a query is told without rules", async () => {
  await using world = await createQueryWorld([queryConfiguration()]);
  await ask(world, "alone", { minCount: 3, maxCount: 3 });
  await ask(world, "other", { minCount: 3, maxCount: 3 });
  const { ruleSet, explanation, alternatives } = await world.matching.explainTicket({ ticketId: "alone" });
  expect([ruleSet, alternatives]).toEqual(["", []]);
  expect(explanation).toMatchObject({ othersSearching: 1, othersOpen: 1, constraints: [] });
  expect(world.faults).toEqual([]);
});

test("ExplainTicket says what each clause leaves, who comes near, and what waiting changes", async () => {
  await using world = await createQueryWorld([
    queryConfiguration(),
    queryConfiguration(compatible, { name: "original" }),
  ]);
  const query = "+properties.region:eu +properties.rank:<=12";
  const own: Asked = { query, minCount: 2, maxCount: 4, ...says({ region: "eu" }) };
  const others: Readonly<Record<string, Asked>> = {
    near: { minCount: 3, maxCount: 3, query: "properties.a:x", ...says({ region: "eu", rank: 15 }) },
    far: { minCount: 3, maxCount: 3, query: "properties.a:x", ...says({ region: "us", rank: 15 }) },
    shy: { minCount: 3, maxCount: 3, query: "properties.a:x", ...says({ region: "eu", rank: 5 }) },
    large: { minCount: 6, maxCount: 6, ...says({ region: "eu", rank: 5 }) },
  };
  for (const configuration of ["arena", "original"]) {
    await ask(world, `own-${configuration}`, { ...own, configuration });
    for (const [id, asked] of Object.entries(others))
      await ask(world, `${id}-${configuration}`, { ...asked, configuration });
  }
  await world.clock.advance(1_000);
  const explain = async (ticketId: string) => (await world.matching.explainTicket({ ticketId })).explanation;
  const clauses = [
    { says: expect.stringMatching(/2 to 4 players/), holds: 3, left: 3 },
    { says: 'properties.region is "eu"', holds: 2, left: 2 },
    { says: expect.stringMatching(/rank/), holds: 1, left: 1 },
  ];
  expect(await explain("own-arena")).toMatchObject({
    ...{
      timesOutInMs: -1,
      othersSearching: 4,
      fitting: { tickets: 0 },
      players: { present: 1, needed: 2, missing: 1 },
    },
    query: {
      ...{ lookedAt: 4, clauses, found: 1, accepting: 0, mutual: 0, passive: false, nextIntervalInMs: undefined },
      nearest: [
        { misses: ["properties.rank is 15, 3 too high"] },
        { misses: [expect.any(String), expect.any(String)] },
      ],
    },
  });
  expect(await explain("own-original")).toMatchObject({
    ...{ fitting: { tickets: 1 }, players: { missing: 0 } },
    query: { found: 1, nextIntervalInMs: expect.any(Number), passive: false },
  });
  for (let interval = 0; interval < 3; interval += 1) await untilInterval(world);
  expect((await explain("near-original"))?.query).toMatchObject({ passive: true });
});
