// How large an elastic fleet is to be: room for the sessions that it has and those that wait for it, and its reserve. It grows at
// once, and shrinks when its cool-down is over.
import { named } from "./alias.ts";
import type { Moment } from "./decision.ts";
import { isWithin, rankDestinations, suits } from "./destinations.ts";
import type { FleetSpec } from "./fleet-config.ts";
import { controlOf, type ElasticSpec, scalingOf, targetOf } from "./fleet-control.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { fleetsOf } from "./hopeless.ts";
import { capAfter } from "./latency-policy.ts";
import { processesOf } from "./process-index.ts";

/** The next change of size of any elastic fleet; none if all are as large as they are to be. */
export function rescale(state: FleetState, moment: Moment): readonly FleetFact[] {
  const elastic = moment.config.fleets.filter((fleet) => elasticOf(state, fleet));
  if (elastic.length === 0) return [];
  const demand = countDemand(state, moment);
  for (const fleet of elastic) {
    const facts = rescaleFleet(state, fleet, { demand: demand.get(fleet.name) ?? 0, moment });
    if (facts.length > 0) return facts;
  }
  return [];
}

/** Undefined for a fleet that is not elastic, or takes no sessions. */
function elasticOf(state: FleetState, fleet: FleetSpec): ElasticSpec | undefined {
  const scaling = scalingOf(state, fleet);
  return scaling.type === "elastic" && !controlOf(state, fleet.name).isDrained ? scaling.elastic : undefined;
}

function rescaleFleet(
  state: FleetState,
  fleet: FleetSpec,
  { demand, moment }: { readonly demand: number; readonly moment: Moment },
): readonly FleetFact[] {
  const elastic = elasticOf(state, fleet);
  if (!elastic) return [];
  const { keptSessions } = processesOf(state.processIndex, fleet.name);
  const wanted = wantedProcesses(elastic, { sessions: keptSessions + demand, slots: slotsOf(state, fleet) });
  const { target } = controlOf(state, fleet.name);
  const present = targetOf(state, fleet);
  if (target !== undefined && wanted === present) return [];
  if (target !== undefined && wanted < present && moment.nowMs < target.cooldownUntilMs) return [];
  const cooldownUntilMs = moment.nowMs + elastic.cooldownMs;
  return [{ type: "fleet-scaled", fleet: fleet.name, processes: wanted, cooldownUntilMs }];
}

/** Processes of `slots` sessions each that hold `sessions` and the reserve, within the fleet's limits. */
export function wantedProcesses(
  { minProcesses, maxProcesses, reserve }: ElasticSpec,
  { sessions, slots }: { readonly sessions: number; readonly slots: number },
): number {
  const wantedSlots =
    reserve.type === "sessions"
      ? sessions + reserve.sessions
      : // Of all slots so many of a hundred are to be free.
        Math.ceil((sessions * 100) / (100 - reserve.percent));
  return Math.min(Math.max(Math.ceil(wantedSlots / slots), minProcesses), maxProcesses);
}

/** Sessions that one process of the fleet takes, as far as that is known. */
function slotsOf(state: FleetState, fleet: FleetSpec): number {
  for (const { status } of processesOf(state.processIndex, fleet.name).living.values()) {
    if (status.phase === "READY") return status.concurrentSessions;
  }
  return fleet.concurrentSessions ?? 1;
}

/** Placements that wait, each counted at the first of its destinations that could still grow for it. */
function countDemand(state: FleetState, moment: Moment): ReadonlyMap<string, number> {
  const demand = new Map<string, number>();
  const room = roomToGrow(state, moment);
  for (const placementId of state.waitingPlacements) {
    // However many more wait: no fleet could grow for them.
    if (room.size === 0) break;
    const placement = state.pendingPlacements.get(placementId);
    const queue = moment.config.queues.find(({ name }) => name === placement?.request.queue);
    if (!placement || !queue) continue;
    const { request, latencyPolicies, startedAtMs } = placement;
    const capMs = capAfter(latencyPolicies, moment.nowMs - startedAtMs);
    const open = fleetsOf(queue, named(state, moment), request.project).filter(
      ({ name, region }) => room.has(name) && suits(request, region) && isWithin(request, region, capMs),
    );
    const [first] = rankDestinations(open, queue, request);
    if (!first) continue;
    demand.set(first.name, (demand.get(first.name) ?? 0) + 1);
    const left = (room.get(first.name) ?? 0) - 1;
    if (left > 0) room.set(first.name, left);
    else room.delete(first.name);
  }
  return demand;
}

/** Of each elastic fleet that has any: sessions that it could take beyond those that it has, at its largest. */
function roomToGrow(state: FleetState, moment: Moment): Map<string, number> {
  const room = new Map<string, number>();
  for (const fleet of moment.config.fleets) {
    const elastic = elasticOf(state, fleet);
    if (!elastic) continue;
    const { keptSessions } = processesOf(state.processIndex, fleet.name);
    const left = elastic.maxProcesses * slotsOf(state, fleet) - keptSessions;
    if (left > 0) room.set(fleet.name, left);
  }
  return room;
}
