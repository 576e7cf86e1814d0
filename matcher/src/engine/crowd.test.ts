import { judge, parseRuleSet } from "@muster/rules";
import { expect, test } from "vitest";
import { createEngineWorld, type PlannedTicket, rosterOf } from "./engine-world.fixture.ts";

const playerAttributes = [{ name: "skill", type: "number" }];
const rows: readonly { name: string; document: object; sizes: readonly number[]; players: number }[] = [
  {
    name: "opens ten thousand teams of one as far as somebody comes",
    document: { version: "v1.0", teams: [{ name: "solo", minPlayers: 1, maxPlayers: 1, maxQuantity: 10_000 }] },
    sizes: [1, 1, 2],
    players: 200,
  },
  {
    name: "fills a hundred teams of a hundred",
    document: { version: "v1.0", teams: [{ name: "crew", minPlayers: 1, maxPlayers: 100, maxQuantity: 100 }] },
    sizes: [1, 2, 5],
    players: 800,
  },
  {
    name: "searches for more players than a small match has tickets to look at",
    document: {
      ruleLanguageVersion: "1.0",
      playerAttributes,
      algorithm: { strategy: "balanced", balancedAttribute: "skill" },
      teams: [{ name: "side", minPlayers: 90, maxPlayers: 100, quantity: 2 }],
      rules: [
        { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 50 },
        { name: "region", type: "latency", maxLatency: 100 },
      ],
    },
    sizes: [1],
    players: 200,
  },
];
for (const { name, document, sizes, players } of rows) {
  test(`the engine ${name}`, () => {
    const ruleSet = parseRuleSet(document);
    const world = createEngineWorld(ruleSet);
    const planned = Array.from({ length: 300 }, (_, index): PlannedTicket => {
      const size = sizes[index % sizes.length] ?? 1;
      const skills = Array<number>(size).fill((index * 7) % 60);
      return { size, skills, waitedMs: 0, mode: "a", patch: undefined, maps: [], latencies: { eu: 20 }, teams: [] };
    });
    world.add(planned);
    const [match] = world.form(1).matches;
    expect(match?.seats).toHaveLength(players);
    if (match) expect(judge(ruleSet, rosterOf(match))).toEqual([]);
  });
}
