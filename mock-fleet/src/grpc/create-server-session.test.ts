// A session created directly, over the wire: what it answers, and what it refuses.
import type { MusterError } from "@muster/proto";
import { CreationPolicy } from "@muster/proto/session";
import { expect, test } from "vitest";
import { createFleetWorld, type FleetWorld, player, testFleet } from "../fleet-world.ts";

type Request = Parameters<FleetWorld["fleet"]["createServerSession"]>[0];

const createOn = (world: FleetWorld, request: Partial<Request> = {}) =>
  world.fleet.createServerSession({
    ...{ fleet: testFleet.name, capacity: 4, teams: [], name: "", properties: {}, data: "", creatorId: "" },
    ...{ creationPolicy: CreationPolicy.UNSPECIFIED, battleSessionId: "", idempotencyToken: "", owner: "", ...request },
  });

/** Resolves once the fleet's processes are ready to take sessions. */
async function readyWorld(options: Parameters<typeof createFleetWorld>[0] = {}): Promise<FleetWorld> {
  const world = await createFleetWorld(options);
  const { battleSessionId } = await world.place();
  await world.fleet.terminateServerSession({ battleSessionId });
  await world.seeSession(battleSessionId, ({ state }) => state === "TERMINATED");
  return world;
}

test("a session is created, loaded by its game, seen by its owner, and joined", async () => {
  await using world = await readyWorld();
  const wishes = { name: "Ann's", properties: { map: "dust" }, data: "d", creatorId: "ann", capacity: 2 };
  const { session } = await createOn(world, { ...wishes, owner: "lobby", idempotencyToken: "t1" });
  expect(session).toMatchObject({ ...wishes, fleet: testFleet.name });
  const battleSessionId = session?.battleSessionId ?? "";
  await world.seeEvent(({ event }) => event?.$case === "session" && event.value.battleSessionId === battleSessionId, {
    owner: "lobby",
  });
  const active = await world.seeSession(battleSessionId, ({ state }) => state === "ACTIVE");
  expect(active).toMatchObject({ name: "Ann's", creationPolicy: "ACCEPT_ALL" });
  expect(world.hostOf(active).sessions.get(battleSessionId)?.name).toBe("Ann's");
  const seats = { requestId: "r1", battleSessionId, players: [player("cleo")], expectedRosterVersion: 0 };
  expect((await world.fleet.createPlayerSessions(seats)).session?.playerSessions).toHaveLength(1);
  const again = await createOn(world, { ...wishes, owner: "lobby", idempotencyToken: "t1" });
  expect(again.session).toMatchObject({ battleSessionId, state: 2 });
});

const refusals: readonly { readonly name: string; readonly request: Partial<Request>; readonly error: object }[] = [
  { name: "no fleet", request: { fleet: "" }, error: { reason: "ID_MALFORMED", metadata: { field: "fleet" } } },
  { name: "an unknown fleet", request: { fleet: "us" }, error: { reason: "FLEET_NOT_FOUND" } },
  {
    name: "no capacity",
    request: { capacity: 0 },
    error: { reason: "FIELD_INVALID", metadata: { field: "capacity" } },
  },
  {
    name: "a long name",
    request: { name: "x".repeat(1_025) },
    error: { reason: "FIELD_INVALID", metadata: { field: "name" } },
  },
  {
    name: "a long creator",
    request: { creatorId: "x".repeat(1_025) },
    error: { reason: "FIELD_INVALID", metadata: { field: "creator_id" } },
  },
  {
    name: "a long token",
    request: { idempotencyToken: "x".repeat(49) },
    error: { reason: "FIELD_INVALID", metadata: { field: "idempotency_token" } },
  },
  {
    name: "a malformed id",
    request: { battleSessionId: "a b" },
    error: { reason: "ID_MALFORMED", metadata: { field: "battle_session_id" } },
  },
  {
    name: "a team twice",
    request: { teams: ["red", "red"].map((name) => ({ name, template: name, capacity: 1 })) },
    error: { reason: "FIELD_INVALID", metadata: { field: "teams[1].name" } },
  },
];
test.for(refusals)("CreateServerSession refuses $name", async ({ request, error }) => {
  await using world = await createFleetWorld();
  await expect(createOn(world, request)).rejects.toMatchObject(error);
});

test("CreateServerSession refuses a fleet that is full, and says that it may be tried again", async () => {
  await using world = await readyWorld({ fleet: { processes: 1 } });
  await createOn(world);
  const error: MusterError = await createOn(world).then(
    () => Promise.reject(new Error("it was created")),
    (refusal) => refusal,
  );
  expect(error).toMatchObject({ reason: "FLEET_FULL", retry: "backoff", code: "RESOURCE_EXHAUSTED" });
});
