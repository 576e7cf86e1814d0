// What a ticket's history tells beside its changes: fills that came to nothing, and placements without a session.

import { readEnum } from "@muster/proto";
import { TicketAttemptType } from "@muster/proto/matchmaking";
import { expect, test } from "vitest";
import { defaultBackfillSettings } from "./core/backfill-settings.ts";
import { configurationOf, createWorld, type World } from "./matcher-world.fixture.ts";

/** "TYPE cause attempt battle", as far as each is told. */
async function attemptsOf({ matching, run }: World, ticketId: string) {
  const { attempts, attemptsIncomplete, transitions } = await run(matching.describeTicketHistory({ ticketId }));
  const told = attempts.map(({ type, cause, attempt, battleSessionId }) =>
    [readEnum(TicketAttemptType, type), cause, attempt || "", battleSessionId].filter((one) => one !== "").join(" "),
  );
  return { told, attemptsIncomplete, transitions, attempts };
}

test("a history tells of each placement that gave no session, after a restart too", async () => {
  await using world = await createWorld();
  world.fleet.outcomes.push("TIMED_OUT", "TIMED_OUT", "TIMED_OUT");
  for (const player of ["ann", "bob"]) await world.queue("duel", player);
  await world.clock.advance(100);
  for (let runs = 0; runs < 2; runs += 1) {
    const { told, attemptsIncomplete, attempts, transitions } = await attemptsOf(world, "t-ann");
    expect(told).toEqual([1, 2, 3].map((attempt) => `PLACEMENT_ENDED TIMED_OUT ${attempt}`));
    expect(attemptsIncomplete).toBe(false);
    expect(new Set(attempts.map(({ matchId }) => matchId))).toEqual(new Set([transitions[1]?.matchId]));
    await world.restart();
  }
});

test("a history tells of a fill that the game refused, and of the one that seated the ticket", async () => {
  const backfill = { ...defaultBackfillSettings, fillPlayersMax: 1, approvalTimeoutMs: 100 };
  const plaza = { version: "v1.0", teams: [{ name: "plaza", minPlayers: 2, maxPlayers: 4 }] };
  await using world = await createWorld({
    config: {
      ruleSets: [{ name: "plaza", document: JSON.stringify(plaza) }],
      configurations: [configurationOf({ name: "plaza", ruleSet: "plaza", autoBackfill: true, backfill })],
    },
  });
  await world.queue("plaza", "ann", "bob");
  await world.clock.advance(50);
  const { battleSessionId } = world.fleet.session();
  world.fleet.turnsAway.add("troll");
  for (const player of ["troll", "cleo"]) {
    await world.queue("plaza", player);
    await world.clock.advance(50);
  }
  const decided = `FILL_DECIDED ${battleSessionId}`;
  expect((await attemptsOf(world, "t-troll")).told).toEqual([
    decided,
    `FILL_DROPPED FILL_REFUSED_BY_GAME ${battleSessionId}`,
  ]);
  expect((await attemptsOf(world, "t-cleo")).told).toEqual([decided]);
  expect((await attemptsOf(world, "t-ann-bob")).told).toEqual([]);
  expect(world.faults).toEqual([]);
});

test("a history says when the journal has forgotten its beginning", async () => {
  await using world = await createWorld({ snapshotEveryFacts: 1 });
  for (const player of ["ann", "bob"]) await world.queue("duel", player);
  await world.clock.advance(100);
  for (let index = 0; index < 20; index += 1) await world.queue("duel", `later${index}`);
  await world.clock.advance(1_000);
  const { told, attemptsIncomplete, transitions } = await attemptsOf(world, "t-ann");
  expect([told, attemptsIncomplete, transitions.length]).toEqual([[], true, 3]);
});
