import type { PlayerId, PlayerSessionId, ServerSessionId } from "@muster/proto";
import { expect, test } from "vitest";
import { createSeats } from "./create-seats.ts";
import { createSession } from "./create-session.ts";
import { describeSeats, type SeatPlace, type SeatQuestion, type SeatSearch } from "./describe-seats.ts";
import { creationOf } from "./random-history.fixture.ts";
import { createRehearsal, playerToSeat } from "./rehearsal.ts";

/** ann plays, ben is gone for a moment, cleo left, dan never came, eve was gone for too long, flo is expected. */
function scene() {
  const world = createRehearsal({ fleets: [{ processes: 2, reservationMs: 20_000, disconnectGraceMs: 30_000 }] });
  world.readyAll();
  const creation = creationOf({ capacity: 8 });
  const sessionId = world.decide((state, at) => createSession(state, { creation, bodyDigest: "d" }, at));
  const { processId } = world.state.sessions.get(sessionId)?.battle ?? {};
  if (!processId) throw new Error("no process");
  world.command(processId, { type: "activate-session", sessionId });
  const seat = (...names: readonly string[]) => {
    const players = names.map((name) => playerToSeat(name));
    const request = { requestId: names.join(), sessionId, players, expectedRosterVersion: undefined };
    const asked = { request, bodyDigest: names.join(), check: () => undefined };
    return world.decide((state, moment) => createSeats(state, asked, moment)).playerSessions;
  };
  const ids = new Map<string, PlayerSessionId>();
  const remember = (...names: readonly string[]) => {
    for (const { playerId, playerSessionId } of seat(...names)) ids.set(playerId, playerSessionId);
  };
  const idOf = (name: string) => ids.get(name) as PlayerSessionId;
  const accept = (name: string) => {
    const secrets = { reconnectSecret: undefined, givenReconnectSecret: undefined };
    world.command(processId, { type: "accept-seat", playerSessionId: idOf(name), requestId: name, ...secrets });
  };
  remember("ann", "ben", "cleo", "dan", "eve");
  for (const name of ["ann", "ben", "cleo", "eve"]) accept(name);
  world.command(processId, { type: "remove-seat", playerSessionId: idOf("cleo") });
  world.command(processId, { type: "disconnect-seat", playerSessionId: idOf("eve") });
  world.pass(30_000);
  world.command(processId, { type: "disconnect-seat", playerSessionId: idOf("ben") });
  remember("flo");
  const ask = (question: SeatQuestion, more: Partial<SeatSearch> = {}) =>
    describeSeats(world.state, { question, state: undefined, limit: 100, after: undefined, ...more });
  return { world, sessionId, processId, idOf, ask };
}

const everybody = [
  ["ann", "ACTIVE", undefined],
  ["ben", "DISCONNECTED", undefined],
  ["cleo", "COMPLETED", "REMOVED"],
  ["dan", "TIMED_OUT", "RESERVATION_EXPIRED"],
  ["eve", "COMPLETED", "GRACE_EXPIRED"],
  ["flo", "RESERVED", undefined],
] as const;

test("all five states are told, with when each seat was reserved and has ended", () => {
  const { sessionId, ask } = scene();
  const { found, hasMore } = ask({ of: "session", sessionId });
  const told = found.map(({ seat, memory }) => [seat.playerId, seat.state, memory.endCause]);
  expect(told.toSorted()).toEqual(everybody.map((row) => [...row]));
  expect([told.at(-1)?.[0], hasMore]).toEqual(["flo", false]);
  const after = found.map(({ memory }) =>
    memory.endedAtMs === undefined ? -1 : memory.endedAtMs - memory.createdAtMs,
  );
  expect(new Map(found.map(({ seat }, index) => [seat.playerId as string, after[index]]))).toEqual(
    new Map([
      ["ann", -1],
      ["ben", -1],
      ["cleo", 0],
      ["dan", 20_000],
      ["eve", 30_000],
      ["flo", -1],
    ]),
  );
});

for (const state of ["RESERVED", "ACTIVE", "DISCONNECTED", "COMPLETED", "TIMED_OUT"] as const) {
  test(`seats that are ${state} are told alone`, () => {
    const { sessionId, ask } = scene();
    const { found } = ask({ of: "session", sessionId }, { state });
    const expected = everybody.filter((row) => row[1] === state).map(([name]) => name);
    expect(found.map(({ seat }) => seat.playerId).toSorted()).toEqual(expected);
  });
}

test("a seat is told by its id, in use and ended; one that nobody knows is none", () => {
  const { idOf, ask } = scene();
  for (const name of ["ann", "dan"]) {
    const { found } = ask({ of: "seat", playerSessionId: idOf(name) });
    expect(found.map(({ seat }) => seat.playerId)).toEqual([name]);
  }
  expect(ask({ of: "seat", playerSessionId: "ps_no" as PlayerSessionId }).found).toEqual([]);
});

test("a player's seats are told over all sessions, those that have ended too", () => {
  const { world, sessionId, processId, ask } = scene();
  world.command(processId, { type: "end-session", sessionId });
  const other = world.placeActive({ players: [playerToSeat("ann", "red")] });
  const { found } = ask({ of: "player", playerId: "ann" as PlayerId });
  expect(found.map(({ battle, seat }) => [battle.battleSessionId, seat.state])).toEqual([
    [sessionId, "COMPLETED"],
    [other.battleSessionId, "RESERVED"],
  ]);
  expect(ask({ of: "player", playerId: "gus" as PlayerId }).found).toEqual([]);
});

test("pages follow one another, each seat once", () => {
  const { sessionId, ask } = scene();
  const question = { of: "session", sessionId } as const;
  const names: string[] = [];
  let after: SeatPlace | undefined;
  for (let more = true; more; ) {
    const { found, hasMore } = ask(question, { limit: 2, after });
    names.push(...found.map(({ seat }) => seat.playerId));
    after = found.at(-1)?.place;
    more = hasMore;
  }
  expect(names).toEqual(ask(question).found.map(({ seat }) => seat.playerId));
  expect(names).toHaveLength(6);
});

test("a session that there never was is refused", () => {
  const { ask } = scene();
  expect(() => ask({ of: "session", sessionId: "bs_no" as ServerSessionId })).toThrow(
    expect.objectContaining({ reason: "SERVER_SESSION_NOT_FOUND" }),
  );
});

const asked = { reservationMs: 5_000, disconnectGraceMs: 7_000 };
for (const [what, wishes, reservationMs, graceMs] of [
  ["as their placement asked", asked, 5_000, 7_000],
  ["as their fleet says where it asked nothing", {}, 60_000, 30_000],
  ["for no time at all where it asked so", { disconnectGraceMs: 0 }, 60_000, 0],
] as const) {
  test(`seats are held ${what}`, () => {
    const world = createRehearsal();
    const { processId, playerSessions } = world.placeActive(wishes);
    const [seat] = playerSessions;
    expect(seat?.expiresAtMs).toBe(world.nowMs + reservationMs);
    const playerSessionId = seat?.playerSessionId as PlayerSessionId;
    const secrets = { reconnectSecret: undefined, givenReconnectSecret: undefined };
    world.command(processId, { type: "accept-seat", playerSessionId, requestId: "r", ...secrets });
    const { seatExpiresAtMs } = world.command(processId, { type: "disconnect-seat", playerSessionId });
    expect(seatExpiresAtMs).toBe(world.nowMs + graceMs);
  });
}

test("seats of a session that is created directly are held as its creator asked", () => {
  const world = createRehearsal();
  world.readyAll();
  const creation = creationOf(asked);
  const sessionId = world.decide((state, at) => createSession(state, { creation, bodyDigest: "d" }, at));
  const { processId } = world.state.sessions.get(sessionId)?.battle ?? {};
  if (processId) world.command(processId, { type: "activate-session", sessionId });
  const request = { requestId: "r", sessionId, players: [playerToSeat("ann")], expectedRosterVersion: undefined };
  const seats = { request, bodyDigest: "d", check: () => undefined };
  const [seat] = world.decide((state, moment) => createSeats(state, seats, moment)).playerSessions;
  expect(seat?.expiresAtMs).toBe(world.nowMs + 5_000);
});
