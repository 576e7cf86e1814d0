// For whom a change is, and tickets with several rule sets to be matched by: who meets whom, by which version, and where it is placed.
import { AppliesTo } from "@muster/proto/matchmaking";
import { describe, expect, test } from "vitest";
import { OLDER_VERSIONS_MAX } from "./core/put-configuration.ts";
import { writeConfiguration } from "./grpc/configuration-wire.ts";
import { configurationOf, createWorld, DUEL, EQUAL_TEAMS, type World, worldConfig } from "./matcher-world.fixture.ts";

const DOUBLES = { ...DUEL, teams: DUEL.teams.map(({ name }) => ({ name, minPlayers: 2, maxPlayers: 2 })) };
const said = (document: object, blanks = 0) => JSON.stringify(document) + " ".repeat(blanks);
const { NEW_TICKETS, ALL_TICKETS } = AppliesTo;

/** A world where "match" plays by `first`. */
const createPlaying = (first: object, changes: Parameters<typeof configurationOf>[0] = {}) =>
  createWorld({
    snapshotEveryFacts: 1,
    config: {
      ruleSets: [
        ...worldConfig.ruleSets,
        { name: "rules", document: said(first) },
        { name: "doubles", document: said(DOUBLES) },
      ],
      configurations: [configurationOf({ name: "match", ruleSet: "rules", ...changes })],
    },
  });
const come = async (world: World, ...players: readonly string[]) => {
  for (const player of players) await world.queue("match", player);
  await world.clock.advance(1_000);
};
const putRules = (world: World, document: string, appliesTo: AppliesTo) =>
  world.configurations.putRuleSet({ name: "rules", document, appliesTo });
/** Each player's state, with name and version of the rule set that matched them. */
const seen = async (world: World, ...players: readonly string[]) =>
  Promise.all(
    players.map(async (player) => {
      const { ruleSet = "", ruleSetVersion = "" } = (await world.ticket(`t-${player}`)).assignment?.formedBy ?? {};
      return `${player} ${await world.state(`t-${player}`)} ${ruleSet}${ruleSetVersion}`.trim();
    }),
  );

describe("a rule set for new tickets only", () => {
  test("lets tickets of before play on among themselves, over restarts, until it is put for all", async () => {
    await using world = await createPlaying(DOUBLES);
    await come(world, "ann", "bob", "cat");
    await putRules(world, said(DUEL), NEW_TICKETS);
    await come(world, "dan");
    expect(await seen(world, "ann", "dan")).toEqual(["ann SEARCHING", "dan SEARCHING"]);
    await world.restart();
    await come(world, "eve");
    expect(await seen(world, "ann", "dan", "eve")).toEqual([
      "ann SEARCHING",
      "dan COMPLETED rules2",
      "eve COMPLETED rules2",
    ]);
    const { ruleSet } = await world.configurations.describeRuleSet({ name: "rules" });
    expect(ruleSet).toMatchObject({ version: 2, olderVersions: [1] });
    expect(await putRules(world, said(DUEL), ALL_TICKETS)).toEqual({ version: 2 });
    await world.clock.advance(1_000);
    expect(await seen(world, "ann", "bob", "cat")).toEqual([
      ...["ann COMPLETED rules2", "bob COMPLETED rules2", "cat SEARCHING"],
    ]);
    expect(world.faults).toEqual([]);
  });

  test("matches tickets of before by what they had, also those that come back from a placement", async () => {
    await using world = await createPlaying(DUEL);
    world.fleet.outcomes.push("PENDING");
    await come(world, "ann", "bob");
    await putRules(world, said(DOUBLES), NEW_TICKETS);
    await come(world, "cat");
    world.fleet.settle(world.fleet.placements[0] ?? "", "FAILED");
    await world.clock.advance(1_000);
    expect(await seen(world, "ann", "bob", "cat")).toEqual([
      ...["ann COMPLETED rules1", "bob COMPLETED rules1", "cat SEARCHING"],
    ]);
    // With the last of them the version goes: the next change finds nobody who plays by it.
    await putRules(world, said(DOUBLES, 1), NEW_TICKETS);
    const { ruleSet } = await world.configurations.describeRuleSet({ name: "rules" });
    expect(ruleSet?.olderVersions).toEqual([2]);
  });

  test("fills battles that run by the new version, with new tickets", async () => {
    await using world = await createPlaying(EQUAL_TEAMS, { autoBackfill: true });
    await come(world, "ann", "bob");
    const { assignment } = await world.ticket("t-ann");
    await come(world, "old"); // Alone it would make teams unequal.
    await putRules(world, said(EQUAL_TEAMS, 1), NEW_TICKETS);
    await come(world, "cat");
    expect(await seen(world, "old", "cat")).toEqual(["old SEARCHING", "cat SEARCHING"]);
    await come(world, "dan");
    expect(await seen(world, "old", "cat", "dan")).toEqual([
      ...["old SEARCHING", "cat COMPLETED rules2", "dan COMPLETED rules2"],
    ]);
    const { battleSessionId } = (await world.ticket("t-dan")).assignment ?? {};
    expect(battleSessionId).toBe(assignment?.battleSessionId);
  });

  test(`is refused while tickets play by ${OLDER_VERSIONS_MAX} older versions`, async () => {
    await using world = await createPlaying(DUEL);
    await come(world, "first");
    for (let blanks = 1; blanks <= OLDER_VERSIONS_MAX; blanks += 1) {
      await putRules(world, said(DUEL, blanks), NEW_TICKETS);
      await come(world, `p${blanks}`);
    }
    const next = said(DUEL, 20);
    await expect(putRules(world, next, NEW_TICKETS)).rejects.toMatchObject({ reason: "OVERLOADED" });
    expect(await putRules(world, next, ALL_TICKETS)).toEqual({ version: OLDER_VERSIONS_MAX + 2 });
    await world.clock.advance(1_000);
    expect(await seen(world, "first", "p1")).toEqual([
      `first COMPLETED rules${OLDER_VERSIONS_MAX + 2}`,
      `p1 COMPLETED rules${OLDER_VERSIONS_MAX + 2}`,
    ]);
  });
});

test("a configuration for new tickets only leaves those of before their rule set and queue", async () => {
  await using world = await createPlaying(DOUBLES);
  await come(world, "ann", "bob", "cat");
  const configuration = writeConfiguration(configurationOf({ name: "match", ruleSet: "duel", queue: undefined }));
  await world.configurations.putConfiguration({ configuration, appliesTo: NEW_TICKETS });
  await come(world, "dan", "eve");
  expect(await seen(world, "ann", "dan", "eve")).toEqual([
    "ann SEARCHING",
    "dan COMPLETED duel1",
    "eve COMPLETED duel1",
  ]);
  expect((await world.ticket("t-dan")).assignment?.address).toBeUndefined();
  await expect(world.configurations.deleteRuleSet({ name: "rules", expectedVersion: 0 })).rejects.toMatchObject({
    reason: "RULE_SET_IN_USE",
  });
  await world.configurations.putConfiguration({ configuration, appliesTo: ALL_TICKETS });
  await world.clock.advance(1_000);
  expect(await seen(world, "ann", "bob", "cat")).toEqual([
    "ann COMPLETED duel1",
    "bob COMPLETED duel1",
    "cat SEARCHING",
  ]);
  await world.configurations.deleteRuleSet({ name: "rules", expectedVersion: 0 });
});

describe("a configuration with alternatives", () => {
  const alternatives = [{ ruleSet: "duel", queue: "small" }];

  test("matches by the rule set that it prefers where it can, else by another, each on its own queue", async () => {
    await using world = await createPlaying(DOUBLES, { alternatives });
    await come(world, "ann", "bob", "cat", "dan");
    await come(world, "eve", "fay");
    expect(await seen(world, "ann", "bob", "cat", "dan", "eve", "fay")).toEqual([
      ...["ann COMPLETED rules1", "bob COMPLETED rules1", "cat COMPLETED rules1", "dan COMPLETED rules1"],
      ...["eve COMPLETED duel1", "fay COMPLETED duel1"],
    ]);
    const queues = [...world.fleet.requests.values()].map(({ queue }) => queue);
    expect(queues).toEqual(["queue", "small"]);
    await world.restart();
    await come(world, "gus", "hal");
    expect(await seen(world, "gus", "hal")).toEqual(["gus COMPLETED duel1", "hal COMPLETED duel1"]);
    expect(world.faults).toEqual([]);
  });

  test("says by each rule set why a ticket waits, after a restart too", async () => {
    await using world = await createPlaying(DOUBLES, { alternatives });
    await come(world, "ann");
    for (let runs = 0; runs < 2; runs += 1) {
      const {
        ruleSet,
        explanation,
        alternatives: others,
      } = await world.run(world.matching.explainTicket({ ticketId: "t-ann" }));
      expect([ruleSet, explanation?.players]).toMatchObject(["rules", { present: 1, needed: 4, missing: 3 }]);
      expect(others).toMatchObject([
        { ruleSet: "duel", explanation: { players: { present: 1, needed: 2, missing: 1 } } },
      ]);
      expect(others[0]?.explanation?.constraints).toHaveLength(1);
      await world.restart();
    }
    await come(world, "bob");
    expect(await seen(world, "ann", "bob")).toEqual(["ann COMPLETED duel1", "bob COMPLETED duel1"]);
  });

  test("fills each battle by the rule set that formed it", async () => {
    await using world = await createPlaying(DOUBLES, {
      autoBackfill: true,
      alternatives: [{ ruleSet: "equal", queue: undefined }],
    });
    await come(world, "ann", "bob"); // A battle by equal teams of 1 to 3.
    await come(world, "cat", "dan");
    const [first, second] = [await world.ticket("t-ann"), await world.ticket("t-dan")];
    expect(second.assignment).toMatchObject({
      battleSessionId: first.assignment?.battleSessionId,
      formedBy: { ruleSet: "equal" },
    });
  });

  test("takes a ticket out of all its searches when it is cancelled or matched", async () => {
    await using world = await createPlaying(DOUBLES, { alternatives });
    await come(world, "ann");
    await world.matching.cancelMatching({ ticketId: "t-ann" });
    await come(world, "bob");
    expect(await seen(world, "ann", "bob")).toEqual(["ann CANCELLED", "bob SEARCHING"]);
    await come(world, "cat");
    expect(await seen(world, "bob", "cat")).toEqual(["bob COMPLETED duel1", "cat COMPLETED duel1"]);
  });

  const refused = [
    {
      name: "a rule set twice",
      changes: { alternatives: [{ ruleSet: "rules", queue: undefined }] },
      reason: "FIELD_INVALID",
    },
    { name: "a queue beside none", changes: { queue: undefined, alternatives }, reason: "FIELD_INVALID" },
    {
      name: "an unknown rule set",
      changes: { alternatives: [{ ruleSet: "none", queue: undefined }] },
      reason: "RULE_SET_NOT_FOUND",
    },
    {
      name: "nine alternatives",
      changes: { alternatives: Array.from({ length: 9 }, (_, index) => ({ ruleSet: `r${index}`, queue: undefined })) },
      reason: "FIELD_INVALID",
    },
  ];
  for (const { name, changes, reason } of refused) {
    test(`is refused with ${name}`, async () => {
      await using world = await createPlaying(DOUBLES);
      const configuration = writeConfiguration(configurationOf({ name: "match", ruleSet: "rules", ...changes }));
      await expect(world.configurations.putConfiguration({ configuration })).rejects.toMatchObject({ reason });
    });
  }

  test("keeps its rule sets from being deleted", async () => {
    await using world = await createPlaying(DOUBLES, { alternatives });
    const remove = () => world.configurations.deleteRuleSet({ name: "duel", expectedVersion: 0 });
    await expect(remove()).rejects.toMatchObject({ metadata: { configurations: "match" } });
  });
});
