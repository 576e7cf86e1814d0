// Random commands against the whole core, its invariants looked at after every step: S-CAPACITY, S-PROCESS-LIMIT,
// P-ACCEPT-ONCE, P-RESERVE-EXPIRES, S-ONE-PER-MATCH, and that revisions rise by one.
import { invariant } from "@muster/kit";
import type { BackfillId, BattleSession, PlayerSessionId } from "@muster/proto";
import { MusterError } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { evolve } from "./evolve.ts";
import { applyFill } from "./fill.ts";
import type { FleetFact } from "./fleet-fact.ts";
import { createFleetState } from "./fleet-state.ts";
import type { HostCommand } from "./host-command.ts";
import { stopPlacement } from "./placement.ts";
import { getProcess } from "./process.ts";
import { createRehearsal, playerToSeat, type Rehearsal } from "./rehearsal.ts";
import { hostHeard, judgeSilence } from "./silence.ts";

type Step = { readonly kind: number; readonly a: number; readonly b: number };

const pick = <Item>(items: readonly Item[], index: number): Item | undefined =>
  items[index % Math.max(items.length, 1)];

function take(world: Rehearsal, step: Step, serial: number): void {
  const battles = [...world.state.sessions.values()].map((session) => session.battle);
  const battle = pick(battles, step.a);
  const seats = [...world.state.sessionBySeat.keys()];
  const seat = pick(seats, step.b);
  const process = pick([...world.state.processes.values()], step.a);
  const command = (one: HostCommand) => {
    if (process) world.command(process.processId, one, step.b % 5 === 0 ? `again${step.b % 3}` : undefined);
  };
  const ofBattle = (one: HostCommand) => battle && world.command(battle.processId, one);
  switch (step.kind) {
    case 0:
      world.place({ capacity: 2 + (step.b % 3), players: [playerToSeat("anna", "red"), playerToSeat("ben", "blue")] });
      return;
    case 1:
      world.readyAll(1 + (step.b % 2));
      return;
    case 2:
      if (battle) ofBattle({ type: "activate-session", sessionId: battle.battleSessionId });
      return;
    case 3:
    case 4: {
      const reconnectSecret = seat && secretOf(world, seat);
      const requestId = `r${step.a % 4}`;
      const accept = { reconnectSecret: step.a % 2 ? reconnectSecret : undefined, givenReconnectSecret: undefined };
      const owner =
        seat &&
        world.state.sessions.get(world.state.sessionBySeat.get(seat) ?? battles[0]?.battleSessionId ?? ("" as never));
      if (seat && owner)
        world.command(owner.battle.processId, { type: "accept-seat", playerSessionId: seat, requestId, ...accept });
      return;
    }
    case 5:
      if (seat) ofBattle({ type: step.a % 2 ? "disconnect-seat" : "remove-seat", playerSessionId: seat });
      return;
    case 6:
    case 7:
      if (battle) fillSome(world, battle, step, serial);
      return;
    case 8:
      world.pass(step.b * 400);
      return;
    case 9:
      command(step.b % 3 === 0 ? { type: "process-exited", how: "exit 1" } : { type: "process-unhealthy", why: "?" });
      return;
    case 10:
      if (battle) ofBattle({ type: "end-session", sessionId: battle.battleSessionId });
      return;
    case 11:
      if (process)
        world.act((state, at) =>
          judgeSilence(state, getProcess(state, process.processId), at.nowMs - step.b * 1_000, at),
        );
      return;
    case 12:
      if (process) world.act((state, at) => hostHeard(state, getProcess(state, process.processId), at));
      return;
    default: {
      const placementId = pick([...world.state.placements.keys()], step.b);
      if (placementId) world.decide((state, at) => stopPlacement(state, placementId, at));
    }
  }
}

function fillSome(world: Rehearsal, battle: BattleSession, step: Step, serial: number): void {
  const fill = {
    fillId: `fill_${serial}`,
    sessionId: battle.battleSessionId,
    expectedRosterVersion: battle.rosterVersion - (step.b % 2),
    newcomers: [playerToSeat(`player ${step.b % 6}`, step.b % 2 ? "red" : "blue")],
    toleratesLeavers: step.a % 2 === 0,
    backfill: {
      backfillId: "bf_1" as BackfillId,
      state: "SEARCHING",
      strategy: "MAX_POSSIBLE",
      addPlayers: {},
      progress: [],
      cause: undefined,
      noLegalFill: false,
    },
  } as const;
  world.decide((state, moment) => applyFill(state, { fill, bodyDigest: String(serial) }, moment));
}

function secretOf(world: Rehearsal, seat: PlayerSessionId): string | undefined {
  const sessionId = world.state.sessionBySeat.get(seat);
  return sessionId && world.state.sessions.get(sessionId)?.seats.get(seat)?.reconnectSecret;
}

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

const hasty = { processes: 2, activationTimeoutMs: 15_000, reservationMs: 12_000, disconnectGraceMs: 6_000 };
const steps = fc.array(fc.record({ kind: fc.nat(13), a: fc.nat(60), b: fc.nat(60) }), {
  minLength: 1,
  maxLength: 120,
  size: "max",
});

/** Changes that the runs must have met, or they have proved nothing. */
const SOMETIMES = [
  "PLAYERS_ADDED",
  "PLAYER_ACCEPTED",
  "PLAYER_DISCONNECTED",
  "PLAYER_RETURNED",
  "PLAYER_REMOVED",
  "RESERVATION_EXPIRED",
  "GRACE_EXPIRED",
  "SESSION_TERMINATING",
  "SESSION_ENDED",
  "HOST_REACHABILITY_CHANGED",
];

test("the core keeps its invariants under random commands, and refuses with reasons only", () => {
  const met = new Set<string>();
  fc.assert(
    fc.property(steps, (all) => {
      const world = createRehearsal({ fleets: [hasty] });
      for (const [serial, step] of all.entries()) {
        const before = world.facts.length;
        try {
          take(world, step, serial);
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
    { numRuns: 250, seed: 7 },
  );
  expect(SOMETIMES.filter((reason) => !met.has(reason))).toEqual([]);
});

test("S-ONE-PER-MATCH: a placement has at most one session that is not over, and never one after it was given up", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const world = createRehearsal({ fleets: [hasty] });
      for (const [serial, step] of all.entries()) {
        try {
          take(world, step, serial);
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
          take(world, step, serial);
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
