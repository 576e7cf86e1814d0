// Rule sets and configurations over the API: their versions, what may be deleted, and what becomes of those who wait and play.
import { MusterError } from "@muster/proto";
import { ConfigurationServiceDefinition, type MatchmakingConfiguration } from "@muster/proto/matchmaking";
import { BackfillState } from "@muster/proto/session";
import { describe, expect, test } from "vitest";
import { writeConfiguration } from "./grpc/configuration-wire.ts";
import { configurationOf, createWorld, DUEL, EQUAL_TEAMS, type World, worldConfig } from "./matcher-world.fixture.ts";

const messageOf = (changes: Parameters<typeof configurationOf>[0]): MatchmakingConfiguration =>
  writeConfiguration(configurationOf(changes));
/** The same rules, said with so many blanks. */
const document = (blanks: number) => JSON.stringify(DUEL) + " ".repeat(blanks);

const versionsOf = async ({ configurations }: World, name = "duel") => {
  const { configuration } = await configurations.describeConfiguration({ name });
  const { ruleSet } = await configurations.describeRuleSet({ name: configuration?.ruleSet ?? "" });
  return [configuration?.version, ruleSet?.version];
};

describe("a version", () => {
  test("counts every put that says something new, and is answered to each", async () => {
    await using world = await createWorld();
    const { configurations } = world;
    expect(await versionsOf(world)).toEqual([1, 1]);
    const put = (data: string) => configurations.putConfiguration({ configuration: messageOf({ data }) });
    expect(await put("b")).toEqual({ version: 2 });
    expect(await put("b")).toEqual({ version: 2 });
    expect(await configurations.putRuleSet({ name: "duel", document: document(2) })).toEqual({ version: 2 });
    expect(await versionsOf(world)).toEqual([2, 2]);
  });

  test("survives a restart; a file that says what it said is no change", async () => {
    await using world = await createWorld({ snapshotEveryFacts: 1 });
    await world.configurations.putRuleSet({ name: "other", document: document(1) });
    await world.configurations.putRuleSet({ name: "other", document: document(2) });
    await world.restart();
    expect(await versionsOf(world)).toEqual([1, 1]);
    const { ruleSet } = await world.configurations.describeRuleSet({ name: "other" });
    expect(ruleSet).toMatchObject({ version: 2, document: document(2), usedBy: [] });
    expect(ruleSet?.putAt?.getTime()).toBeLessThan(world.clock.wallMs());
  });

  test("counts on when a name that was deleted comes again, over a restart too", async () => {
    await using world = await createWorld({ snapshotEveryFacts: 1 });
    const { configurations } = world;
    await configurations.putRuleSet({ name: "other", document: document(1) });
    await configurations.putConfiguration({ configuration: messageOf({ name: "other", ruleSet: "other" }) });
    await configurations.deleteConfiguration({ name: "other", expectedVersion: 0 });
    await configurations.deleteRuleSet({ name: "other", expectedVersion: 0 });
    await world.restart();
    expect(await configurations.putRuleSet({ name: "other", document: document(1) })).toEqual({ version: 2 });
    const again = { configuration: messageOf({ name: "other", ruleSet: "other" }) };
    expect(await configurations.putConfiguration(again)).toEqual({ version: 2 });
  });

  const stale = [
    {
      name: "a put of a configuration",
      call: (c: World["configurations"]) =>
        c.putConfiguration({ configuration: messageOf({ data: "x" }), expectedVersion: 7 }),
      version: "1",
    },
    {
      name: "a put of what shall be new",
      call: (c: World["configurations"]) => c.putRuleSet({ name: "duel", document: document(3), expectedVersion: 0 }),
      version: "1",
    },
    {
      name: "a put of what is not there",
      call: (c: World["configurations"]) => c.putRuleSet({ name: "none", document: document(3), expectedVersion: 1 }),
      version: "0",
    },
    {
      name: "a deletion of a configuration",
      call: (c: World["configurations"]) => c.deleteConfiguration({ name: "duel", expectedVersion: 2 }),
      version: "1",
    },
    {
      name: "a deletion of a rule set",
      call: (c: World["configurations"]) => c.deleteRuleSet({ name: "duel", expectedVersion: 2 }),
      version: "1",
    },
  ];
  for (const { name, call, version } of stale) {
    test(`refuses ${name} that expects another`, async () => {
      await using world = await createWorld();
      await expect(call(world.configurations)).rejects.toMatchObject({
        reason: "VERSION_STALE",
        metadata: { version },
      });
      expect(await versionsOf(world)).toEqual([1, 1]);
    });
  }

  test("is taken where it is the present one", async () => {
    await using world = await createWorld();
    const put = { name: "duel", document: document(2), expectedVersion: 1 };
    expect(await world.configurations.putRuleSet(put)).toEqual({ version: 2 });
    expect(await world.configurations.putRuleSet(put)).toEqual({ version: 2 }); // A repeat, whose answer was lost.
  });

  test("of configuration and rule set stands with every match that they formed", async () => {
    await using world = await createWorld();
    await world.configurations.putRuleSet({ name: "duel", document: document(2) });
    await world.queue("duel", "ann");
    await world.queue("duel", "bob");
    await world.clock.advance(1_000);
    const formedBy = { configurationVersion: 1, ruleSet: "duel", ruleSetVersion: 2 };
    expect((await world.ticket("t-ann")).assignment).toMatchObject({ formedBy });
    await world.restart();
    expect((await world.ticket("t-ann")).assignment).toMatchObject({ formedBy });
  });

  test("of the rule set stands with a fill that it allowed", async () => {
    await using world = await createWorld();
    for (const player of ["ann", "bob"]) await world.queue("auto", player);
    await world.clock.advance(1_000);
    await world.configurations.putRuleSet({ name: "equal", document: `${JSON.stringify(EQUAL_TEAMS)} ` });
    for (const player of ["cat", "dan"]) await world.queue("auto", player);
    await world.clock.advance(1_000);
    expect((await world.ticket("t-cat")).assignment).toMatchObject({
      battleSessionId: (await world.ticket("t-ann")).assignment?.battleSessionId,
      formedBy: { configurationVersion: 1, ruleSet: "equal", ruleSetVersion: 2 },
    });
  });
});

test("ListRuleSets names all by name, with who plays by them and without their documents", async () => {
  await using world = await createWorld();
  const { ruleSets } = await world.configurations.listRuleSets({});
  expect(ruleSets.map(({ name, version, usedBy, document: text }) => [name, version, usedBy, text])).toEqual([
    ["duel", 1, ["duel", "group"], ""],
    ["equal", 1, ["auto", "equal"], ""],
  ]);
});

describe("DeleteRuleSet", () => {
  test("is refused while configurations use the rule set, and names them", async () => {
    await using world = await createWorld();
    const { configurations } = world;
    const remove = () => configurations.deleteRuleSet({ name: "duel", expectedVersion: 0 });
    await expect(remove()).rejects.toMatchObject({
      reason: "RULE_SET_IN_USE",
      metadata: { configurations: "duel,group" },
    });
    for (const name of ["duel", "group"]) await configurations.deleteConfiguration({ name, expectedVersion: 0 });
    await remove();
    await remove(); // A repeat.
    await expect(configurations.describeRuleSet({ name: "duel" })).rejects.toMatchObject({
      reason: "RULE_SET_NOT_FOUND",
    });
    await expect(configurations.deleteRuleSet({ name: "never", expectedVersion: 0 })).rejects.toMatchObject({
      reason: "RULE_SET_NOT_FOUND",
    });
  });
});

describe("DeleteConfiguration", () => {
  const remove = (world: World, name: string) => world.configurations.deleteConfiguration({ name, expectedVersion: 0 });
  const CANCELLED = ["CANCELLED", "CONFIGURATION_DELETED"];

  test("cancels who searches, tells it to who watches, and lets them go", async () => {
    await using world = await createWorld();
    const events = world.collect({ configuration: "duel" });
    await world.queue("duel", "ann");
    await remove(world, "duel");
    await remove(world, "duel"); // A repeat.
    const cause = "CONFIGURATION_DELETED";
    expect(await world.ticket("t-ann")).toMatchObject({ cause });
    expect(await world.state("t-ann")).toBe("CANCELLED");
    expect(events.at(-1)?.ticket).toMatchObject({ ticketId: "t-ann", cause });
    await expect(world.queue("duel", "bob")).rejects.toMatchObject({ reason: "CONFIGURATION_NOT_FOUND" });
    await expect(remove(world, "never")).rejects.toMatchObject({ reason: "CONFIGURATION_NOT_FOUND" });
    await world.configurations.putConfiguration({ configuration: messageOf({}) });
    await world.queue("duel", "ann", "again");
    expect(await world.state("t-ann-again")).toBe("SEARCHING");
  });

  describe("of a crowd", () => {
    const LONELY = { ...DUEL, teams: DUEL.teams.map((team) => ({ ...team, minPlayers: 9, maxPlayers: 9 })) };
    const config = { ...worldConfig, ruleSets: [{ name: "duel", document: JSON.stringify(LONELY) }] };
    const crowded = async () => {
      const world = await createWorld({
        ...{ cancelledAtOnceMax: 2, snapshotEveryFacts: 3 },
        config: { ruleSets: config.ruleSets, configurations: [configurationOf()] },
      });
      for (const player of ["ann", "bob", "cat", "dan", "eve"]) await world.queue("duel", player);
      return world;
    };
    const causes = async (world: World) => {
      const tickets = await Promise.all(["ann", "bob", "cat", "dan", "eve"].map((name) => world.ticket(`t-${name}`)));
      return tickets.map(({ cause, version }) => [cause, version]);
    };
    const all = Array.from({ length: 5 }, () => ["CONFIGURATION_DELETED", 2]);

    test("cancels some at a time, and is answered when all are out", async () => {
      const world = await crowded();
      await using _world = world;
      const events = world.collect({ configuration: "duel" });
      await remove(world, "duel");
      expect(await causes(world)).toEqual(all);
      const told = events.filter(({ ticket }) => ticket?.cause === "CONFIGURATION_DELETED");
      expect(told.map(({ ticket }) => ticket?.ticketId).toSorted()).toEqual(
        ["ann", "bob", "cat", "dan", "eve"].map((name) => `t-${name}`),
      );
    });

    test("goes on after a restart in the middle of it", async () => {
      const world = await crowded();
      await using _world = world;
      const { journal } = world;
      const { append } = journal;
      let left = 2; // The deletion, and the first two who are out.
      journal.append = async (request) => {
        left -= 1;
        if (left < 0) throw new MusterError("JOURNAL_FAILED", "Cannot write as the disk is gone");
        return await append(request);
      };
      const peer = world.net.from("operator").connect("matcher").client(ConfigurationServiceDefinition);
      const deletion = peer.deleteConfiguration({ name: "duel", expectedVersion: 0 });
      deletion.catch(() => undefined); // Its matcher dies over it.
      await world.clock.advance(10);
      expect(world.faults).not.toEqual([]);
      journal.append = append;
      await world.restart();
      await world.clock.advance(10);
      expect(await causes(world)).toEqual(all);
      expect(world.faults).toEqual([]);
    });

    test("leaves nobody to a configuration of the same name that is put meanwhile", async () => {
      const world = await crowded();
      await using _world = world;
      const peer = world.net.from("operator").connect("matcher").client(ConfigurationServiceDefinition);
      const deleted = peer.deleteConfiguration({ name: "duel", expectedVersion: 0 });
      const put = peer.putConfiguration({ configuration: messageOf({}) });
      await world.run(Promise.all([deleted, put]));
      expect(await causes(world)).toEqual(all);
      await world.queue("duel", "ann", "again");
      await world.clock.advance(100);
      expect(await world.state("t-ann-again")).toBe("SEARCHING");
      expect(world.faults).toEqual([]);
    });
  });

  test("cancels who is asked for acceptance", async () => {
    const acceptance = { timeoutMs: 20_000, autoContinue: true };
    const config = { ...worldConfig, configurations: [configurationOf({ acceptance })] };
    await using world = await createWorld({ config });
    for (const player of ["ann", "bob"]) await world.queue("duel", player);
    await world.clock.advance(10);
    const before = await world.ticket("t-ann");
    await remove(world, "duel");
    const after = await Promise.all(["t-ann", "t-bob"].map(world.ticket));
    expect(after.map(({ cause, matchId }) => [cause, matchId])).toEqual([
      ["CONFIGURATION_DELETED", before.matchId],
      ["CONFIGURATION_DELETED", before.matchId],
    ]);
    await world.clock.advance(30_000);
    expect(world.faults).toEqual([]);
  });

  test("lets a placement go on, whose battle gets no backfill", async () => {
    await using world = await createWorld();
    world.fleet.outcomes.push("PENDING");
    for (const player of ["ann", "bob"]) await world.queue("auto", player);
    await world.clock.advance(100);
    await remove(world, "auto");
    expect(await world.state("t-ann")).toBe("PLACING");
    world.fleet.settle(world.fleet.placements[0] ?? "", "FULFILLED");
    await world.clock.advance(1_000);
    expect(await world.state("t-ann")).toBe("COMPLETED");
    const { battleSessionId = "" } = (await world.ticket("t-ann")).assignment ?? {};
    const { backfill } = await world.backfill.describeBackfill({ battleSessionId, capability: "" });
    expect(backfill?.state).toBe(BackfillState.ERROR);
  });

  test("cancels who comes back from a placement that was lost", async () => {
    await using world = await createWorld();
    world.fleet.outcomes.push("PENDING");
    for (const player of ["ann", "bob"]) await world.queue("auto", player);
    await world.clock.advance(100);
    await remove(world, "auto");
    world.fleet.settle(world.fleet.placements[0] ?? "", "FAILED");
    await world.clock.advance(1_000);
    expect([await world.state("t-ann"), (await world.ticket("t-ann")).cause]).toEqual(CANCELLED);
  });

  test("cancels who comes back from a fill that was refused", async () => {
    await using world = await createWorld();
    for (const player of ["ann", "bob"]) await world.queue("auto", player);
    await world.clock.advance(1_000);
    const hold = Promise.withResolvers<void>();
    world.fleet.holdFills = hold.promise;
    for (const player of ["cat", "dan"]) await world.queue("auto", player);
    await world.clock.advance(1_000);
    await remove(world, "auto");
    expect(await world.state("t-cat")).toBe("SEARCHING"); // Nobody can say truthfully yet that it is in no match.
    world.fleet.leave("ann");
    hold.resolve();
    await world.clock.advance(1_000);
    expect([await world.state("t-cat"), (await world.ticket("t-cat")).cause]).toEqual(CANCELLED);
  });

  test("ends the live backfills of running battles as ERROR, CONFIGURATION_DELETED", async () => {
    await using world = await createWorld();
    for (const player of ["ann", "bob"]) await world.queue("auto", player);
    await world.clock.advance(1_000);
    await remove(world, "auto");
    await world.clock.advance(1_000);
    const { battleSessionId = "" } = (await world.ticket("t-ann")).assignment ?? {};
    const { backfill } = await world.backfill.describeBackfill({ battleSessionId, capability: "" });
    expect([backfill?.state, backfill?.cause]).toEqual([BackfillState.ERROR, 8]);
    await world.restart();
    expect(world.faults).toEqual([]);
    expect(await world.state("t-ann")).toBe("COMPLETED");
  });
});
