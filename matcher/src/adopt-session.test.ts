// Backfill of sessions that no match was placed on: the request names the configuration, and may say who sits there.

import type { KnownPlayer } from "@muster/proto/matchmaking";
import { noProperties } from "@muster/proto/matchmaking";
import { BackfillStrategy } from "@muster/proto/session";
import { expect, test } from "vitest";
import { capabilityOf } from "./capability.ts";
import { configurationOf, createWorld, EQUAL_TEAMS, type World } from "./matcher-world.fixture.ts";

const NEAR = {
  version: "v1.0",
  teams: EQUAL_TEAMS.teams,
  playerAttributes: [{ name: "skill", type: "number", default: 0 }],
  rules: [
    {
      name: "near",
      type: "batchDistance",
      batchAttribute: "skill",
      maxDistance: 10,
    },
  ],
};
const config = {
  ruleSets: [
    { name: "equal", document: JSON.stringify(EQUAL_TEAMS) },
    { name: "near", document: JSON.stringify(NEAR) },
  ],
  configurations: [
    configurationOf({ name: "equal", ruleSet: "equal" }),
    configurationOf({ name: "near", ruleSet: "near" }),
  ],
};
type Asked = { configuration?: string; players?: readonly KnownPlayer[]; capability?: string; replace?: boolean };

function start(world: World, battleSessionId: string, { players, ...more }: Asked) {
  return world.backfill.startBackfill({
    ...{ battleSessionId, strategy: BackfillStrategy.MAX_POSSIBLE, addPlayers: {}, replace: false, requestId: "" },
    ...{ capability: "", seenRevision: 0, ...more },
    ...(players && { players: { players: [...players] } }),
  });
}

test("a session that no matcher made is filled by the configuration of the request, and lives on as one of ours", async () => {
  await using world = await createWorld({ config });
  const { battleSessionId } = world.fleet.foreign({ red: ["r"], blue: ["b"] });
  const { backfill } = await start(world, battleSessionId, { configuration: "equal" });
  expect(backfill).toMatchObject({ state: 1, progress: [{ team: "red", have: 1, goal: 3 }, { team: "blue" }] });
  for (const player of ["c1", "c2"]) await world.queue("equal", player);
  await world.clock.advance(50);
  expect(world.fleet.session(battleSessionId)).toMatchObject({ backfill: { state: "SEARCHING" } });
  expect(world.fleet.session(battleSessionId).playerSessions).toHaveLength(4);
  expect(await world.ticket("t-c1")).toMatchObject({ state: 3, assignment: { battleSessionId } });
  world.fleet.leave("r"); // The feed tells of it by now.
  await world.restart();
  await world.queue("equal", "d");
  await world.clock.advance(3_000);
  expect(world.fleet.session(battleSessionId).playerSessions.map(({ playerId }) => playerId)).toContain("d");
  const again = start(world, battleSessionId, { configuration: "equal" });
  await expect(again).rejects.toMatchObject({ reason: "BACKFILL_ALREADY_RUNNING" });
  expect(world.fleet.adoptions).toHaveLength(1);
  world.fleet.end("GAME_ENDED", battleSessionId);
  await world.clock.advance(50);
  const ended = await world.backfill.describeBackfill({ battleSessionId, capability: "" });
  expect(ended.backfill).toMatchObject({ state: 3, cause: 7 });
  expect(world.faults).toEqual([]);
});

test("rules judge by what the request says of those who sit there, and by nobody who has no seat", async () => {
  await using world = await createWorld({ config });
  const { battleSessionId } = world.fleet.foreign({ red: ["r"], blue: ["b"] });
  const players = ["r", "b", "gone"].map((playerId) => ({
    ...{ playerId, attributes: { skill: playerId === "gone" ? 1_000 : 50 }, latenciesMs: {} },
  }));
  await start(world, battleSessionId, { configuration: "near", players });
  const queue = (playerId: string, skill: number) =>
    world.matching.startMatching({
      ...{ ...noProperties, configuration: "near", ticketId: `t-${playerId}` },
      players: [{ playerId, attributes: { skill }, latenciesMs: {}, team: "" }],
    });
  await queue("novice", 0); // As near as can be to what the fleet knows of the two.
  await queue("peer", 55);
  await world.clock.advance(50);
  await world.restart(); // What the request said outlives the matcher.
  await queue("other", 45);
  await world.clock.advance(3_000);
  const seated = world.fleet.session(battleSessionId).playerSessions.map(({ playerId }) => playerId);
  expect(seated).toEqual(["r", "b", "peer", "other"]);
  expect(world.faults).toEqual([]);
});

const refusals: readonly {
  readonly name: string;
  readonly seated?: Readonly<Record<string, readonly string[]>>;
  readonly more?: { readonly capacity?: number; readonly owner?: string };
  readonly id?: string;
  readonly asked: Asked;
  readonly reason: string;
}[] = [
  { name: "a session without a word of its configuration", asked: {}, reason: "BATTLE_SESSION_NOT_FOUND" },
  {
    name: "a session that the fleet does not have",
    ...{ id: "bs_none", asked: { configuration: "equal" } },
    reason: "BATTLE_SESSION_NOT_FOUND",
  },
  { name: "an unknown configuration", asked: { configuration: "nope" }, reason: "CONFIGURATION_NOT_FOUND" },
  { name: "a malformed configuration", asked: { configuration: "a b" }, reason: "ID_MALFORMED" },
  {
    name: "teams that the rule set does not have",
    ...{ seated: { red: ["r"], green: ["g"] }, asked: { configuration: "equal" } },
    reason: "TEAM_UNKNOWN",
  },
  { name: "a session without teams", ...{ seated: {}, asked: { configuration: "equal" } }, reason: "TEAM_UNKNOWN" },
  {
    name: "teams with less room than the rule set fills",
    ...{ more: { capacity: 2 }, asked: { configuration: "equal" } },
    reason: "TEAM_SIZE_EXCEEDED",
  },
  {
    name: "a session of another matcher",
    ...{ more: { owner: "other" }, asked: { configuration: "equal" } },
    reason: "NOT_PERMITTED",
  },
  {
    name: "a capability for a session that is nobody's",
    asked: { configuration: "equal", capability: "A".repeat(43) },
    reason: "BATTLE_SESSION_NOT_FOUND",
  },
  {
    name: "a player who is named twice",
    asked: {
      configuration: "equal",
      players: ["r", "r"].map((playerId) => ({ playerId, attributes: {}, latenciesMs: {} })),
    },
    reason: "FIELD_INVALID",
  },
];
for (const { name, seated = { red: ["r"], blue: ["b"] }, more, id, asked, reason } of refusals) {
  test(`StartBackfill refuses ${name}, and takes nothing on`, async () => {
    await using world = await createWorld({ config });
    const { battleSessionId } = world.fleet.foreign(seated, more);
    await expect(start(world, id ?? battleSessionId, asked)).rejects.toMatchObject({ reason });
    expect(world.fleet.adoptions).toEqual([]);
    const described = world.backfill.describeBackfill({ battleSessionId, capability: "" });
    await expect(described).rejects.toMatchObject({ reason: "BATTLE_SESSION_NOT_FOUND" });
  });
}

test("a session of ours is filled by its own configuration alone, and its players may be told anew with replace", async () => {
  await using world = await createWorld({ config });
  const { battleSessionId } = world.fleet.foreign({ red: ["r"], blue: ["b"] });
  await start(world, battleSessionId, { configuration: "equal" });
  const other = start(world, battleSessionId, { configuration: "near", replace: true });
  await expect(other).rejects.toMatchObject({ reason: "FIELD_INVALID", metadata: { field: "configuration" } });
  const players = [{ playerId: "r", attributes: { skill: 7 }, latenciesMs: {} }];
  const { backfill } = await start(world, battleSessionId, { players, replace: true });
  expect(backfill?.state).toBe(1);
});

test("whoever takes a session on twice at once has it once, and its game's commands are heard", async () => {
  await using world = await createWorld({ config });
  const session = world.fleet.foreign({ red: ["r"], blue: ["b"] });
  const { battleSessionId, processId, incarnation } = session;
  const asked = { configuration: "equal" };
  const both = await Promise.allSettled([start(world, battleSessionId, asked), start(world, battleSessionId, asked)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { reason: "BACKFILL_ALREADY_RUNNING" },
  });
  const [first, second] = world.fleet.adoptions;
  expect(second?.capabilityKey).not.toEqual(first?.capabilityKey);
  const capabilityKey = first?.capabilityKey ?? new Uint8Array();
  const capability = capabilityOf({ battleSessionId, processId, incarnation, capabilityKey });
  expect((await world.backfill.describeBackfill({ battleSessionId, capability })).backfill?.state).toBe(1);
});

test("a session that ends as it is taken on is over for the matcher too, whatever the late answer says", async () => {
  await using world = await createWorld({ config });
  const { battleSessionId } = world.fleet.foreign({ red: ["r"], blue: ["b"] });
  world.fleet.endAtAdoption = true;
  await world.clock.advance(1_000); // The feed is there.
  const asked = start(world, battleSessionId, { configuration: "equal" });
  const refused = expect(asked).rejects.toMatchObject({ reason: "SESSION_NOT_ACTIVE" });
  await world.clock.advance(5_000);
  await refused;
  const again = start(world, battleSessionId, {});
  await world.clock.advance(5_000);
  await expect(again).rejects.toMatchObject({
    reason: "SESSION_NOT_ACTIVE",
    message: expect.stringContaining("ended"),
  });
  expect(world.faults).toEqual([]);
});

test("a fleet whose answer was lost is asked again, and the first secret counts", async () => {
  await using world = await createWorld({ config });
  const { battleSessionId } = world.fleet.foreign({ red: ["r"], blue: ["b"] });
  const asked = { configuration: "equal" };
  world.fleet.loseAdoptions = 1;
  await expect(start(world, battleSessionId, asked)).rejects.toMatchObject({ reason: "PEER_UNREACHABLE" });
  expect((await start(world, battleSessionId, asked)).backfill?.state).toBe(1);
  expect(world.fleet.adoptions).toHaveLength(2);
});
