// The RPCs of fleets: describe them, scale, drain, roll a build out. Reasons: the .proto.
import { type ProcessId, parseId } from "@muster/proto";
import type * as wire from "@muster/proto/fleet";
import { countFleet } from "../core/count-fleet.ts";
import { waitsForChange } from "../core/crash-loop.ts";
import type { Moment } from "../core/decision.ts";
import { drainFleet as decideDrain, drainOne } from "../core/draining.ts";
import { type FleetSpec, findFleet } from "../core/fleet-config.ts";
import { controlOf, rolloutOf, scalingOf, targetOf } from "../core/fleet-control.ts";
import type { FleetState } from "../core/fleet-state.ts";
import { checkRuns } from "../core/project.ts";
import { rollOut } from "../core/rollout.ts";
import { scaleFleet as decideScale } from "../core/scale-fleet.ts";
import type { FleetApp } from "../fleet-app.ts";
import { readRolloutMode, readScaling, writeScaling } from "./control-wire.ts";

export function describeFleets({ runner }: FleetApp): Promise<wire.DescribeFleetsResponse> {
  return runner.read((state, moment) => ({
    fleets: moment.config.fleets.map((fleet) => writeFleet(state, fleet, moment)),
  }));
}

export async function scaleFleet(app: FleetApp, message: wire.ScaleFleetRequest): Promise<wire.ScaleFleetResponse> {
  const fleet = parseId("fleet", message.fleet);
  const scaling = message.scaling && readScaling(message.scaling);
  checkRuns(app.viewer, fleet, app.runner.config);
  await app.runner.decide((state, moment) => decideScale(state, { fleet, scaling }, moment));
  return { fleet: await fleetOf(app, fleet) };
}

export async function drainFleet(app: FleetApp, message: wire.DrainFleetRequest): Promise<wire.DrainFleetResponse> {
  const fleet = parseId("fleet", message.fleet);
  const asked = { fleet, isDrained: !message.undo, force: message.force };
  checkRuns(app.viewer, fleet, app.runner.config);
  await app.runner.decide((state, moment) => decideDrain(state, asked, moment));
  return { fleet: await fleetOf(app, fleet) };
}

export async function drainProcess(
  { runner, viewer }: FleetApp,
  message: wire.DrainProcessRequest,
): Promise<wire.DrainProcessResponse> {
  const processId = parseId<ProcessId>("process_id", message.processId);
  await runner.decide((state, moment) => {
    const process = state.processes.get(processId);
    if (process) checkRuns(viewer, process.fleet, moment.config);
    return drainOne(state, { processId, force: message.force }, moment);
  });
  return {};
}

export async function rollOutBuild(
  app: FleetApp,
  message: wire.RollOutBuildRequest,
): Promise<wire.RollOutBuildResponse> {
  const fleet = parseId("fleet", message.fleet);
  const build = message.build === "" ? undefined : parseId("build", message.build);
  const mode = readRolloutMode(message.mode);
  checkRuns(app.viewer, fleet, app.runner.config);
  await app.runner.decide((state, moment) => rollOut(state, { fleet, build, mode }, moment));
  return { fleet: await fleetOf(app, fleet) };
}

function fleetOf({ runner }: FleetApp, name: string): Promise<wire.Fleet | undefined> {
  return runner.read((state, moment) => {
    const fleet = findFleet(moment.config, name);
    return fleet && writeFleet(state, fleet, moment);
  });
}

function writeFleet(state: FleetState, fleet: FleetSpec, moment: Moment): wire.Fleet {
  const counts = countFleet(state, fleet);
  return {
    name: fleet.name,
    region: fleet.region,
    build: rolloutOf(state, fleet).build.name,
    builds: fleet.builds.map(({ name }) => name),
    scaling: writeScaling(scalingOf(state, fleet)),
    targetProcesses: targetOf(state, fleet),
    startingProcesses: counts.starting,
    readyProcesses: counts.ready,
    drainingProcesses: counts.draining,
    terminatingProcesses: counts.terminating,
    outdatedProcesses: counts.outdated,
    sessions: counts.sessions,
    freeSessions: counts.freeSessions,
    drained: controlOf(state, fleet.name).isDrained,
    debug: fleet.debug === true,
    waitsForChange: waitsForChange(state, fleet.name, moment),
  };
}
