// Death at an inconvenient moment: what was acknowledged is there again, and what was under way is driven to its end.
import { BackfillState, BackfillStrategy } from "@muster/proto/session";
import { expect, test } from "vitest";
import { createWorld } from "./matcher-world.fixture.ts";

const starts = [
  { from: "from the facts alone", snapshotEveryFacts: 1_000_000 },
  { from: "from a snapshot of every moment", snapshotEveryFacts: 1 },
  { from: "from a snapshot and what came since", snapshotEveryFacts: 4 },
] as const;
for (const { from, snapshotEveryFacts } of starts) {
  test(`a searching ticket is there again after a restart, with its deadline, ${from}`, async () => {
    await using world = await createWorld({ snapshotEveryFacts });
    await world.queue("duel", "ann");
    await world.restart();
    expect(await world.state("t-ann")).toBe("SEARCHING");
    await world.queue("duel", "bob");
    await world.clock.advance(50);
    expect([await world.state("t-ann"), await world.state("t-bob")]).toEqual(["COMPLETED", "COMPLETED"]);
  });

  test(`a match in placement is asked for again under the same id, and completes once, ${from}`, async () => {
    await using world = await createWorld({ snapshotEveryFacts });
    world.fleet.outcomes.push("PENDING");
    for (const player of ["ann", "bob"]) await world.queue("duel", player);
    await world.clock.advance(50);
    expect(await world.state("t-ann")).toBe("PLACING");
    const [placementId = ""] = world.fleet.placements;
    await world.stop();
    world.fleet.settle(placementId, "FULFILLED");
    await world.start();
    await world.clock.advance(50);
    expect(await world.state("t-ann")).toBe("COMPLETED");
    expect(world.fleet.placements).toEqual([placementId]);
    expect(world.fleet.sessions()).toHaveLength(1);
  });

  test(`a placement whose request was lost is made after the restart, ${from}`, async () => {
    await using world = await createWorld({ snapshotEveryFacts });
    world.net.cut({ a: "matcher", b: "fleet" });
    for (const player of ["ann", "bob"]) await world.queue("duel", player);
    await world.clock.advance(50);
    expect(await world.state("t-ann")).toBe("PLACING");
    await world.restart();
    world.net.heal();
    await world.clock.advance(10_000);
    expect(await world.state("t-ann")).toBe("COMPLETED");
    expect(world.fleet.sessions()).toHaveLength(1);
  });

  test(`a fill under way is driven to its outcome after the restart, ${from}`, async () => {
    await using world = await createWorld({ snapshotEveryFacts });
    for (const player of ["ann", "bob"]) await world.queue("auto", player);
    await world.clock.advance(50);
    world.fleet.accept("ann", "bob");
    await world.clock.advance(50);
    world.fleet.loseAnswers = 1; // The fleet seats them, and the matcher dies before it hears so.
    for (const player of ["c1", "c2"]) await world.queue("auto", player);
    await world.clock.advance(12);
    expect(world.fleet.session().playerSessions).toHaveLength(4);
    expect(await world.state("t-c1")).toBe("SEARCHING");
    await world.restart();
    await world.clock.advance(50);
    expect([await world.state("t-c1"), await world.state("t-c2")]).toEqual(["COMPLETED", "COMPLETED"]);
    expect(world.fleet.session().playerSessions).toHaveLength(4);
  });

  test(`tickets whose seats ran out before the matcher heard of them search on, their age kept, ${from}`, async () => {
    await using world = await createWorld({ snapshotEveryFacts });
    world.fleet.outcomes.push("PENDING");
    for (const player of ["ann", "bob"]) await world.queue("duel", player);
    await world.clock.advance(50);
    const before = await world.ticket("t-ann");
    const [placementId = ""] = world.fleet.placements;
    await world.stop();
    world.fleet.settle(placementId, "FULFILLED");
    world.fleet.leave("ann");
    world.fleet.leave("bob");
    world.fleet.outcomes.push("PENDING");
    await world.start();
    await world.clock.advance(50);
    const { createdAt, timesOutAt } = before;
    expect(await world.ticket("t-ann")).toMatchObject({ state: 2, version: 4, returns: 1, createdAt, timesOutAt });
    expect(world.fleet.placements).toHaveLength(2);
    world.fleet.end("GAME_ENDED", world.fleet.sessions()[0]?.battleSessionId);
    world.fleet.settle(world.fleet.placements[1] ?? "", "FULFILLED");
    await world.clock.advance(50);
    const events = world.collect({ ticketIds: ["t-ann"] });
    await world.clock.advance(10);
    expect(events.map(({ type, ticket }) => [type, ticket?.state, ticket?.cause])).toEqual([
      [1, 1, ""],
      [1, 2, ""],
      [1, 1, "RESERVATION_EXPIRED"],
      [1, 2, ""],
      [1, 3, ""],
    ]);
  });

  test(`newcomers whose seats ran out before the matcher heard of them are seated anew, ${from}`, async () => {
    await using world = await createWorld({ snapshotEveryFacts });
    for (const player of ["ann", "bob"]) await world.queue("auto", player);
    await world.clock.advance(50);
    world.fleet.accept("ann", "bob");
    await world.clock.advance(50);
    world.fleet.loseAnswers = 1;
    for (const player of ["c1", "c2"]) await world.queue("auto", player);
    await world.clock.advance(12);
    await world.stop();
    for (const player of ["c1", "c2"]) world.fleet.leave(player);
    await world.start();
    await world.clock.advance(100);
    const { assignment } = await world.ticket("t-c1");
    expect(assignment?.players.filter((player) => player.ticketId === "t-c1")).toMatchObject([{ playerId: "c1" }]);
    expect(world.fleet.session().playerSessions).toHaveLength(4);
    expect(world.fleet.session().backfill?.progress).toContainEqual({ team: "red", have: 1, reserved: 1, goal: 3 });
  });

  test(`a session that ended meanwhile takes its backfill with it, although the first question is lost, ${from}`, async () => {
    await using world = await createWorld({ snapshotEveryFacts });
    for (const player of ["ann", "bob"]) await world.queue("auto", player);
    await world.clock.advance(50);
    const { battleSessionId } = world.fleet.session();
    await world.stop();
    world.fleet.end("GAME_ENDED", battleSessionId);
    world.fleet.loseAnswers = 1;
    await world.start();
    await world.clock.advance(10_000);
    const { backfill } = await world.backfill.describeBackfill({ battleSessionId, capability: "" });
    expect(backfill?.state).toBe(BackfillState.CANCELLED);
  });

  test(`a backfill goes on after a restart, ${from}`, async () => {
    await using world = await createWorld({ snapshotEveryFacts });
    for (const player of ["ann", "bob"]) await world.queue("equal", player);
    await world.clock.advance(50);
    world.fleet.accept("ann", "bob");
    const { battleSessionId } = world.fleet.session();
    await world.clock.advance(20);
    await world.backfill.startBackfill({
      ...{ battleSessionId, strategy: BackfillStrategy.CUSTOM, addPlayers: { red: 1, blue: 1 } },
      ...{ replace: false, requestId: "", capability: "", seenRevision: 0 },
    });
    await world.restart();
    for (const player of ["c1", "c2"]) await world.queue("equal", player);
    await world.clock.advance(50);
    world.fleet.accept("c1", "c2");
    await world.clock.advance(50);
    expect(world.fleet.session().backfill).toMatchObject({ state: "COMPLETED", cause: "GOAL_REACHED" });
  });

  test(`a watch resumes over a restart without a gap and without a repeat, ${from}`, async () => {
    await using world = await createWorld({ snapshotEveryFacts });
    const first = world.collect({ configuration: "duel" });
    await world.queue("duel", "ann");
    await world.clock.advance(20);
    const { resumeToken = "" } = first.at(-1) ?? {};
    await world.queue("duel", "bob");
    await world.clock.advance(50);
    await world.restart();
    const second = world.collect({ configuration: "duel", resumeToken });
    await world.clock.advance(20);
    const path = second.map(({ ticket }) => `${ticket?.ticketId} ${ticket?.state}.${ticket?.version}`);
    expect(path).toEqual(["t-bob 1.1", "t-ann 2.2", "t-bob 2.2", "t-ann 3.3", "t-bob 3.3"]);
    expect(first.slice(2).map((event) => event.resumeToken)).toEqual(second.map((event) => event.resumeToken));
  });

  const ends = [
    { name: "that the fleet remembers", how: "end", cause: 4 },
    { name: "that the fleet has forgotten", how: "forget", cause: 0 },
  ] as const;
  for (const { name, how, cause } of ends) {
    test(`watchers hear of a session's end while the matcher was down, ${name}, ${from}`, async () => {
      await using world = await createWorld({ snapshotEveryFacts });
      for (const player of ["ann", "bob"]) await world.queue("auto", player);
      await world.clock.advance(50);
      await world.stop();
      if (how === "end") world.fleet.end("PROCESS_CRASHED");
      else world.fleet.forget();
      await world.start();
      await world.clock.advance(50);
      const events = world.collect({ ticketIds: ["t-ann"] });
      await world.clock.advance(10);
      expect(events.map((event) => event.type)).toEqual([1, 1, 1, 2]);
      expect(events.at(-1)?.sessionEndCause).toBe(cause);
    });
  }

  test(`the feed goes on after a break without missing a change, ${from}`, async () => {
    await using world = await createWorld({ snapshotEveryFacts });
    for (const player of ["ann", "bob"]) await world.queue("auto", player);
    await world.clock.advance(50);
    world.fleet.breakFeeds();
    world.fleet.accept("ann", "bob");
    world.fleet.leave("ann");
    await world.clock.advance(1_000);
    expect(world.fleet.session().backfill?.progress).toContainEqual({ team: "red", have: 0, reserved: 0, goal: 3 });
  });
}
