// Random commands against the whole core, its invariants looked at after every step: S-CAPACITY, S-PROCESS-LIMIT,
// P-ACCEPT-ONCE, P-RESERVE-EXPIRES, S-ONE-PER-MATCH, and that revisions rise by one.
import { invariant } from "@muster/kit";
import { MusterError } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { evolve } from "./evolve.ts";
import type { FleetFact } from "./fleet-fact.ts";
import { createFleetState } from "./fleet-state.ts";
import { hasty, steps, takeStep } from "./random-history.fixture.ts";
import { createRehearsal, type Rehearsal } from "./rehearsal.ts";

// `invariant` rather than `expect`: these run tens of thousands of times.
function checkSessions(world: Rehearsal): void {
  for (const { battle, unreachableSinceMs } of world.state.sessions.values()) {
    const seats = battle.playerSessions;
    invariant(seats.length <= battle.capacity, "S-CAPACITY of the session");
    for (const { name, capacity } of battle.teams) {
      invariant(seats.filter((one) => one.team === name).length <= capacity, "S-CAPACITY of a team");
    }
    invariant(new Set(seats.map((one) => one.playerId)).size === seats.length, "a player is seated once");
    if (battle.state === "TERMINATED") invariant(seats.length === 0, "an ended session has no seats");
    if (unreachableSinceMs !== undefined || battle.state === "TERMINATED") continue;
    const isDue = seats.some((one) => one.expiresAtMs !== undefined && one.expiresAtMs < world.nowMs);
    invariant(!isDue, "P-RESERVE-EXPIRES: no seat outlives its deadline");
  }
}

function checkProcesses(world: Rehearsal): void {
  for (const { processId, sessionIds, status } of world.state.processes.values()) {
    const running = [...world.state.sessions.values()].filter(
      ({ battle }) => battle.processId === processId && battle.state !== "TERMINATED",
    );
    const isSame =
      running.length === sessionIds.size && running.every((one) => sessionIds.has(one.battle.battleSessionId));
    invariant(isSame, "a process knows its sessions");
    if (status.phase === "ENDED") invariant(running.length === 0, "an ended process runs nothing");
    if (status.phase === "READY") invariant(running.length <= status.concurrentSessions, "S-PROCESS-LIMIT");
  }
}

/** What only the order of facts shows. */
function checkFacts(facts: readonly FleetFact[]): void {
  const revisions = new Map<string, number>();
  const firstAccepts = new Set<string>();
  const ended = new Set<string>();
  for (const fact of facts) {
    if (fact.type === "session-started") revisions.set(fact.session.battleSessionId, 1);
    if (fact.type !== "session-changed") continue;
    const { change, accepted } = fact;
    invariant(change.revision === (revisions.get(change.battleSessionId) ?? 0) + 1, "revisions rise by one");
    revisions.set(change.battleSessionId, change.revision);
    for (const { playerSessionId } of change.removed) {
      invariant(!ended.has(playerSessionId), "a seat ends once");
      ended.add(playerSessionId);
    }
    const isRisen = [...change.updated, ...change.added].some((one) => ended.has(one.playerSessionId));
    invariant(!isRisen, "an ended seat stays ended");
    if (change.reason !== "PLAYER_ACCEPTED" || !accepted) continue;
    invariant(!firstAccepts.has(accepted.playerSessionId), "P-ACCEPT-ONCE");
    firstAccepts.add(accepted.playerSessionId);
  }
}

/** Changes that the runs must have met, or they have proved nothing. */
const SOMETIMES = [
  "PLAYERS_ADDED",
  "PLAYER_ACCEPTED",
  "PLAYER_DISCONNECTED",
  "PLAYER_RETURNED",
  "PLAYER_REMOVED",
  "RESERVATION_EXPIRED",
  "GRACE_EXPIRED",
  "SESSION_UPDATED",
  "CREATION_POLICY_CHANGED",
  "SESSION_TERMINATING",
  "SESSION_ENDED",
  "HOST_REACHABILITY_CHANGED",
];

test("the core keeps its invariants under random commands, and refuses with reasons only", () => {
  const met = new Set<string>();
  fc.assert(
    fc.property(steps, (all) => {
      const world = createRehearsal({ ...hasty });
      for (const [serial, step] of all.entries()) {
        const before = world.facts.length;
        try {
          takeStep(world, step, serial);
        } catch (error) {
          if (!(error instanceof MusterError)) throw error;
          invariant(world.facts.length === before, "a refusal changes nothing");
        }
        checkSessions(world);
        checkProcesses(world);
      }
      checkFacts(world.facts);
      for (const fact of world.facts) if (fact.type === "session-changed") met.add(fact.change.reason);
    }),
    { numRuns: 800, seed: 7 },
  );
  expect(SOMETIMES.filter((reason) => !met.has(reason))).toEqual([]);
});

test("S-ONE-PER-MATCH: a placement has at most one session that is not over, and never one after it was given up", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const world = createRehearsal({ ...hasty });
      for (const [serial, step] of all.entries()) {
        try {
          takeStep(world, step, serial);
        } catch (error) {
          if (!(error instanceof MusterError)) throw error;
        }
        for (const [placementId, { end }] of world.state.placements) {
          const live = [...world.state.sessions.values()].filter(
            (one) => one.placementId === placementId && ["ACTIVATING", "ACTIVE"].includes(one.battle.state),
          );
          const liveMax = end === undefined || end.state === "FULFILLED" ? 1 : 0;
          invariant(live.length <= liveMax, "S-ONE-PER-MATCH");
        }
      }
    }),
    { numRuns: 150 },
  );
});

test("a replay of the facts gives the same state", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const world = createRehearsal({ fleets: [{ processes: 2 }] });
      for (const [serial, step] of all.entries()) {
        try {
          takeStep(world, step, serial);
        } catch (error) {
          if (!(error instanceof MusterError)) throw error;
        }
      }
      const replayed = createFleetState();
      for (const [index, fact] of world.facts.entries()) {
        evolve(replayed, fact, { sequence: index + 1, timeMs: world.timesMs[index] ?? 0 });
      }
      // Agendas are hints, taken out as time passes.
      const { agenda: _, ended: __, ...again } = replayed;
      const { agenda: ___, ended: ____, ...first } = world.state;
      expect(again).toEqual(first);
    }),
    { numRuns: 100 },
  );
});
