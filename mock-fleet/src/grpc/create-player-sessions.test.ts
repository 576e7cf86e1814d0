// Players whom somebody brings without a matcher: seated all or none, once a request, and where a matcher has the session only by
// whoever knows its roster.
import { expect, test } from "vitest";
import { createFleetWorld, type FleetWorld, player } from "../fleet-world.ts";

type Request = Parameters<FleetWorld["fleet"]["createPlayerSessions"]>[0];

async function scene(hasMatcher: boolean) {
  const world = await createFleetWorld();
  const matcher = { matcherEndpoint: hasMatcher ? "127.0.0.1:7410" : "" };
  const { battleSessionId, rosterVersion } = await world.place(matcher);
  const create = (request: Partial<Request> = {}) =>
    world.fleet.createPlayerSessions({
      ...{ requestId: "r1", battleSessionId, players: [player("cleo", "red")], expectedRosterVersion: 0, ...request },
    });
  return { world, create, battleSessionId, rosterVersion };
}

test("players get seats, once a request, and hold them RESERVED", async () => {
  const { world, create, battleSessionId, rosterVersion } = await scene(false);
  await using _world = world;
  const { session } = await create();
  expect(session?.playerSessions.at(-1)).toMatchObject({ playerId: "cleo", team: "red", state: 1 });
  expect(session?.rosterVersion).toBe(rosterVersion + 1);
  expect(await create()).toEqual({ session });
  await expect(create({ players: [player("dana", "blue")] })).rejects.toMatchObject({ reason: "ID_REUSED" });
  expect((await world.describe(battleSessionId)).playerSessions).toHaveLength(3);
});

test("a whole party of 100 is seated in one call, beside whoever a placement of hundreds brought", async () => {
  await using world = await createFleetWorld();
  const brought = Array.from({ length: 400 }, (_, index) => player(`a${index}`));
  const request = { capacity: 500, teams: [], players: brought, matcherEndpoint: "" };
  const { battleSessionId } = await world.place(request);
  const party = Array.from({ length: 100 }, (_, index) => player(`b${index}`));
  const seats = { requestId: "r1", battleSessionId, players: party, expectedRosterVersion: 0 };
  const { session } = await world.fleet.createPlayerSessions(seats);
  expect(session?.playerSessions).toHaveLength(500);
  const [first] = session?.playerSessions ?? [];
  const host = world.hostOf(await world.describe(battleSessionId));
  await host.command({ $case: "removeSeat", value: { playerSessionId: first?.playerSessionId ?? "" } });
  expect((await world.fleet.createPlayerSessions(seats)).session?.playerSessions).toHaveLength(500);
  expect((await world.describe(battleSessionId)).playerSessions).toHaveLength(499);
});

test("where a matcher has the session, only who has seen its roster seats players, and a fill judged before is stale", async () => {
  const { world, create, battleSessionId, rosterVersion } = await scene(true);
  await using _world = world;
  const field = { reason: "FIELD_INVALID", metadata: { field: "expected_roster_version" } };
  await expect(create()).rejects.toMatchObject(field);
  const stale = { reason: "ROSTER_VERSION_STALE", metadata: { rosterVersion: String(rosterVersion) } };
  await expect(create({ expectedRosterVersion: rosterVersion - 1 })).rejects.toMatchObject(stale);
  const session = await world.describe(battleSessionId);
  await create({ expectedRosterVersion: rosterVersion });
  const fill = world.fill(session, { newcomers: [player("dana", "blue")], toleratesLeavers: true });
  await expect(fill).rejects.toMatchObject({ reason: "ROSTER_VERSION_STALE" });
});

const refusals: readonly { readonly name: string; readonly request: Partial<Request>; readonly reason: string }[] = [
  { name: "nobody", request: { players: [] }, reason: "FIELD_INVALID" },
  {
    name: "more than a party",
    request: { players: Array.from({ length: 101 }, (_, index) => player(`p${index}`, "red")) },
    reason: "FIELD_INVALID",
  },
  {
    name: "a player twice",
    request: { players: [player("cleo", "red"), player("cleo", "blue")] },
    reason: "FIELD_INVALID",
  },
  { name: "a malformed request id", request: { requestId: "" }, reason: "ID_MALFORMED" },
  { name: "an unknown session", request: { battleSessionId: "bs_no" }, reason: "SERVER_SESSION_NOT_FOUND" },
  { name: "a player without a team", request: { players: [player("cleo")] }, reason: "TEAM_UNKNOWN" },
  { name: "an unknown team", request: { players: [player("cleo", "green")] }, reason: "TEAM_UNKNOWN" },
  { name: "a player who is seated", request: { players: [player("anna", "red")] }, reason: "PLAYER_ALREADY_SEATED" },
  {
    name: "more than a team holds, and seats none of them",
    request: { players: ["c", "d", "e"].map((id) => player(id, "red")) },
    reason: "SESSION_FULL",
  },
];
for (const { name, request, reason } of refusals) {
  test(`CreatePlayerSessions refuses ${name}`, async () => {
    const { world, create, battleSessionId } = await scene(false);
    await using _world = world;
    await expect(create(request)).rejects.toMatchObject({ reason });
    expect((await world.describe(battleSessionId)).playerSessions).toHaveLength(2);
  });
}
