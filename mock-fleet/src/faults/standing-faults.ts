// Faults that hold for whomever they fit while they stand, as the lines and the launches ask for them.
import type { FaultPlan } from "../core/faults/fault-plan.ts";
import type { FleetRunner } from "../fleet-runner.ts";
import type { ServerLaunch } from "../ports.ts";
import type { FaultyLinesOptions } from "./host-lines.ts";

const CALM = { delayMs: 0, twice: false };

/** How late a process's messages are, and whether they come twice. */
export function weatherOf(plan: FaultPlan, runner: () => FleetRunner): FaultyLinesOptions["weather"] {
  return (processId) => {
    const process = plan.isEmpty ? undefined : runner().state.processes.get(processId);
    if (!process) return CALM;
    const nowMs = runner().nowMs();
    const delays = plan.standing("DELAY", process, nowMs).map(({ delayMs }) => delayMs);
    return { delayMs: Math.max(0, ...delays), twice: plan.standing("DOUBLE", process, nowMs).length > 0 };
  };
}

/** Whether there is a machine for a launch. */
export function canLaunch(plan: FaultPlan, runner: FleetRunner): (launch: ServerLaunch) => boolean {
  return ({ processId, fleet: { name: fleet, region } }) =>
    plan.standing("CAPACITY_GONE", { processId, fleet, region }, runner.nowMs()).length === 0;
}
