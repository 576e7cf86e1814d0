import fc from "fast-check";
import { expect, test } from "vitest";
import * as wire from "../../gen/muster/session/v1/session.ts";
import type { BackfillId, MatchId, PlayerId, PlayerSessionId, ProcessId, ServerSessionId, TicketId } from "../ids.ts";
import { applySessionChange } from "./apply-session-change.ts";
import type { BattleSession, PlayerSession, SessionChange } from "./battle-session.ts";
import {
  readBattleSession,
  readSessionChange,
  writeBattleSession,
  writePlayerSession,
  writeSessionChange,
} from "./session-wire.ts";

const battleSessionId = "bs_1" as ServerSessionId;
const seat = (index: number): PlayerSession => ({
  playerSessionId: `ps_${index}` as PlayerSessionId,
  playerId: `player ${index}` as PlayerId,
  team: "red",
  ticketId: `tick_${index}` as TicketId,
  state: "RESERVED",
  attributes: { skill: 1500, modes: ["ctf"], ratings: { ctf: 3 }, name: "x" },
  expiresAtMs: 61_000,
});
const session: BattleSession = {
  battleSessionId,
  revision: 7,
  rosterVersion: 3,
  state: "ACTIVE",
  teams: [{ name: "red", template: "red", capacity: 3 }],
  capacity: 3,
  playerSessions: [seat(1), seat(2)],
  properties: { map: "dust" },
  data: "opaque",
  creationPolicy: "ACCEPT_ALL",
  backfill: {
    backfillId: "bf_1" as BackfillId,
    state: "PAUSED",
    strategy: "CUSTOM",
    addPlayers: { red: 1 },
    progress: [{ team: "red", have: 1, reserved: 1, goal: 3 }],
    cause: "FULL",
    noLegalFill: false,
  },
  matchId: "match_1" as MatchId,
  configuration: "arena",
  address: { host: "127.0.0.1", ports: { game: 7500 } },
  processId: "proc_1" as ProcessId,
  incarnation: 2,
  fleet: "arena-eu",
  region: "eu-west",
  createdAtMs: 1_000,
  unreachable: false,
  endCause: undefined,
  customData: { currentCount: 3, maxCount: 12 },
  name: "Ann's room",
  creatorId: "ann",
  protection: "FULL",
};
const change: SessionChange = {
  battleSessionId,
  revision: 8,
  rosterVersion: 4,
  reason: "PLAYER_REMOVED",
  added: [seat(3)],
  updated: [{ ...seat(2), state: "ACTIVE", expiresAtMs: undefined }],
  removed: [
    {
      playerSessionId: seat(1).playerSessionId,
      playerId: seat(1).playerId,
      team: "red",
      ticketId: seat(1).ticketId,
      cause: "REMOVED",
    },
  ],
  customData: { currentCount: 0, maxCount: 12 },
  capacity: 5,
  name: "",
  protection: "NONE",
};

test("a battle session survives its way over the wire", () => {
  const bytes = wire.BattleSession.encode(writeBattleSession(session)).finish();
  expect(readBattleSession(wire.BattleSession.decode(bytes))).toEqual(session);
});

for (const { name, message } of [
  { name: "a session made", message: { createdAt: new Date(Number.NaN) } },
  {
    name: "a seat held until",
    message: { playerSessions: [{ ...writePlayerSession(seat(1)), expiresAt: new Date(Number.NaN) }] },
  },
]) {
  // What the generated code makes of a timestamp beyond what a Date holds.
  test(`readBattleSession() refuses ${name} a time that is none`, () => {
    const read = () => readBattleSession({ ...writeBattleSession(session), ...message });
    expect(read).toThrow(expect.objectContaining({ reason: "FIELD_INVALID" }));
  });
}

test("a session change survives its way over the wire", () => {
  const bytes = wire.SessionChange.encode(writeSessionChange(change)).finish();
  expect(readSessionChange(wire.SessionChange.decode(bytes))).toEqual(change);
});

test("applySessionChange() removes, updates and adds seats, and keeps what the change does not name", () => {
  const after = applySessionChange(session, change);
  expect(after.playerSessions.map((one) => [one.playerId, one.state])).toEqual([
    ["player 2", "ACTIVE"],
    ["player 3", "RESERVED"],
  ]);
  expect(after).toMatchObject({ revision: 8, rosterVersion: 4, state: "ACTIVE", properties: { map: "dust" } });
  expect(after.customData).toEqual({ currentCount: 0, maxCount: 12 });
  expect([after.capacity, after.name, after.protection]).toEqual([5, undefined, "NONE"]);
  expect(applySessionChange(session, { ...change, name: "Ben's", capacity: undefined })).toMatchObject({
    ...{ name: "Ben's", capacity: 3, creatorId: "ann" },
  });
});

test("applySessionChange() ignores a change that the session has already", () => {
  const after = applySessionChange(session, change);
  expect(applySessionChange(after, change)).toBe(after);
});

test("applySessionChange() refuses a gap", () => {
  expect(() => applySessionChange(session, { ...change, revision: 9 })).toThrow(/without a gap/);
});

test("applySessionChange() gives the same session however often changes are repeated", () => {
  const later = { ...change, revision: 9, removed: [], added: [], updated: [], state: "TERMINATED" as const };
  const straight = applySessionChange(applySessionChange(session, change), later);
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 8 }), (repeats) => {
      let folded = applySessionChange(session, change);
      for (const again of repeats) folded = again ? applySessionChange(folded, change) : folded;
      expect(applySessionChange(folded, later)).toEqual(straight);
    }),
  );
});
