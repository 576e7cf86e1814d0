// Silence of a host has two thresholds: past the first its sessions are unreachable and their reservations stand still, past
// the second it is given up and its sessions end, once.
import type { PlayerSession } from "@muster/proto";
import type { Moment } from "./decision.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { endProcess, isEnded, type ServerProcess } from "./process.ts";
import { isLiving, nextChange, type ServerSession } from "./session.ts";

/** What is to be done about a process that was last heard of at `heardMs`. */
export function judgeSilence(
  state: FleetState,
  process: ServerProcess,
  heardMs: number,
  moment: Moment,
): readonly FleetFact[] {
  if (isEnded(process)) return [];
  const { hostSilentAfterMs, hostLostAfterMs } = moment.config.settings;
  const silentMs = moment.nowMs - heardMs;
  if (silentMs < hostSilentAfterMs) return [];
  // Nobody plays on it and no child of ours stands behind it: after a restart of the fleet it will not come back.
  const isForsaken = process.sessionIds.size === 0 && !moment.supervised.has(process.processId);
  if (isForsaken || silentMs >= hostLostAfterMs) {
    return endProcess(state, process, { reason: "HOST_LOST", cause: "HOST_LOST", crashed: false });
  }
  // A sidecar that has never come may still be starting.
  if (process.unreachableSinceMs !== undefined || process.attachGeneration === 0) return [];
  return [
    { type: "process-reachability-changed", processId: process.processId, unreachable: true },
    ...livingSessions(state, process).map(
      ({ battle }): FleetFact => ({
        type: "session-changed",
        change: nextChange(battle, "HOST_REACHABILITY_CHANGED", { unreachable: true }),
      }),
    ),
  ];
}

/** The host is heard again: deadlines of seats go on where they stood. */
export function hostHeard(state: FleetState, process: ServerProcess, moment: Moment): readonly FleetFact[] {
  if (process.unreachableSinceMs === undefined || isEnded(process)) return [];
  const pausedMs = moment.nowMs - process.unreachableSinceMs;
  return [
    { type: "process-reachability-changed", processId: process.processId, unreachable: false },
    ...livingSessions(state, process).map(
      ({ battle }): FleetFact => ({
        type: "session-changed",
        change: nextChange(battle, "HOST_REACHABILITY_CHANGED", {
          unreachable: false,
          updated: battle.playerSessions.flatMap((seat) => extend(seat, pausedMs)),
        }),
      }),
    ),
  ];
}

function extend(seat: PlayerSession, pausedMs: number): readonly PlayerSession[] {
  return seat.expiresAtMs === undefined ? [] : [{ ...seat, expiresAtMs: seat.expiresAtMs + pausedMs }];
}

function livingSessions(state: FleetState, process: ServerProcess): readonly ServerSession[] {
  return [...process.sessionIds].flatMap((sessionId) => {
    const session = state.sessions.get(sessionId);
    return session && isLiving(session.battle) ? [session] : [];
  });
}
