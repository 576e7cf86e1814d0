// Two kinds of server processes as one: those of simulated fleets run inside this process, all others are started for real.
import type { ProcessId } from "@muster/proto";
import { findFleet } from "./core/fleet-config.ts";
import type { FleetRunner } from "./fleet-runner.ts";
import type { RunningServer, ServerLaunch, ServerProcesses } from "./ports.ts";

/** Each process goes to the kind that its fleet is configured to be now. */
export function routeProcesses(parts: {
  readonly runner: Pick<FleetRunner, "state" | "config">;
  readonly simulated: ServerProcesses;
  readonly real: ServerProcesses;
  /** Whether there is a machine for it. */
  readonly canLaunch: (launch: ServerLaunch) => boolean;
}): ServerProcesses {
  const { runner, simulated, real, canLaunch } = parts;
  const kindOf = (processId: ProcessId): ServerProcesses => {
    const process = runner.state.processes.get(processId);
    return process && findFleet(runner.config, process.fleet)?.simulated ? simulated : real;
  };
  return {
    start(launch) {
      if (!canLaunch(launch)) return notStarted("there is no capacity");
      return (launch.fleet.simulated ? simulated : real).start(launch);
    },
    sweep: (processId) => kindOf(processId).sweep(processId),
    afflict: (processId, blow) => kindOf(processId).afflict(processId, blow),
    forget(processId) {
      // The state has forgotten its fleet already.
      simulated.forget(processId);
      real.forget(processId);
    },
    readLog: (processId, how, signal) => kindOf(processId).readLog(processId, how, signal),
  };
}

function notStarted(why: string): RunningServer {
  return {
    exited: Promise.resolve({ how: `not started: ${why}` }),
    terminate: () => undefined,
    kill: () => undefined,
  };
}
