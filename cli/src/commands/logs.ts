// muster logs: the output of a server process, by its id or the beginning of it; without one, which processes there are.
import { systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { connectFleet, type FleetConnection } from "../contract/connection.ts";
import { readProcess, type ServerProcess } from "../contract/session.ts";
import { harmlessOutput } from "../harmless-text.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { type FollowedLine, followFleet, prefixed } from "./follow-fleet.ts";
import { formatTable } from "./format-table.ts";

export type LogsOptions = {
  /**
   * Process id or the beginning of one, or the name of a fleet: with a single process, or, followed, with any number. Undefined: list
   * processes.
   */
  readonly process: string | undefined;
  readonly follow: boolean;
  /** 0: all. */
  readonly tailBytes: number;
};

/**
 * Prints what the process wrote, byte by byte as it wrote it, and to a terminal without what would command it; with --json in lines of
 * `{"text"}`.
 */
export async function readLogs(options: LogsOptions, context: CommandContext): Promise<ExitCode> {
  await using fleet = connectFleet(context.fleetAddress);
  if (options.process === undefined) return await listProcesses(fleet, context);
  if (options.follow && (await isFleet(fleet, options.process, context.signal))) {
    return await followAll(fleet, { name: options.process, tailBytes: options.tailBytes }, context);
  }
  const processId = await resolveProcess(fleet, options.process, context.signal);
  const request = { processId, tailBytes: options.tailBytes, follow: options.follow };
  const decoder = new TextDecoder();
  try {
    for await (const { chunk } of fleet.mock.readProcessLog(request, { signal: context.signal })) {
      const text = decoder.decode(chunk, { stream: true });
      if (context.json) printJson(context, { text });
      else context.terminal.write(context.terminal.isLive ? harmlessOutput(text) : text);
    }
  } catch (error) {
    // Ctrl-C is how following ends.
    if (!context.signal.aborted) throw error;
  }
  return 0;
}

async function isFleet({ fleet }: FleetConnection, name: string, signal: AbortSignal): Promise<boolean> {
  const { fleets } = await fleet.describeFleets({}, { signal });
  return fleets.some((one) => one.name === name);
}

async function followAll(
  fleet: FleetConnection,
  what: { readonly name: string; readonly tailBytes: number },
  context: CommandContext,
): Promise<ExitCode> {
  const onLine = (line: FollowedLine) => {
    if (context.json) printJson(context, line);
    else context.terminal.print(prefixed(line));
  };
  try {
    await followFleet(fleet, { ...what, clock: systemClock, onLine }, context.signal);
  } catch (error) {
    // Ctrl-C is how following ends.
    if (!context.signal.aborted) throw error;
  }
  return 0;
}

async function listProcesses(fleet: FleetConnection, context: CommandContext): Promise<ExitCode> {
  const processes = await describeProcesses(fleet, context.signal);
  if (context.json) {
    for (const process of processes) printJson(context, process);
    return 0;
  }
  const rows = processes.map((process) => [
    process.processId,
    stateOf(process),
    process.fleet,
    process.region,
    process.pid === undefined ? "-" : String(process.pid),
    process.battleSessionIds.join(", ") || "-",
  ]);
  for (const line of formatTable(["PROCESS", "STATE", "FLEET", "REGION", "PID", "SESSIONS"], rows)) {
    context.terminal.print(line);
  }
  return 0;
}

function stateOf({ state, endReason, debug }: ServerProcess): string {
  if (endReason !== undefined) return `${state} (${endReason})`;
  return debug ? `${state} (debugged)` : state;
}

/** The fleet itself understands beginnings of ids; names of fleets and ids of sessions are resolved here. */
async function resolveProcess(fleet: FleetConnection, name: string, signal: AbortSignal): Promise<string> {
  const processes = await describeProcesses(fleet, signal);
  if (processes.some(({ processId }) => processId.startsWith(name))) return name;
  const ofName = processes.filter(
    (process) => process.battleSessionIds.includes(name) || (process.fleet === name && process.state !== "ENDED"),
  );
  const [only, ...others] = ofName;
  if (only && others.length === 0) return only.processId;
  const present = only
    ? `fleet ${name} has ${ofName.length} processes: name one of ${ofName.map(({ processId }) => processId).join(", ")}`
    : "no process, fleet or session has that name";
  throw new MusterError("PROCESS_NOT_FOUND", `Cannot read the log of ${name} as ${present}`);
}

async function describeProcesses(fleet: FleetConnection, signal: AbortSignal): Promise<readonly ServerProcess[]> {
  const { processes } = await fleet.fleet.describeProcesses({ includeEnded: true }, { signal });
  return processes.map(readProcess);
}
