// muster fleet fault add | list | remove: what goes wrong in a mock fleet, and when.
import { readEnum, writeEnum } from "@muster/proto";
import { type Fault, FaultDirection, FaultKind } from "@muster/proto/mockfleet";
import { formatDuration } from "../arguments/duration.ts";
import { connectFleet } from "../contract/connection.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";

/** Times in ms. */
export type AddFaultOptions = {
  readonly kind: keyof typeof FaultKind;
  readonly fleet?: string;
  readonly region?: string;
  readonly process?: string;
  readonly ratio?: number;
  readonly perHour?: number;
  readonly after?: number;
  readonly within?: number;
  readonly strikes?: number;
  readonly for?: number;
  readonly delay?: number;
  readonly jump?: number;
  readonly notice?: number;
  readonly direction?: "BOTH" | "TO_FLEET" | "TO_HOST";
  readonly seed?: number;
};

/** Adds the fault and prints its id. */
export async function addFault(options: AddFaultOptions, context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const asked: Fault = {
    faultId: "",
    kind: FaultKind[options.kind],
    fleet: options.fleet ?? "",
    region: options.region ?? "",
    processId: options.process ?? "",
    ratio: options.ratio,
    perHour: options.perHour,
    afterMs: options.after ?? 0,
    withinMs: options.within ?? 0,
    strikesMax: options.strikes ?? 0,
    forMs: options.for ?? 0,
    delayMs: options.delay ?? 0,
    jumpMs: options.jump ?? 0,
    noticeMs: options.notice,
    direction: writeEnum(FaultDirection, options.direction),
    seed: options.seed ?? 1,
    strikes: 0,
  };
  const { fault } = await connection.mock.addFault({ fault: asked }, { signal: context.signal });
  if (fault && context.json) printJson(context, plainFault(fault));
  else if (fault) context.terminal.print(`${fault.faultId} ${describeFault(fault)}`);
  return 0;
}

/** Prints the plan in the order in which it was made. With --json one a line. */
export async function listFaults(context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const { faults } = await connection.mock.listFaults({}, { signal: context.signal });
  if (context.json) for (const fault of faults) printJson(context, plainFault(fault));
  else if (faults.length === 0)
    context.terminal.print("No faults. Add one: `npx muster fleet fault add CRASH_IN_PLAY`");
  else {
    const rows = faults.map((fault) => [fault.faultId, describeFault(fault), String(fault.strikes)]);
    for (const line of formatTable(["FAULT", "WHAT", "STRIKES"], rows)) context.terminal.print(line);
  }
  return 0;
}

/** Takes the fault out of the plan. */
export async function removeFault(faultId: string, context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  await connection.mock.removeFault({ faultId }, { signal: context.signal });
  if (context.json) printJson(context, { faultId });
  else context.terminal.print(`${faultId} strikes nobody any more`);
  return 0;
}

/** "CRASH_IN_PLAY of arena-eu, ratio 0.1, delay 30 s". */
function describeFault(fault: Fault): string {
  const whom = [fault.fleet, fault.region && `region ${fault.region}`, fault.processId].filter((part) => part !== "");
  const spans = { after: fault.afterMs, within: fault.withinMs, for: fault.forMs, delay: fault.delayMs };
  const details = [
    ...(fault.ratio !== undefined && fault.ratio < 1 ? [`ratio ${fault.ratio}`] : []),
    ...(fault.perHour === undefined ? [] : [`${fault.perHour} an hour`]),
    ...Object.entries(spans).flatMap(([name, ms]) => (ms > 0 ? [`${name} ${formatDuration(ms)}`] : [])),
    ...(fault.jumpMs === 0 ? [] : [`jump ${fault.jumpMs / 1_000} s`]),
    ...(fault.strikesMax === 0 ? [] : [`at most ${fault.strikesMax}`]),
  ];
  const kind = readEnum(FaultKind, fault.kind) ?? "unknown";
  return [[kind, ...(whom.length > 0 ? ["of", whom.join(", ")] : [])].join(" "), ...details].join(", ");
}

function plainFault(fault: Fault) {
  const { kind, direction, ...rest } = fault;
  return { ...rest, kind: readEnum(FaultKind, kind), direction: readEnum(FaultDirection, direction) ?? "BOTH" };
}
