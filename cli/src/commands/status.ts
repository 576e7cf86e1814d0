// `muster status`: how matcher and fleet are doing, with the numbers that people ask for first.
import { toMusterError } from "@muster/proto";
import type { DescribeStatusResponse } from "@muster/proto/service";
import { connectStatus } from "../contract/connection.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";

type Asked = { readonly address: string } & (
  | { readonly status: DescribeStatusResponse }
  | { readonly reason: string; readonly message: string }
);

/** What is told of which number, in this order, summed over what has the same label. */
const TOLD: readonly { readonly name: string; readonly as: string; readonly by?: string }[] = [
  { name: "muster_tickets_waiting", as: "tickets waiting", by: "configuration" },
  { name: "muster_matches_proposed", as: "matches proposed" },
  { name: "muster_matches_placing", as: "matches placing" },
  { name: "muster_battles_live", as: "battles live" },
  { name: "muster_backfills_searching", as: "backfills searching", by: "configuration" },
  { name: "muster_event_lag_seconds", as: "event lag, s", by: "target" },
  { name: "muster_processes_living", as: "processes", by: "fleet" },
  { name: "muster_fleets_debugged", as: "debugged: health not judged, no timeouts", by: "fleet" },
  { name: "muster_sidecars_attached", as: "sidecars attached" },
  { name: "muster_placements_pending", as: "placements pending" },
  { name: "muster_placements_waiting", as: "placements without a process" },
  { name: "muster_journal_facts", as: "journal facts" },
  { name: "muster_streams_open", as: "streams open" },
];

/** Exit code 1 if one of the two cannot be reached or takes no calls. */
export async function showStatus(context: CommandContext): Promise<ExitCode> {
  const asked = await Promise.all(
    [context.matcherAddress, context.fleetAddress].map((address) => ask(address, context)),
  );
  const isWell = asked.every((one) => "status" in one && one.status.notReadyReason === "");
  if (context.json) {
    for (const one of asked) printJson(context, one);
    return isWell ? 0 : 1;
  }
  const rows = asked.map((one): readonly string[] => {
    if (!("status" in one)) return [one.address, "–", "–", one.reason];
    const { service, version, notReadyReason } = one.status;
    return [one.address, service, version, notReadyReason === "" ? "SERVING" : notReadyReason];
  });
  for (const line of formatTable(["address", "service", "version", "state"], rows)) context.terminal.print(line);
  const numbers = asked.flatMap((one) => ("status" in one ? linesOf(one.status) : []));
  if (numbers.length > 0) context.terminal.print("");
  for (const line of formatTable(["what", "of", "number"], numbers).slice(1)) context.terminal.print(line);
  return isWell ? 0 : 1;
}

async function ask(address: string, { signal }: CommandContext): Promise<Asked> {
  await using connection = connectStatus(address);
  try {
    return { address, status: await connection.status.describeStatus({}, { signal, deadlineMs: 5_000 }) };
  } catch (error) {
    if (signal.aborted) throw error;
    const { reason, message } = toMusterError(error);
    return { address, reason, message };
  }
}

/** What of the service is told, each number beside what it is of. */
export function linesOf({ numbers }: DescribeStatusResponse): readonly (readonly string[])[] {
  return TOLD.flatMap(({ name, as, by }) => {
    const sums = new Map<string, number>();
    for (const number of numbers) {
      if (number.name !== name) continue;
      const of = by === undefined ? "" : (number.labels[by] ?? "");
      sums.set(of, (sums.get(of) ?? 0) + number.value);
    }
    return [...sums].map(([of, sum]) => [as, of, String(Math.round(sum * 10) / 10)]);
  });
}
