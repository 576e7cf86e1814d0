// Seats over the wire: by session, player and id, in pages, and what is refused.
import { PlayerSessionState, SeatEndCause } from "@muster/proto/session";
import { expect, test } from "vitest";
import { createFleetWorld, type FleetWorld } from "../fleet-world.ts";

type Request = Parameters<FleetWorld["fleet"]["describePlayerSessions"]>[0];

const describeOn = (world: FleetWorld, request: Partial<Request>) =>
  world.fleet.describePlayerSessions({
    ...{ battleSessionId: "", playerId: "", playerSessionId: "", state: PlayerSessionState.UNSPECIFIED },
    ...{ limit: 0, pageToken: "", ...request },
  });

test("a seat is told while it is in use and after, with its session's address", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  const { battleSessionId, address } = session;
  const [seat] = session.playerSessions;
  const playerSessionId = seat?.playerSessionId ?? "";
  await world.hostOf(session).command({ $case: "removeSeat", value: { playerSessionId } });
  const { playerSessions, nextPageToken } = await describeOn(world, { battleSessionId });
  expect([playerSessions.length, nextPageToken]).toEqual([2, ""]);
  expect(await describeOn(world, { playerSessionId })).toMatchObject({
    playerSessions: [
      {
        ...{ battleSessionId, address, endCause: SeatEndCause.REMOVED },
        playerSession: { playerSessionId, playerId: "anna", team: "red", state: PlayerSessionState.COMPLETED },
        ...{ createdAt: expect.any(Date), endedAt: expect.any(Date) },
      },
    ],
  });
  const reserved = await describeOn(world, { playerId: "ben", state: PlayerSessionState.RESERVED });
  expect(reserved.playerSessions[0]).toMatchObject({ battleSessionId, endCause: SeatEndCause.UNSPECIFIED });
  expect(reserved.playerSessions[0]?.playerSession?.attributes).not.toEqual({});
});

test("a page goes on behind the last seat, and tells no secret in its token", async () => {
  await using world = await createFleetWorld();
  const { battleSessionId, playerSessions } = await world.place();
  const first = await describeOn(world, { battleSessionId, limit: 1 });
  const second = await describeOn(world, { battleSessionId, limit: 1, pageToken: first.nextPageToken });
  const ids = [first, second].flatMap((page) => page.playerSessions.map((one) => one.playerSession?.playerSessionId));
  expect(ids.toSorted()).toEqual(playerSessions.map((seat): string => seat.playerSessionId).toSorted());
  expect(second.nextPageToken).toBe("");
  const token = Buffer.from(first.nextPageToken, "base64url").toString();
  for (const id of ids) expect(token).not.toContain(id);
  const other = describeOn(world, { playerId: "anna", pageToken: first.nextPageToken });
  await expect(other).rejects.toMatchObject({ reason: "FIELD_INVALID", metadata: { field: "page_token" } });
});

const refusals: readonly { readonly name: string; readonly request: Partial<Request>; readonly error: object }[] = [
  { name: "no question", request: {}, error: { reason: "FIELD_INVALID", metadata: { field: "battle_session_id" } } },
  {
    name: "two questions",
    request: { battleSessionId: "bs_1", playerId: "anna" },
    error: { reason: "FIELD_INVALID", metadata: { field: "battle_session_id" } },
  },
  { name: "an unknown session", request: { battleSessionId: "bs_1" }, error: { reason: "SERVER_SESSION_NOT_FOUND" } },
  {
    name: "a limit of 1,001",
    request: { playerId: "anna", limit: 1_001 },
    error: { reason: "FIELD_INVALID", metadata: { field: "limit" } },
  },
  {
    name: "a malformed player",
    request: { playerId: "an\nna" },
    error: { reason: "ID_MALFORMED", metadata: { field: "player_id" } },
  },
  {
    name: "a malformed seat",
    request: { playerSessionId: "a b" },
    error: { reason: "ID_MALFORMED", metadata: { field: "player_session_id" } },
  },
  {
    name: "a token that is none",
    request: { playerId: "anna", pageToken: "e30" },
    error: { reason: "FIELD_INVALID", metadata: { field: "page_token" } },
  },
];
test.for(refusals)("DescribePlayerSessions refuses $name", async ({ request, error }) => {
  await using world = await createFleetWorld();
  await expect(describeOn(world, request)).rejects.toMatchObject(error);
});

const waits = [
  { field: "reservation_timeout_ms", request: { reservationTimeoutMs: 999 } },
  { field: "disconnect_grace_ms", request: { disconnectGraceMs: 3_600_001 } },
];
test.for(waits)("StartPlacement refuses $field out of its range", async ({ field, request }) => {
  await using world = await createFleetWorld();
  await expect(world.place(request)).rejects.toMatchObject({ reason: "FIELD_INVALID", metadata: { field } });
});
