// Starting one more process of a fleet: which program of its build, on which host, with which ports.
import { drawId } from "@muster/kit";
import { newId } from "@muster/proto";
import type { LaunchSpec } from "./build.ts";
import { mayNotLaunch } from "./crash-loop.ts";
import type { Moment } from "./decision.ts";
import type { FleetSpec } from "./fleet-config.ts";
import { rolloutOf } from "./fleet-control.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { entryKey, type FleetProcesses, processesOf } from "./process-index.ts";

/** The launch; none while crashes hold it back, or every port is taken by a process that is still ending. */
export function launchNext(state: FleetState, fleet: FleetSpec, moment: Moment): readonly FleetFact[] {
  if (mayNotLaunch(state, fleet.name, moment)) return [];
  const ports = assignPorts(state, fleet);
  if (!ports) return []; // The end of one of them brings us back here.
  const running = processesOf(state.processIndex, fleet.name);
  const { build } = rolloutOf(state, fleet);
  return [
    {
      type: "process-launched",
      processId: newId("process", moment.random),
      fleet: fleet.name,
      region: fleet.region,
      build: build.name,
      launch: mostLacking(build.launches, build.name, running).name,
      hostNumber: hostWithRoom(fleet, running),
      incarnation: 1,
      secret: drawId("key", moment.random),
      address: { host: fleet.host, ports },
      startedAtWallMs: moment.wallMs,
      readyByMs: fleet.readyTimeoutMs > 0 ? moment.nowMs + fleet.readyTimeoutMs : undefined,
    },
  ];
}

/** The program that has the least of its share, the first of several. */
function mostLacking(launches: readonly LaunchSpec[], build: string, { keptByEntry }: FleetProcesses): LaunchSpec {
  const share = ({ name, processes }: LaunchSpec) =>
    ((keptByEntry.get(entryKey({ build, launch: name })) ?? 0) + 1) / processes;
  return launches.reduce((least, one) => (share(one) < share(least) ? one : least));
}

/** The first host that does not run as many processes as it may: 1, 2, …; all on the first where none is full. */
function hostWithRoom({ processesPerHost }: FleetSpec, { livingByHost }: FleetProcesses): number {
  if (processesPerHost === undefined) return 1;
  let host = 1;
  while ((livingByHost.get(host) ?? 0) >= processesPerHost) host += 1;
  return host;
}

function assignPorts(state: FleetState, fleet: FleetSpec): Readonly<Record<string, number>> | undefined {
  const { takenPorts } = state.processIndex;
  const { first, last } = fleet.portRange;
  const count = last - first + 1;
  const start = state.nextPorts.get(fleet.name) ?? first;
  const ports: Record<string, number> = {};
  const names = fleet.ports.map((port) => port.name);
  for (let step = 0; step < count && names.length > 0; step += 1) {
    const port = first + ((start - first + step) % count);
    if (takenPorts.has(port) && !fleet.simulated) continue;
    const name = names.shift();
    if (name !== undefined) ports[name] = port;
  }
  return names.length === 0 ? ports : undefined;
}
