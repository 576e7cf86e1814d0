import type { BattleSession } from "@muster/proto";
import { expect, test } from "vitest";
import { evolve } from "./evolve.ts";
import { createFleetState } from "./fleet-state.ts";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";
import { askToTerminate } from "./terminate-session.ts";

const HOUR_MS = 3_600_000;
const debugged = (fleet: object = {}): Rehearsal => createRehearsal({ fleets: [{ ...fleet, debug: true }] });
const now = (world: Rehearsal, session: Pick<BattleSession, "battleSessionId">) =>
  world.state.sessions.get(session.battleSessionId as never)?.battle as BattleSession;

test("a debugged process may take for ever to be ready", () => {
  const world = debugged({ readyTimeoutMs: 1_000 });
  world.pass(HOUR_MS);
  expect([...world.state.livingProcesses.values()].map(({ status }) => status.phase)).toContain("STARTING");
  expect(world.facts.map(({ type }) => type)).not.toContain("process-terminating");
});

test("a session may take for ever to activate, and its placement waits with it", () => {
  const world = debugged();
  world.readyAll();
  const placementId = world.place();
  const { battleSessionId, processId } = world.sessionFor(placementId);
  world.pass(HOUR_MS);
  expect(world.state.pendingPlacements.has(placementId)).toBe(true);
  world.command(processId, { type: "activate-session", sessionId: battleSessionId });
  expect(now(world, { battleSessionId })).toMatchObject({ state: "ACTIVE", playerSessions: [{}, {}] });
});

test("reservations and held seats stay", () => {
  const world = debugged();
  const session = world.placeActive();
  const seat = session.playerSessions[0]?.playerSessionId as never;
  const accept = { requestId: "r1", reconnectSecret: undefined, givenReconnectSecret: undefined };
  world.command(session.processId, { type: "accept-seat", playerSessionId: seat, ...accept });
  world.command(session.processId, { type: "disconnect-seat", playerSessionId: seat });
  world.pass(HOUR_MS);
  expect(now(world, session).playerSessions.map(({ state }) => state)).toEqual(["DISCONNECTED", "RESERVED"]);
});

test("a session that was asked to end is not closed behind the game's back", () => {
  const world = debugged();
  const session = world.placeActive();
  world.decide((state, moment) => askToTerminate(state, session.battleSessionId, moment));
  world.pass(HOUR_MS);
  expect(now(world, session).state).toBe("TERMINATING");
});

test("a process that was asked to end has the time that every process has", () => {
  const world = debugged();
  const session = world.placeActive();
  world.command(session.processId, { type: "process-unhealthy", why: "an old sidecar" });
  world.pass(10_000);
  expect(world.state.processes.get(session.processId)?.status).toMatchObject({ phase: "ENDED", reason: "UNHEALTHY" });
});

test("placements that no debugged fleet is a destination of time out as ever", () => {
  const world = createRehearsal({
    fleets: [{ name: "a" }, { name: "b", debug: true }],
    destinations: ["a"],
  });
  const placementId = world.place();
  world.pass(60_000);
  expect(world.state.placements.get(placementId)?.end?.state).toBe("TIMED_OUT");
});

test("a fleet that starts again without debugging finds what is overdue", () => {
  const before = debugged();
  const session = before.placeActive();
  before.pass(HOUR_MS);
  const state = createFleetState();
  for (const [index, fact] of before.facts.entries()) {
    evolve(state, fact, { sequence: index + 1, timeMs: before.timesMs[index] ?? 0 });
  }
  const after = createRehearsal({ after: { before, state } });
  after.pass(1);
  expect(now(after, session).playerSessions).toEqual([]);
});
