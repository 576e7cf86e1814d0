import { MusterError, type ProcessId } from "@muster/proto";
import type { ReadProcessLogRequest, ReadProcessLogResponse } from "@muster/proto/mockfleet";
import type { CallContext } from "@muster/proto/rpc";
import { findFleet } from "../core/fleet-config.ts";
import { isEnded } from "../core/process.ts";
import type { FleetApp } from "../fleet-app.ts";
import { wholeNumberIn } from "./field.ts";

/** What one process has printed, followed while it lives if asked for. Reasons: the .proto. */
export async function* readProcessLog(
  app: FleetApp,
  request: ReadProcessLogRequest,
  { signal }: CallContext,
): AsyncGenerator<ReadProcessLogResponse> {
  const tailBytes = wholeNumberIn("tail_bytes", request.tailBytes, 0, Number.MAX_SAFE_INTEGER);
  const processId = await findProcess(app, request.processId);
  const hasEnded = () => {
    const process = app.runner.state.processes.get(processId);
    return !process || isEnded(process);
  };
  const chunks = app.processes.readLog(processId, { tailBytes, follow: request.follow, hasEnded }, signal);
  for await (const chunk of chunks) yield { chunk };
}

/** The process of that id, or the only one whose id begins so, with or without its prefix. */
async function findProcess(app: FleetApp, text: string): Promise<ProcessId> {
  const { viewer } = app;
  // What a shared process prints tells of every project.
  const ids = await app.runner.read((state, { config }) => {
    const isOwn = (fleet: string) => viewer?.project === undefined || findFleet(config, fleet)?.project !== undefined;
    return [...state.processes.values()].filter(({ fleet }) => isOwn(fleet)).map(({ processId }) => processId);
  });
  const fitting = ids.filter((id) => id === text || (text !== "" && isBeginningOf(id, text)));
  const found = fitting.find((id) => id === text) ?? fitting[0];
  if (found !== undefined && (fitting.length === 1 || found === text)) return found;
  const why = fitting.length === 0 ? "none has that id" : `${fitting.length} have ids that begin so`;
  const shown = JSON.stringify(text.slice(0, 64));
  throw new MusterError("PROCESS_NOT_FOUND", `Cannot read the log of process ${shown} as ${why}`);
}

function isBeginningOf(id: ProcessId, text: string): boolean {
  return id.startsWith(text) || id.startsWith(`proc_${text}`);
}
