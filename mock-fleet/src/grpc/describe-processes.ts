import type { DescribeProcessesRequest, DescribeProcessesResponse } from "@muster/proto/fleet";
import type { FleetState } from "../core/fleet-state.ts";
import { isEnded, type ServerProcess } from "../core/process.ts";
import type { FleetApp } from "../fleet-app.ts";
import { writeServerProcess } from "./fleet-wire.ts";

/** Living processes, oldest first, then ended ones if asked for. Reasons: the .proto. */
export async function describeProcesses(
  app: FleetApp,
  message: DescribeProcessesRequest,
): Promise<DescribeProcessesResponse> {
  const found = await app.runner.read((state, { attached, config }) => {
    const ended = message.includeEnded ? [...state.processes.values()].filter(isEnded) : [];
    const all = [...state.livingProcesses.values(), ...ended];
    const debugged = new Set(config.fleets.filter(({ debug }) => debug).map(({ name }) => name));
    return all.map((process) =>
      writeServerProcess(shown(state, process), {
        isAttached: attached.has(process.processId),
        isDebugged: debugged.has(process.fleet),
      }),
    );
  });
  return { processes: found };
}

/** The process with no other sessions than those that the caller sees. */
function shown(state: FleetState, process: ServerProcess): ServerProcess {
  if (!state.whole) return process;
  return { ...process, sessionIds: new Set([...process.sessionIds].filter((id) => state.sessions.has(id))) };
}
