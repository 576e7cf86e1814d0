// Random histories of the core, for property tests: places, fills, accepts, leaves, crashes, silence and time, in any order.
import type { BackfillId, BattleSession, ErasureId, PlayerId, PlayerSessionId, ServerSessionId } from "@muster/proto";
import fc from "fast-check";
import { deleteAlias, putAlias } from "./alias.ts";
import { createSession, type SessionCreation } from "./create-session.ts";
import { drainFleet, drainOne } from "./draining.ts";
import { decideErasePlayer, decideErasureCompleted } from "./erase-player.ts";
import { applyFill } from "./fill.ts";
import type { HostCommand } from "./host-command.ts";
import { stopPlacement } from "./placement.ts";
import { getProcess } from "./process.ts";
import { stateFor } from "./project.ts";
import { playerToSeat, type Rehearsal } from "./rehearsal.ts";
import { restartServers } from "./restart-servers.ts";
import { rollOut } from "./rollout.ts";
import { scaleFleet } from "./scale-fleet.ts";
import { hostHeard, judgeSilence } from "./silence.ts";
import { askToTerminate, forceToTerminate } from "./terminate-session.ts";
import { updateSession } from "./update-session.ts";

export type Step = { readonly kind: number; readonly a: number; readonly b: number };

const pick = <Item>(items: readonly Item[], index: number): Item | undefined =>
  items[index % Math.max(items.length, 1)];

/** Does to the core what the step says; throws what the core refuses with. `serial` makes ids of its own. */
export function takeStep(world: Rehearsal, step: Step, serial: number): void {
  const battles = [...world.state.sessions.values()].map((session) => session.battle);
  const battle = pick(battles, step.a);
  const seats = [...world.state.sessions.values()].flatMap((session) => [...session.seats.keys()]);
  const seat = pick(seats, step.b);
  const process = pick([...world.state.processes.values()], step.a);
  const command = (one: HostCommand) => {
    if (process) world.command(process.processId, one, step.b % 5 === 0 ? `again${step.b % 3}` : undefined);
  };
  const ofBattle = (one: HostCommand) => battle && world.command(battle.processId, one);
  switch (step.kind) {
    case 0:
      world.place({
        ...(step.b % 4 === 1 ? { project: "other" } : {}),
        capacity: 2 + (step.b % 3),
        players: [
          { ...playerToSeat("anna", "red"), latenciesMs: step.a % 3 === 0 ? { eu: 40 + (step.b % 4) * 40 } : {} },
          { ...playerToSeat("ben", "blue"), latenciesMs: step.a % 3 === 0 ? { eu: 30 } : {} },
        ],
      });
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
    case 13: {
      const erasureId = `er_${serial}` as ErasureId;
      const playerId = (step.a % 3 === 0 ? "anna" : `player ${step.b % 6}`) as PlayerId;
      world.act((state) => decideErasePlayer(state, { erasureId, playerId, playerDigest: "digest" }));
      if (step.b % 2 === 0) world.act((state) => decideErasureCompleted(state, erasureId));
      return;
    }
    case 14: {
      const customData = { currentCount: step.a % 3, maxCount: step.b % 3 };
      if (battle) ofBattle({ type: "report-custom-data", sessionId: battle.battleSessionId, customData });
      return;
    }
    case 15: {
      const target = [
        { type: "fleet", fleet: "eu" },
        { type: "closed", message: `closed ${step.b}` },
      ] as const;
      const name = `alias${step.a % 3}`;
      if (step.b % 4 === 0) world.decide((state, at) => deleteAlias(state, name, at));
      else world.decide((state, at) => putAlias(state, { name, target: target[step.b % 2] ?? target[0] }, at));
      return;
    }
    case 16: {
      const creation = creationOf({
        capacity: 2 + (step.a % 2),
        creatorId: step.a % 3 === 0 ? "anna" : undefined,
        idempotencyToken: step.b % 4 === 0 ? `t${step.b % 3}` : undefined,
        sessionId: step.b % 5 === 0 ? (`own${step.a % 4}` as ServerSessionId) : undefined,
        project: step.b % 3 === 0 ? "other" : undefined,
      });
      const asked = { creation, bodyDigest: `${creation.capacity}` };
      world.decide((state, at) => createSession(stateFor(state, { project: creation.project }, at.config), asked, at));
      return;
    }
    case 17: {
      if (!battle) return;
      const { battleSessionId: sessionId } = battle;
      const forms = [
        { capacity: 1 + (step.b % 5) },
        { creationPolicy: step.b % 2 === 0 ? "DENY_ALL" : "ACCEPT_ALL" },
        { name: step.b % 3 === 0 ? "" : "room", protection: (["NONE", "TIME_LIMITED", "FULL"] as const)[step.b % 3] },
      ] as const;
      const update = { updateId: `u${step.a % 20}`, sessionId, ...forms[step.a % 3] };
      world.decide((state) => updateSession(state, { update, bodyDigest: JSON.stringify(update) }));
      return;
    }
    case 18: {
      const terminate = step.b % 3 === 0 ? forceToTerminate : askToTerminate;
      if (battle && step.a % 3 === 0) world.decide((state, at) => terminate(state, battle.battleSessionId, at));
      return;
    }
    case 19: {
      const fleet = "eu";
      const reserve = { type: "percent", percent: 10 * (step.b % 4) } as const;
      const elastic = { minProcesses: step.b % 2, maxProcesses: 3, reserve, cooldownMs: 5_000 };
      const scalings = [undefined, { type: "static", processes: step.b % 4 }, { type: "elastic", elastic }] as const;
      world.decide((state, at) => scaleFleet(state, { fleet, scaling: scalings[step.a % 3] }, at));
      return;
    }
    case 20: {
      const force = step.b % 5 === 0;
      if (step.a % 3 === 0 && process) {
        world.decide((state, at) => drainOne(state, { processId: process.processId, force }, at));
        return;
      }
      world.decide((state, at) => drainFleet(state, { fleet: "eu", isDrained: step.a % 3 === 1, force }, at));
      return;
    }
    case 21: {
      const build = ["v1", "v2", undefined][step.a % 3];
      const mode = step.b % 4 === 0 ? "FORCED" : "SOFT";
      world.decide((state, at) => rollOut(state, { fleet: "eu", build, mode }, at));
      return;
    }
    case 22:
      world.decide((state, at) =>
        restartServers(state, { fleet: "eu", reason: "FILES_CHANGED", graceMs: (step.b % 3) * 4_000 }, at),
      );
      return;
    default: {
      const placementId = pick([...world.state.placements.keys()], step.b);
      if (placementId) world.decide((state, at) => stopPlacement(state, placementId, at));
    }
  }
}

/** A session for nobody yet, on the first fleet of the rehearsal. */
export function creationOf(creation: Partial<SessionCreation> = {}): SessionCreation {
  return {
    ...{ fleet: "eu", capacity: 4, teams: [], name: undefined, properties: {}, data: "", creationPolicy: "ACCEPT_ALL" },
    ...{
      protection: undefined,
      creatorId: undefined,
      sessionId: undefined,
      idempotencyToken: undefined,
      owner: "backend",
      ...creation,
    },
  };
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
  world.decide((state, moment) =>
    applyFill(state, { fill, bodyDigest: String(serial), check: () => undefined }, moment),
  );
}

function secretOf(world: Rehearsal, seat: PlayerSessionId): string | undefined {
  const sessionId = world.state.sessionBySeat.get(seat);
  return sessionId && world.state.sessions.get(sessionId)?.seats.get(seat)?.reconnectSecret;
}

/** A fleet whose deadlines pass within the steps. */
export const hastyFleet = {
  builds: ["v1", "v2"].map((name) => ({
    name,
    launches: [{ name: "", command: ["game"], cwd: undefined, env: {}, processes: 1 }],
  })),
  build: "v1",
  processes: 2,
  processesPerHost: 1,
  concurrentActivations: 1,
  activationTimeoutMs: 15_000,
  reservationMs: 12_000,
  disconnectGraceMs: 6_000,
};
/** It, behind a queue whose caps do so too. */
export const hasty = {
  fleets: [hastyFleet],
  queue: {
    latencyPolicies: [
      { maxIndividualLatencyMs: 50, durationMs: 5_000 },
      { maxIndividualLatencyMs: 120, durationMs: undefined },
    ],
  },
};
/** Random commands, one after the other. */
export const steps = fc.array(fc.record({ kind: fc.nat(23), a: fc.nat(60), b: fc.nat(60) }), {
  minLength: 1,
  maxLength: 120,
  size: "max",
});
