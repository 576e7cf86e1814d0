// muster fleet list | scale | drain | rollout | restart: how large fleets are, and what they run.
import type { ElasticScaling, Fleet, FleetScaling } from "@muster/proto/fleet";
import { RolloutMode } from "@muster/proto/fleet";
import { UsageError } from "../arguments/usage-error.ts";
import { connectFleet } from "../contract/connection.ts";
import { present } from "../contract/session.ts";
import { describeScaling } from "../view/describe-fleet.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";

export type ScaleFlags = {
  readonly processes?: number;
  readonly min?: number;
  readonly max?: number;
  readonly reserveSessions?: number;
  readonly reservePercent?: number;
  /** In ms. */
  readonly cooldown?: number;
  readonly reset?: boolean;
};

export type DrainOptions = { readonly name: string; readonly undo: boolean; readonly force: boolean };

const COOLDOWN_MS = 60_000;

/** Prints all fleets. With --json one a line. */
export async function listFleets(context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const { fleets } = await connection.fleet.describeFleets({}, { signal: context.signal });
  if (context.json) for (const fleet of fleets) printJson(context, plainFleet(fleet));
  else for (const line of formatTable(HEAD, fleets.map(rowOf))) context.terminal.print(line);
  return 0;
}

/** Says how large the fleet is. */
export async function scaleFleet(fleet: string, flags: ScaleFlags, context: CommandContext): Promise<ExitCode> {
  const scaling = readScaling(flags);
  await using connection = connectFleet(context.fleetAddress);
  const response = await connection.fleet.scaleFleet({ fleet, scaling }, { signal: context.signal });
  return printFleet(response.fleet, context);
}

/** Lets a fleet, or a process by its id, take no more sessions and end; or a fleet take them again. */
export async function drain({ name, undo, force }: DrainOptions, context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const { fleets } = await connection.fleet.describeFleets({}, { signal: context.signal });
  if (fleets.some((fleet) => fleet.name === name)) {
    const response = await connection.fleet.drainFleet({ fleet: name, undo, force }, { signal: context.signal });
    return printFleet(response.fleet, context);
  }
  if (undo) throw new UsageError(`Cannot take the drain of ${name} back as it is no fleet: a process drains for good`);
  await connection.fleet.drainProcess({ processId: name, force }, { signal: context.signal });
  if (context.json) printJson(context, { processId: name });
  else context.terminal.print(`${name} takes no more sessions`);
  return 0;
}

/** Rolls a build out; undefined: the one of muster.json. */
export async function rollOut(
  {
    fleet,
    build = "",
    forced,
  }: { readonly fleet: string; readonly build: string | undefined; readonly forced: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const mode = forced ? RolloutMode.FORCED : RolloutMode.SOFT;
  const response = await connection.fleet.rollOutBuild({ fleet, build, mode }, { signal: context.signal });
  return printFleet(response.fleet, context);
}

/** Starts the servers of a fleet anew. */
export async function restartServers(
  request: { readonly fleet: string; readonly graceMs: number; readonly reason: string },
  context: CommandContext,
): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const { processes, battles } = await connection.mock.restartServers(request, { signal: context.signal });
  if (context.json) printJson(context, { fleet: request.fleet, processes, battles });
  else context.terminal.print(`${request.fleet} starts anew: ${processes} processes with ${battles} battles end`);
  return 0;
}

/** @throws {UsageError} unless the flags say one size. */
function readScaling(flags: ScaleFlags): FleetScaling | undefined {
  const { processes, min, max, reserveSessions, reservePercent, cooldown, reset = false } = flags;
  const elastic = [min, max, reserveSessions, reservePercent, cooldown].some((flag) => flag !== undefined);
  if ([reset, processes !== undefined, elastic].filter(Boolean).length !== 1) {
    throw new UsageError(
      "Cannot scale as the size is not one: give --processes, or --max with what goes with it, or --reset",
    );
  }
  if (reset) return undefined;
  if (processes !== undefined) return { scaling: { $case: "processes", value: processes } };
  if (max === undefined) throw new UsageError("Cannot scale as an elastic fleet has a --max");
  if (reserveSessions !== undefined && reservePercent !== undefined) {
    throw new UsageError("Cannot scale as the reserve is not one: give --reserve-sessions or --reserve-percent");
  }
  const reserve: ElasticScaling["reserve"] =
    reservePercent === undefined
      ? { $case: "reserveSessions", value: reserveSessions ?? 0 }
      : { $case: "reservePercent", value: reservePercent };
  const value = { minProcesses: min ?? 0, maxProcesses: max, reserve, cooldownMs: cooldown ?? COOLDOWN_MS };
  return { scaling: { $case: "elastic", value } };
}

function printFleet(message: Fleet | undefined, context: CommandContext): ExitCode {
  const fleet = present("fleet", message);
  if (context.json) printJson(context, plainFleet(fleet));
  else for (const line of formatTable(HEAD, [rowOf(fleet)])) context.terminal.print(line);
  return 0;
}

const HEAD = ["FLEET", "REGION", "BUILD", "SIZE", "TARGET", "STARTING", "READY", "DRAINING", "SESSIONS", "FREE"];

function rowOf(fleet: Fleet): readonly string[] {
  return [
    fleet.name,
    fleet.region,
    `${fleet.build || "-"}${fleet.outdatedProcesses > 0 ? ` (${fleet.outdatedProcesses} of another)` : ""}`,
    [fleet.drained ? "drained" : describeScaling(fleet.scaling), ...(fleet.debug ? ["debugged"] : [])].join(", "),
    String(fleet.targetProcesses),
    String(fleet.startingProcesses),
    String(fleet.readyProcesses),
    String(fleet.drainingProcesses + fleet.terminatingProcesses),
    String(fleet.sessions),
    String(fleet.freeSessions),
  ];
}

function plainFleet({ scaling: message, ...fleet }: Fleet) {
  const scaling = message?.scaling;
  if (scaling?.$case !== "elastic") return { ...fleet, scaling: { processes: scaling?.value ?? 0 } };
  const { reserve, ...limits } = scaling.value;
  return { ...fleet, scaling: { ...limits, ...(reserve && { [reserve.$case]: reserve.value }) } };
}
