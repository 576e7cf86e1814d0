// A hook of matches, in a running matcher: it is asked before anybody is told, chooses what a match becomes, and no match waits for ever.
import { expect, test } from "vitest";
import type { Configuration } from "../core/configuration.ts";
import { configurationOf, createWorld, type World, worldConfig } from "../matcher-world.fixture.ts";
import { createScriptedHooks } from "./scripted-hooks.fixture.ts";

async function createMatching(
  options: { readonly onFailure?: "PROCEED" | "REFUSE"; readonly more?: Partial<Configuration> } = {},
) {
  const { onFailure = "PROCEED", more = {} } = options;
  const hooks = createScriptedHooks(() => world.clock);
  const asked = { hooks: { matched: { hook: "maps", timeoutMs: 500, onFailure } }, ...more };
  const configurations = [
    configurationOf({ ...asked, alternatives: [{ ruleSet: "equal", queue: "other" }] }),
    configurationOf({ name: "group", queue: undefined, ...asked }),
  ];
  const world = await createWorld({ config: { ...worldConfig, configurations }, hooks, snapshotEveryFacts: 4 });
  return { world, hooks };
}

/** Lets so many ms go by in steps, so that what is on its way arrives first. */
async function pass(world: World, ms = 300): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) await world.clock.advance(10);
}

async function queueTwo(world: World, configuration = "duel"): Promise<void> {
  for (const player of ["ann", "bob"]) await world.queue(configuration, player);
  await pass(world);
}

test("a hook is asked before anybody is told of the match, and told whom it is of", async () => {
  const { world, hooks } = await createMatching();
  await using _ = world;
  hooks.delayMs = 400;
  await queueTwo(world, "group");
  expect(await world.ticket("t-ann")).toMatchObject({ state: 1, version: 1, matchId: "" });
  const [call] = hooks.calls;
  const { match, ...told } = JSON.parse(call?.body ?? "");
  expect([call?.hook, call?.question, call?.id]).toEqual(["maps", "matched", `matched.${match.matchId}`]);
  expect(told).toEqual({ type: "MATCHED", configuration: "group" });
  expect(match.players.map((one: { playerId: string }) => one.playerId).toSorted()).toEqual(["ann", "bob"]);
  await pass(world);
  const { state, version, matchId, assignment } = await world.ticket("t-ann");
  expect([state, version, matchId]).toEqual([3, 2, match.matchId]);
  expect(assignment?.players.find(({ playerId }) => playerId === "ann")?.joinToken).toBeDefined();
  expect(hooks.calls).toHaveLength(1);
});

test("a hook gives a match properties, data, a name and another queue of the configuration", async () => {
  const { world, hooks } = await createMatching({ more: { properties: { mode: "ctf", map: "any" } } });
  await using _ = world;
  hooks.answer = () => ({ properties: { map: "dust" }, data: "seed 7", sessionName: "Dust", queue: "other" });
  await queueTwo(world);
  const [request] = [...world.fleet.requests.values()];
  expect(request).toMatchObject({
    ...{ queue: "other", properties: { mode: "ctf", map: "dust" }, data: "seed 7", name: "Dust" },
  });
  expect(await world.state("t-ann")).toBe("COMPLETED");
});

test("a hook makes a group with join tokens of a match that a queue would have placed", async () => {
  const { world, hooks } = await createMatching();
  await using _ = world;
  hooks.answer = () => ({ queue: null });
  await queueTwo(world);
  const { assignment } = await world.ticket("t-ann");
  expect(world.fleet.placements).toEqual([]);
  expect(assignment).toMatchObject({ battleSessionId: "", address: undefined });
  expect(assignment?.players.find(({ playerId }) => playerId === "ann")?.joinToken).toBeDefined();
});

test("players of a match that a hook refuses search on, and are kept from the next for a second", async () => {
  const { world, hooks } = await createMatching();
  await using _ = world;
  hooks.answer = () => ({ decision: "REFUSE", code: "RIVALS" });
  await queueTwo(world);
  await pass(world, 600);
  expect(hooks.calls).toHaveLength(1);
  expect(await world.ticket("t-ann")).toMatchObject({ state: 1, version: 1, returns: 0 });
  hooks.answer = () => undefined;
  await pass(world, 600);
  expect(hooks.calls).toHaveLength(2);
  expect(hooks.calls[1]?.id).not.toBe(hooks.calls[0]?.id);
  expect(await world.state("t-ann")).toBe("COMPLETED");
});

const failures = [
  { name: "is silent", answer: () => "silence" },
  { name: "fails", answer: () => new Error("status 500") },
  { name: "names a strange queue", answer: () => ({ queue: "nowhere" }) },
  {
    name: "makes too many properties",
    answer: () => ({ properties: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`p${i}`, ""])) }),
  },
  { name: "writes half a character", answer: () => ({ properties: { map: "\ud800" } }) },
  { name: "says what nobody reads", answer: () => ({ map: "dust" }) },
];
for (const { name, answer } of failures) {
  for (const onFailure of ["PROCEED", "REFUSE"] as const) {
    test(`a match whose hook ${name} ${onFailure === "PROCEED" ? "is placed as it was formed" : "is none"}`, async () => {
      const { world, hooks } = await createMatching({ onFailure });
      await using _ = world;
      hooks.answer = answer;
      await queueTwo(world);
      await pass(world, 400);
      expect(await world.state("t-ann")).toBe(onFailure === "PROCEED" ? "COMPLETED" : "SEARCHING");
      expect(world.fleet.placements).toHaveLength(onFailure === "PROCEED" ? 1 : 0);
    });
  }
}

test("a matcher that was killed asks again, the same to the byte", async () => {
  const { world, hooks } = await createMatching();
  await using _ = world;
  hooks.delayMs = 400;
  await queueTwo(world);
  hooks.delayMs = 0;
  await world.restart();
  await pass(world);
  expect(hooks.calls).toHaveLength(2);
  expect(hooks.calls[1]).toEqual(hooks.calls[0]);
  expect(await world.state("t-ann")).toBe("COMPLETED");
});

for (const verdict of ["PROCEED", "REFUSE"] as const) {
  test(`a cancel waits for what a hook says, and is told the truth: ${verdict}`, async () => {
    const { world, hooks } = await createMatching();
    await using _ = world;
    hooks.delayMs = 400;
    hooks.answer = () => ({ decision: verdict });
    await queueTwo(world);
    const told = world.matching
      .cancelMatching({ ticketId: "t-ann" })
      .then(({ ticket }) => ticket?.cause)
      .catch(({ reason }) => reason);
    await pass(world, 1_500);
    expect(await told).toBe(verdict === "PROCEED" ? "TICKET_ALREADY_MATCHED" : "CANCELLED_BY_REQUEST");
  });
}

test("a configuration that is deleted meanwhile ends the tickets of a match that a hook is asked of", async () => {
  const { world, hooks } = await createMatching();
  await using _ = world;
  hooks.delayMs = 400;
  await queueTwo(world);
  await world.configurations.deleteConfiguration({ name: "duel", expectedVersion: 0 });
  await pass(world);
  expect(await world.ticket("t-ann")).toMatchObject({ state: 4, cause: "CONFIGURATION_DELETED" });
});

test("players have their whole time to accept, from when they are told", async () => {
  const acceptance = { timeoutMs: 1_000, autoContinue: true };
  const { world, hooks } = await createMatching({ more: { acceptance } });
  await using _ = world;
  hooks.delayMs = 400;
  await queueTwo(world, "group");
  await pass(world, 200);
  const { state, proposal } = await world.ticket("t-ann");
  expect(state).toBe(7);
  expect(proposal?.expiresAt?.getTime()).toBeGreaterThan(world.clock.nowMs() + 700);
});
