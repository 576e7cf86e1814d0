// The fold: what each fact makes of the state. The only writer of FleetFold; it never refuses, because what is a fact was
// decided, and it asks nobody for time or chance, so that a replay gives the same state.
import { unreachable } from "@muster/kit";
import { erasePlayer } from "./erase-player.ts";
import { controlOf, type FleetControl } from "./fleet-control.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetFold } from "./fleet-state.ts";
import { rememberCommand, rememberRefusal } from "./folds/answers.ts";
import { forget } from "./folds/forgotten.ts";
import { adoptSession, endPlacement, startPlacement } from "./folds/placements.ts";
import { changeProcess, endProcess, launchProcess } from "./folds/processes.ts";
import { changeSession, startSession } from "./folds/sessions.ts";

/** Position of a fact in the journal, and the journal time at which it was decided, in ms. */
export type FactMeta = { readonly sequence: number; readonly timeMs: number };

/** Folds one fact into the state. */
export function evolve(state: FleetFold, fact: FleetFact, meta: FactMeta): void {
  state.position = meta.sequence;
  const timeMs = Math.floor(meta.timeMs);
  switch (fact.type) {
    case "opened":
      state.journalId = fact.journalId;
      return;
    case "process-launched":
      launchProcess(state, fact, timeMs);
      return;
    case "process-attached":
      changeProcess(state, fact.processId, (process) => ({
        ...process,
        attachGeneration: fact.attachGeneration,
        pid: fact.pid ?? process.pid,
      }));
      return;
    case "process-became-ready":
      changeProcess(state, fact.processId, (process) => ({
        ...process,
        address: { host: process.address.host, ports: { ...process.address.ports, ...fact.ports } },
        status: { phase: "READY", concurrentSessions: fact.concurrentSessions },
      }));
      return;
    case "process-terminating":
      state.agenda.add({ type: "process-killed", atMs: fact.deadlineMs, processId: fact.processId });
      changeProcess(state, fact.processId, (process) => ({
        ...process,
        status: { phase: "TERMINATING", reason: fact.reason, deadlineMs: fact.deadlineMs },
      }));
      return;
    case "process-ended":
      endProcess(state, fact, timeMs);
      return;
    case "process-reachability-changed":
      changeProcess(state, fact.processId, (process) => ({
        ...process,
        unreachableSinceMs: fact.unreachable ? timeMs : undefined,
      }));
      return;
    case "placement-started":
      startPlacement(state, fact, timeMs);
      return;
    case "placement-ended":
      endPlacement(state, fact, timeMs);
      return;
    case "process-draining": {
      const { processId, reason, endByMs } = fact;
      if (endByMs !== undefined) state.agenda.add({ type: "drain-due", atMs: endByMs, processId });
      changeProcess(state, processId, (process) => ({ ...process, draining: { reason, endByMs } }));
      return;
    }
    case "fleet-scaling-put":
      // What it had made itself under the old terms says nothing under the new.
      changeControl(state, fact.fleet, { scaling: fact.scaling, target: undefined });
      return;
    case "fleet-scaled": {
      const { fleet, processes, cooldownUntilMs } = fact;
      state.agenda.add({ type: "cooldown-over", atMs: cooldownUntilMs, fleet });
      changeControl(state, fleet, { target: { processes, cooldownUntilMs } });
      return;
    }
    case "fleet-drain-put":
      changeControl(state, fact.fleet, { isDrained: fact.isDrained });
      return;
    case "fleet-build-put":
      changeControl(state, fact.fleet, { rollout: fact.rollout });
      return;
    case "fleet-restarted":
      state.crashLoops.delete(fact.fleet);
      return;
    case "alias-put":
      if (fact.target) state.aliases.set(fact.name, fact.target);
      else state.aliases.delete(fact.name);
      return;
    case "session-started":
      startSession(state, fact, timeMs);
      return;
    case "session-changed":
      changeSession(state, fact, timeMs);
      return;
    case "fill-refused":
      rememberRefusal(state, fact);
      return;
    case "session-adopted":
      adoptSession(state, fact);
      return;
    case "command-answered":
      rememberCommand(state, fact);
      return;
    case "forgotten":
      forget(state, fact);
      return;
    case "player-erased":
      erasePlayer(state, fact.playerId);
      state.erasures.set(fact.erasureId, fact.playerDigest);
      return;
    case "erasure-completed":
      state.erasures.delete(fact.erasureId);
      return;
    default:
      unreachable(fact);
  }
}

function changeControl(state: FleetFold, fleet: string, change: Partial<FleetControl>): void {
  state.controls.set(fleet, { ...controlOf(state, fleet), ...change });
}
