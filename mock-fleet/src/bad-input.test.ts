// What must not get in: every refusal over real sockets names its reason and field, changes nothing, and holds nobody up.
import { limits, type MusterError } from "@muster/proto";
import type { ApplyFillRequest, StartPlacementRequest } from "@muster/proto/fleet";
import { type Backfill, BackfillState, BackfillStrategy } from "@muster/proto/session";
import { expect, test } from "vitest";
import { createFleetWorld, type FleetWorld, overSockets, player, startPlacementRequest } from "./fleet-world.ts";
import { overHttp } from "./over-http.fixture.ts";
import { frameOf, openRawCall } from "./raw-call.fixture.ts";

const LONG = "x".repeat(100_000);
const MESSAGE_CHARS_MAX = 1_024;
const backfill: Backfill = {
  backfillId: "bf_1",
  state: BackfillState.SEARCHING,
  strategy: BackfillStrategy.MAX_POSSIBLE,
  addPlayers: {},
  progress: [],
  cause: 0,
  noLegalFill: false,
};
const UNKNOWN_STATE = 99 as BackfillState;
const withPlayer = (more: object) => ({ players: [{ ...player("anna", "red"), ...more }] });
const many = (count: number, attributes: Record<string, unknown> = {}) =>
  Array.from({ length: count }, (_, index) => ({ ...player(`p${index}`), attributes }));
/** A session of about 0.9 MB. */
const crowd = { capacity: 10_000, teams: [], players: many(5_000, { motto: "m".repeat(110) }) };

const badPlacements: readonly {
  readonly name: string;
  readonly request: Partial<StartPlacementRequest>;
  readonly reason: string;
  readonly field?: string;
  /** What HTTP names where a request is too much for it before its fields are looked at. */
  readonly fieldOverHttp?: string;
}[] = [
  { name: "an id of 129", request: { placementId: "x".repeat(129) }, reason: "ID_MALFORMED", field: "placement_id" },
  { name: "an id with a line break", request: { placementId: "p\n" }, reason: "ID_MALFORMED", field: "placement_id" },
  { name: "a queue of 100,000", request: { queue: LONG }, reason: "ID_MALFORMED", field: "queue" },
  { name: "no queue", request: { queue: "" }, reason: "ID_MALFORMED", field: "queue" },
  { name: "a negative capacity", request: { capacity: -1 }, reason: "FIELD_INVALID", field: "capacity" },
  { name: "2^31-1 seats", request: { capacity: 2 ** 31 - 1 }, reason: "FIELD_INVALID", field: "capacity" },
  {
    name: "10,001 players",
    request: { capacity: 10_000, teams: [], players: many(10_001) },
    reason: "FIELD_INVALID",
    field: "players",
    fieldOverHttp: "the body",
  },
  {
    name: "a player id of 257 bytes",
    request: withPlayer({ playerId: `${"é".repeat(128)}x` }),
    reason: "ID_MALFORMED",
    field: "players[0].player_id",
  },
  {
    name: "a player id with NUL",
    request: withPlayer({ playerId: "a\u0000" }),
    reason: "ID_MALFORMED",
    field: "players[0].player_id",
  },
  { name: "a team of 100,000", request: withPlayer({ team: LONG }), reason: "FIELD_INVALID", field: "players[0].team" },
  {
    name: "a team with a control character",
    request: { teams: [{ name: "re\u0007d", template: "", capacity: 1 }] },
    reason: "FIELD_INVALID",
    field: "teams[0].name",
  },
  {
    name: "a team twice",
    request: {
      teams: [
        { name: "red", template: "", capacity: 1 },
        { name: "red", template: "", capacity: 1 },
      ],
    },
    reason: "FIELD_INVALID",
    field: "teams[1].name",
  },
  {
    name: "NaN",
    request: withPlayer({ attributes: { skill: Number.NaN } }),
    reason: "FIELD_INVALID",
    field: "players[0].attributes.skill",
  },
  {
    name: "an infinite attribute",
    request: withPlayer({ attributes: { skill: Number.NEGATIVE_INFINITY } }),
    reason: "FIELD_INVALID",
    field: "players[0].attributes.skill",
  },
  {
    name: "a negative latency",
    request: withPlayer({ latenciesMs: { eu: -1 } }),
    reason: "FIELD_INVALID",
    field: "players[0].latencies_ms.eu",
  },
  { name: "a negative timeout", request: { timeoutMs: -1 }, reason: "FIELD_INVALID", field: "timeout_ms" },
  { name: "a malformed region", request: { regions: ["eu", "e u"] }, reason: "ID_MALFORMED", field: "regions[1]" },
  {
    name: "too many regions",
    request: { regions: Array.from({ length: 65 }, (_, index) => `r${index}`) },
    reason: "FIELD_INVALID",
    field: "regions",
  },
  {
    name: "a state of backfill that nobody knows",
    request: { backfill: { ...backfill, state: UNKNOWN_STATE } },
    reason: "FIELD_INVALID",
    field: "backfill.state",
  },
  {
    name: "a backfill that adds fewer than none",
    request: { backfill: { ...backfill, addPlayers: { red: -1 } } },
    reason: "FIELD_INVALID",
    field: "backfill.add_players.red",
  },
  {
    name: "a backfill of 10,001 teams",
    request: {
      backfill: { ...backfill, progress: many(10_001).map(() => ({ team: "red", have: 0, reserved: 0, goal: 0 })) },
    },
    reason: "FIELD_INVALID",
    field: "backfill.progress",
    fieldOverHttp: "the body",
  },
  {
    name: "data of 65,537 characters",
    request: { data: "x".repeat(65_537) },
    reason: "FIELD_INVALID",
    field: "data",
  },
];

/** How callers may come, and how a field is called there. */
const transports = [
  { over: "gRPC", serve: overSockets },
  { over: "HTTP", serve: overHttp },
];
/** HTTP names fields as JSON does, where JSON is what cannot be read. */
const spellings = (field: string) => [field, camelCase(field)];
const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Everything that a refusal could have changed. */
async function picture({ fleet }: FleetWorld) {
  const { sessions } = await fleet.describeServerSessions({ battleSessionIds: [], includeEnded: true });
  const { processes } = await fleet.describeProcesses({ includeEnded: true });
  return { sessions, processes };
}

function reasonOf(call: Promise<unknown>): Promise<Pick<MusterError, "reason" | "metadata" | "message">> {
  return call.then(
    () => ({ reason: "none" as never, metadata: {}, message: "" }),
    (error: MusterError) => error,
  );
}

test.each(transports)(
  "StartPlacement refuses malformed requests over $over, shortly, and makes nothing of them",
  async ({ over, serve }) => {
    await using world = await createFleetWorld({ serve });
    await world.place();
    const before = await picture(world);
    for (const { name, request, reason, field = "", fieldOverHttp } of badPlacements) {
      // JSON has no word for it.
      if (over === "HTTP" && request.backfill?.state === UNKNOWN_STATE) continue;
      const asked = startPlacementRequest(request);
      const error = await reasonOf(world.fleet.startPlacement(asked));
      expect(error, name).toMatchObject({ reason });
      const named = over === "HTTP" ? (fieldOverHttp ?? field) : field;
      expect(spellings(named), name).toContain(error.metadata.field);
      expect(error.message.length, name).toBeLessThan(MESSAGE_CHARS_MAX);
      if (asked.placementId.length > 128 || /\s/.test(asked.placementId)) continue;
      const described = await reasonOf(world.fleet.describePlacement({ placementId: asked.placementId }));
      expect(described.reason, name).toBe("PLACEMENT_NOT_FOUND");
    }
    expect(await picture(world)).toEqual(before);
    expect(world.fatal).toEqual([]);
  },
);

test.each(transports)("a refusal over $over names only some of a thousand teams", async ({ serve }) => {
  await using world = await createFleetWorld({ serve });
  const teams = Array.from({ length: 1_000 }, (_, i) => ({
    name: `${i}${"t".repeat(100)}`,
    template: "",
    capacity: 1,
  }));
  const error = await reasonOf(world.fleet.startPlacement(startPlacementRequest({ teams })));
  expect(error).toMatchObject({ reason: "TEAM_UNKNOWN", metadata: { team: "red" } });
  expect(error.message.length).toBeLessThan(MESSAGE_CHARS_MAX);
});

const badFills: readonly {
  readonly name: string;
  readonly fill: Partial<ApplyFillRequest>;
  readonly reason: string;
  readonly metadata: object;
}[] = [
  {
    name: "a newcomer twice",
    fill: { newcomers: [player("cleo", "red"), player("cleo", "blue")] },
    reason: "FIELD_INVALID",
    metadata: { field: "newcomers[1].player_id" },
  },
  {
    name: "newcomers above the team's capacity",
    fill: { newcomers: [player("cleo", "red"), player("dana", "red")] },
    reason: "SESSION_FULL",
    metadata: { capacity: "2", used: "1" },
  },
  {
    name: "newcomers above the session's capacity",
    fill: { newcomers: many(4).map((one) => ({ ...one, team: "red" })) },
    reason: "SESSION_FULL",
    metadata: { capacity: "4", used: "2" },
  },
  {
    name: "a team that the session does not have",
    fill: { newcomers: [player("cleo", "green")] },
    reason: "TEAM_UNKNOWN",
    metadata: { team: "green" },
  },
  {
    name: "a team of 100,000 characters",
    fill: { newcomers: [player("cleo", LONG)] },
    reason: "FIELD_INVALID",
    metadata: { field: "newcomers[0].team" },
  },
  {
    name: "a roster version of the future",
    fill: {
      newcomers: [player("cleo", "red")],
      expectedRosterVersion: Number.MAX_SAFE_INTEGER,
      toleratesLeavers: true,
    },
    reason: "ROSTER_VERSION_STALE",
    metadata: { rosterVersion: "2" },
  },
  {
    name: "a backfill without an id",
    fill: { newcomers: [player("cleo", "red")], backfill: { ...backfill, backfillId: "" } },
    reason: "ID_MALFORMED",
    metadata: { field: "backfill.backfill_id" },
  },
];

test.each(transports)("ApplyFill refuses over $over what would not fit, and seats nobody", async ({ serve }) => {
  await using world = await createFleetWorld({ serve });
  const session = await world.place();
  for (const { name, fill, reason, metadata } of badFills) {
    expect(await reasonOf(world.fill(session, fill)), name).toMatchObject({ reason, metadata });
    expect(await world.describe(session.battleSessionId), name).toEqual(session);
  }
});

test("no session grows beyond an answer: not by newcomers, not by its backfill", async () => {
  await using world = await createFleetWorld();
  let session = await world.place(crowd);
  const newcomers = (wave: number) =>
    many(500, { a: "m".repeat(250), b: "m".repeat(250), c: "m".repeat(250), d: "m".repeat(250) }).map((one) => ({
      ...one,
      playerId: `${wave} ${one.playerId}`,
    }));
  for (let wave = 0; wave < 5; wave += 1) {
    session = await world.fill(session, { fillId: `f${wave}`, newcomers: newcomers(wave) });
  }
  const full = world.fill(session, { fillId: "full", newcomers: newcomers(5) });
  expect(await reasonOf(full)).toMatchObject({ metadata: { field: "newcomers" } });
  const { battleSessionId } = session;
  const progress = many(4_000).map(({ playerId }) => ({ team: playerId.padEnd(128), have: 0, reserved: 0, goal: 0 }));
  const update = { updateId: "u1", battleSessionId, backfill: { ...backfill, progress } };
  expect(await reasonOf(world.fleet.updateServerSession(update))).toMatchObject({ metadata: { field: "backfill" } });
  expect(await world.describe(battleSessionId)).toEqual(session);
  expect(world.hostOf(session).lastError).toBeUndefined();
  await world.place();
});

test("DescribeServerSessions answers an id once, however often it is named, and takes a thousand", async () => {
  await using world = await createFleetWorld();
  const { battleSessionId } = await world.place(crowd);
  const ask = (count: number) =>
    world.fleet.describeServerSessions({
      battleSessionIds: Array.from({ length: count }, () => battleSessionId),
      includeEnded: true,
    });
  expect((await ask(1_000)).sessions.length).toBe(1);
  expect(await reasonOf(ask(1_001))).toMatchObject({ metadata: { field: "battle_session_ids" } });
});

const badWatches = [
  { name: "a token of noise", request: { resumeToken: LONG }, reason: "FIELD_INVALID" },
  {
    name: "a token of another journal",
    request: { resumeToken: Buffer.from("journal_x 1").toString("base64url") },
    reason: "CURSOR_EXPIRED",
  },
  { name: "a malformed owner", request: { owner: "a b" }, reason: "ID_MALFORMED" },
];

test.each(transports)("WatchSessions refuses forged positions over $over", async ({ serve }) => {
  await using world = await createFleetWorld({ serve });
  const { resumeToken } = await world.seeEvent(({ event }) => event?.$case === "snapshotEnd");
  const [journalId] = Buffer.from(resumeToken, "base64url").toString().split(" ");
  const future = Buffer.from(`${journalId} 999999999999999`).toString("base64url");
  for (const { name, request, reason } of [
    ...badWatches,
    { name: "a position of the future", request: { resumeToken: future }, reason: "CURSOR_EXPIRED" },
  ]) {
    expect((await reasonOf(world.seeEvent(() => true, request))).reason, name).toBe(reason);
  }
});

const uint64Max = [...Array.from({ length: 9 }, () => 0xff), 0x01];
const rawBytes: readonly { name: string; method: string; chunks: readonly Uint8Array[]; status: string }[] = [
  { name: "garbage", method: "StartPlacement", chunks: [frameOf(Buffer.from([0xff, 0xfe, 1, 2]))], status: "3" },
  { name: "garbage", method: "WatchSessions", chunks: [frameOf(Buffer.from([0xff, 0xfe, 1, 2]))], status: "3" },
  {
    name: "a number above 2^53",
    method: "ApplyFill",
    chunks: [frameOf(Buffer.from([0x18, ...uint64Max]))],
    status: "3",
  },
  {
    name: "more than 1 MiB",
    method: "StartPlacement",
    chunks: [frameOf(Buffer.alloc(limits.MESSAGE_BYTES_MAX + 1))],
    status: "8",
  },
  {
    name: "a frame that says 4 GiB",
    method: "StartPlacement",
    chunks: [Buffer.from([0, 0xff, 0xff, 0xff, 0xff]), Buffer.alloc(100)],
    status: "8",
  },
  { name: "half a frame", method: "StartPlacement", chunks: [Buffer.from([0, 0, 0, 1, 0, 1])], status: "12" },
  { name: "a method that is none", method: "Nonsense", chunks: [frameOf(Buffer.alloc(0))], status: "12" },
];

for (const { name, method, chunks, status } of rawBytes) {
  test(`${method} given ${name} ends with status ${status} and harms nobody`, async () => {
    await using world = await createFleetWorld();
    using call = openRawCall(world.address, `/muster.fleet.v1.FleetService/${method}`, chunks);
    expect((await call.answer()).status).toBe(status);
    await world.place();
    expect(world.fatal).toEqual([]);
  });
}
