// Rule sets with a latency rule, through the whole matcher: who meets whom, and who may join a battle where it is.
import { noProperties } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { configurationOf, createWorld, EQUAL_TEAMS, type World } from "./matcher-world.fixture.ts";

const document = JSON.stringify({
  ...EQUAL_TEAMS,
  rules: [...EQUAL_TEAMS.rules, { name: "near", type: "latencyRule", maxLatency: 80 }],
});
const config = {
  ruleSets: [{ name: "near", document }],
  configurations: [configurationOf({ name: "near", ruleSet: "near", autoBackfill: true })],
};

async function queue(world: World, playerId: string, latenciesMs: Record<string, number>): Promise<void> {
  const players = [{ playerId, attributes: {}, latenciesMs, team: "" }];
  await world.matching.startMatching({ ...noProperties, configuration: "near", ticketId: `t-${playerId}`, players });
}

test("a match forms of those who share a near region, and a battle takes who is near to its own", async () => {
  await using world = await createWorld({ config });
  await queue(world, "far", { us: 20, eu: 300 });
  await queue(world, "ann", { eu: 20, us: 120 });
  await queue(world, "bob", { eu: 80 });
  await world.clock.advance(50);
  expect(await world.state("t-far")).toBe("SEARCHING");
  expect(await world.state("t-bob")).toBe("COMPLETED");
  expect([...world.fleet.requests.values()].map(({ regions }) => regions)).toEqual([["eu"]]);
  world.fleet.accept("ann", "bob");
  await world.clock.advance(50);
  // The scripted fleet's sessions run in eu: who is near to us alone waits, in whatever company.
  await queue(world, "cat", { us: 20, eu: 81 });
  await queue(world, "dan", { eu: 60 });
  await world.clock.advance(50);
  expect(await world.state("t-dan")).toBe("SEARCHING");
  await queue(world, "eve", { eu: 70 });
  await world.clock.advance(50);
  expect([await world.state("t-dan"), await world.state("t-eve")]).toEqual(["COMPLETED", "COMPLETED"]);
  expect(await world.state("t-cat")).toBe("COMPLETED"); // Of a match of its own, with far.
  expect((await world.ticket("t-cat")).matchId).toBe((await world.ticket("t-far")).matchId);
});
