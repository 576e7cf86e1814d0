import type { DescribeProcessesRequest, DescribeProcessesResponse } from "@muster/proto/fleet";
import { isEnded } from "../core/process.ts";
import type { FleetApp } from "../fleet-app.ts";
import { writeServerProcess } from "./fleet-wire.ts";

/** Living processes, oldest first, then ended ones if asked for. Reasons: the .proto. */
export async function describeProcesses(
  app: FleetApp,
  message: DescribeProcessesRequest,
): Promise<DescribeProcessesResponse> {
  const found = await app.runner.read((state, { attached }) => {
    const ended = message.includeEnded ? [...state.processes.values()].filter(isEnded) : [];
    const all = [...state.livingProcesses.values(), ...ended];
    return all.map((process) => writeServerProcess(process, attached.has(process.processId)));
  });
  return { processes: found };
}
