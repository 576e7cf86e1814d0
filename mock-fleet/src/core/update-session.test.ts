import type { Backfill, BackfillId, BattleSession, ServerSessionId } from "@muster/proto";
import { expect, test } from "vitest";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";
import { type SessionUpdate, updateSession } from "./update-session.ts";

const backfill: Backfill = {
  backfillId: "bf_1" as BackfillId,
  state: "SEARCHING",
  strategy: "MAX_POSSIBLE",
  addPlayers: {},
  progress: [],
  cause: undefined,
  noLegalFill: false,
};

function scene() {
  const world = createRehearsal();
  const { battleSessionId: sessionId } = world.placeActive();
  const now = () => world.state.sessions.get(sessionId)?.battle as BattleSession;
  return { world, sessionId, now };
}

function update(world: Rehearsal, change: Partial<SessionUpdate> & { readonly sessionId: ServerSessionId }): number {
  const whole: SessionUpdate = { updateId: "u1", ...change };
  return world.decide((state) => updateSession(state, { update: whole, bodyDigest: JSON.stringify(whole) }));
}

const changes = [
  { change: { backfill }, reason: "BACKFILL_UPDATED", rosters: 0 },
  { change: { creationPolicy: "DENY_ALL" }, reason: "CREATION_POLICY_CHANGED", rosters: 1 },
  { change: { creationPolicy: "ACCEPT_ALL" }, reason: "CREATION_POLICY_CHANGED", rosters: 1 },
  { change: { capacity: 2 }, reason: "SESSION_UPDATED", rosters: 1 },
  { change: { capacity: 9, creationPolicy: "DENY_ALL" }, reason: "SESSION_UPDATED", rosters: 1 },
  { change: { name: "Ann's" }, reason: "SESSION_UPDATED", rosters: 0 },
  { change: { protection: "FULL" }, reason: "SESSION_UPDATED", rosters: 0 },
  { change: { protection: "NONE", name: "x", backfill }, reason: "SESSION_UPDATED", rosters: 0 },
] as const satisfies readonly {
  readonly change: Partial<SessionUpdate>;
  readonly reason: string;
  readonly rosters: number;
}[];
for (const { change, reason, rosters } of changes) {
  test(`updateSession() tells ${Object.keys(change).join(" and ")} as ${reason}${rosters ? ", and counts it as a change of the roster" : ""}`, () => {
    const { world, sessionId, now } = scene();
    const before = now();
    expect(update(world, { sessionId, ...change })).toBe(before.revision + 1);
    expect(now()).toMatchObject({ ...change, rosterVersion: before.rosterVersion + rosters });
    expect(world.state.sessions.get(sessionId)?.changes.at(-1)?.reason).toBe(reason);
  });
}

test("an empty name takes the name away", () => {
  const { world, sessionId, now } = scene();
  update(world, { sessionId, name: "Ann's" });
  update(world, { sessionId, updateId: "u2", name: "" });
  expect(now().name).toBeUndefined();
});

test("a late repeat is answered as the first time, and takes nothing back", () => {
  const { world, sessionId, now } = scene();
  const first = update(world, { sessionId, name: "first" });
  update(world, { sessionId, updateId: "u2", name: "second" });
  expect(update(world, { sessionId, name: "first" })).toBe(first);
  expect(now().name).toBe("second");
  expect(() => update(world, { sessionId, name: "third" })).toThrow(expect.objectContaining({ reason: "ID_REUSED" }));
});

test("a capacity below the seats in use is refused, and one above lets nobody into a full team", () => {
  const { world, sessionId } = scene();
  const refusal = { reason: "SESSION_FULL", metadata: { capacity: "1", used: "2" } };
  expect(() => update(world, { sessionId, capacity: 1 })).toThrow(expect.objectContaining(refusal));
});

test("who has seen another roster is refused, and changes nothing", () => {
  const { world, sessionId, now } = scene();
  const { rosterVersion: expected } = now();
  const stale = { sessionId, capacity: 9, expectedRosterVersion: expected - 1 };
  expect(() => update(world, stale)).toThrow(expect.objectContaining({ reason: "ROSTER_VERSION_STALE" }));
  update(world, { ...stale, expectedRosterVersion: expected });
  expect(now().capacity).toBe(9);
});

test("only an active session is changed, but for the backfill of one that loads or ends", () => {
  const world = createRehearsal();
  world.readyAll();
  const { battleSessionId: sessionId, processId } = world.sessionFor(world.place());
  const refusal = expect.objectContaining({ reason: "SESSION_NOT_ACTIVE" });
  expect(() => update(world, { sessionId, capacity: 9 })).toThrow(refusal);
  update(world, { sessionId, backfill });
  world.command(processId, { type: "activate-session", sessionId });
  world.command(processId, { type: "end-session", sessionId });
  expect(() => update(world, { sessionId, updateId: "u2", name: "late" })).toThrow(refusal);
  const { revision } = world.state.sessions.get(sessionId)?.battle ?? {};
  expect(update(world, { sessionId, updateId: "u3", backfill })).toBe(revision);
});
