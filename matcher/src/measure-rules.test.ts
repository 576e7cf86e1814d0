// The metric of rules that turn players away: shares that a look at every pair would come to as well.
import { createMetrics } from "@muster/kit";
import { noProperties } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { configurationOf, createWorld } from "./matcher-world.fixture.ts";

const RULES = {
  version: "v1.0",
  playerAttributes: [
    { name: "mode", type: "string", default: "duel" },
    { name: "skill", type: "number", default: 0 },
  ],
  teams: [{ name: "all", minPlayers: 200, maxPlayers: 200 }],
  rules: [
    {
      name: "mode",
      type: "comparisonRule",
      measurements: ["flatten(teams[*].players.playerAttributes[mode])"],
      operation: "=",
    },
    { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 50 },
  ],
};

test("of the pairs that are drawn, each rule's share of rejections is that of all pairs", async () => {
  const metrics = createMetrics();
  await using world = await createWorld({
    metrics,
    config: {
      ruleSets: [{ name: "rules", document: JSON.stringify(RULES) }],
      configurations: [configurationOf({ name: "match", ruleSet: "rules", requestTimeoutMs: 3_600_000 })],
    },
  });
  // Half play each mode; of two, one in two is far apart.
  for (let index = 0; index < 40; index += 1) {
    const attributes = { mode: index % 2 === 0 ? "duel" : "brawl", skill: index % 4 < 2 ? 0 : 100 };
    const players = [{ playerId: `p${index}`, attributes, latenciesMs: {}, team: "" }];
    await world.run(
      world.matching.startMatching({ configuration: "match", ticketId: `t${index}`, players, ...noProperties }),
    );
  }
  await world.clock.advance(120_000);
  const read = (name: string, rule: string) => {
    const line = metrics
      .render()
      .split("\n")
      .find((one) => one.startsWith(`${name}{`) && one.includes(`rule="${rule}"`));
    return Number(line?.split(" ").at(-1));
  };
  const shareOf = (rule: string) => read("muster_rule_rejections_total", rule) / read("muster_rule_looks_total", rule);
  expect(read("muster_rule_looks_total", "mode")).toBeGreaterThan(1_000);
  for (const rule of ["mode", "near"]) {
    expect(shareOf(rule)).toBeGreaterThan(0.4);
    expect(shareOf(rule)).toBeLessThan(0.6);
  }
  expect(shareOf("(seats)")).toBe(0);
  expect(metrics.render()).toContain(
    'muster_rule_looks_total{project="default",configuration="match",rule_set="rules",rule="mode"}',
  );
  expect(world.faults).toEqual([]);
});
