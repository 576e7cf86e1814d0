// What the fleet does of its own accord after every change: hands waiting placements to free processes, keeps as many
// processes as it was told to. One step at a time, so that each is decided on the state that the last one left.
import type { ProcessId } from "@muster/proto";
import type { Moment } from "./decision.ts";
import { drainProcess, endDrained } from "./draining.ts";
import { rescale } from "./elastic.ts";
import { type FleetSpec, findFleet } from "./fleet-config.ts";
import { scalingOf, targetOf } from "./fleet-control.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { launchNext } from "./launching.ts";
import { placeNext } from "./placement.ts";
import { type ServerProcess, terminateProcess } from "./process.ts";
import { countsAsKept, processesOf } from "./process-index.ts";
import { rollOn, surgeOf } from "./rollout.ts";

/** Whether the fact may give upkeep something to do: seats come and go without it. */
export function concernsUpkeep(fact: FleetFact): boolean {
  switch (fact.type) {
    case "command-answered":
    case "fill-refused":
    case "session-adopted":
    case "forgotten":
    case "player-erased":
    case "erasure-completed":
      return false;
    case "session-changed":
      return fact.change.state !== undefined || fact.change.unreachable !== undefined;
    default:
      return true;
  }
}

/** The next step; no facts once everything is as it should be. */
export function nextUpkeep(state: FleetState, moment: Moment): readonly FleetFact[] {
  const placed = placeOne(state, moment);
  if (placed.length > 0 || moment.stopping) return placed;
  const scaled = rescale(state, moment);
  if (scaled.length > 0) return scaled;
  for (const fleet of moment.config.fleets) {
    const ended = endDrained(state, fleet.name, moment);
    if (ended.length > 0) return ended;
    const rolled = rollOn(state, fleet, moment);
    if (rolled.length > 0) return rolled;
    const facts = keepProcesses(state, fleet, moment);
    if (facts.length > 0) return facts;
  }
  return retireUnconfigured(state, moment);
}

function placeOne(state: FleetState, moment: Moment): readonly FleetFact[] {
  if (state.waitingPlacements.size === 0) return [];
  if (!hasOpenProcess(state)) return [];
  for (const placementId of state.waitingPlacements) {
    const placement = state.pendingPlacements.get(placementId);
    const facts = placement ? placeNext(state, placement, moment) : [];
    if (facts.length > 0) return facts;
  }
  return [];
}

function hasOpenProcess(state: FleetState): boolean {
  for (const { open } of state.processIndex.byFleet.values()) if (open.size > 0) return true;
  return false;
}

function keepProcesses(state: FleetState, fleet: FleetSpec, moment: Moment): readonly FleetFact[] {
  const { living, keptCount } = processesOf(state.processIndex, fleet.name);
  const target = targetOf(state, fleet);
  if (keptCount - surgeOf(state, fleet) > target)
    return scaleIn(state, fleet, { kept: [...living.values()].filter(countsAsKept), moment });
  if (keptCount >= target) return [];
  return launchNext(state, fleet, moment);
}

/**
 * One process too many ends: the newest without a session; without any, the one with the fewest, as the protection of these
 * says. A fleet that shrinks by itself ends nobody's battle: such a process drains.
 */
function scaleIn(
  state: FleetState,
  fleet: FleetSpec,
  { kept, moment }: { readonly kept: readonly ServerProcess[]; readonly moment: Moment },
): readonly FleetFact[] {
  const least = kept.toReversed().toSorted((a, b) => a.sessionIds.size - b.sessionIds.size)[0];
  if (!least) return [];
  const spares = scalingOf(state, fleet).type === "elastic" ? "ALL" : "PROTECTED";
  return drainProcess(state, least, { reason: "SCALE_IN", spares }, moment);
}

/** Ends processes of fleets that the configuration no longer names. */
function retireUnconfigured(state: FleetState, moment: Moment): readonly FleetFact[] {
  for (const [name, { living }] of state.processIndex.byFleet) {
    if (living.size === 0 || findFleet(moment.config, name)) continue;
    for (const process of living.values()) {
      if (process.status.phase !== "TERMINATING") return terminateProcess(process, "FLEET_REMOVED", moment);
    }
  }
  return [];
}

/** Asks every living process to end: the fleet itself is ending. */
export function terminateAll(state: FleetState, moment: Moment): readonly FleetFact[] {
  return [...state.livingProcesses.values()].flatMap((process) => terminateProcess(process, "SHUTDOWN", moment));
}

/** Processes that have not ended. */
export function livingProcessIds(state: FleetState): readonly ProcessId[] {
  return [...state.livingProcesses.keys()];
}
