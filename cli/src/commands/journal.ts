// muster journal: what a journal holds, whether it is whole, and how a damaged one is made whole again.
import {
  type InspectedJournal,
  inspectJournal,
  type RepairReport,
  repairJournal,
  verifyJournal,
} from "@muster/journal";
import { systemClock } from "@muster/kit";
import { describeFact } from "../contract/describe-fact.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";

/** Prints what is in the journal at `path` and what is wrong with it. 0: it is sound. 1: it is not. */
export async function verify(path: string, context: CommandContext): Promise<ExitCode> {
  const report = await verifyJournal(path, systemClock.wallMs());
  if (context.json) printJson(context, { ...report, partitions: report.partitions.map(withPlainCursors) });
  else {
    const rows = report.partitions.map((one) => [
      one.name,
      String(one.epoch),
      one.heldBy ?? "-",
      one.lastSequence < one.firstSequence ? "none" : `${one.firstSequence}..${one.lastSequence}`,
      String(one.erased),
      one.snapshotSequence === undefined ? "-" : String(one.snapshotSequence),
      [...one.cursors].map(([name, sequence]) => `${name}=${sequence}`).join(" ") || "-",
      one.problems.length === 0 ? "sound" : "damaged",
    ]);
    const head = ["PARTITION", "EPOCH", "HELD BY", "RECORDS", "ERASED", "SNAPSHOT", "CURSORS", "STATE"];
    for (const line of formatTable(head, rows)) context.terminal.print(line);
    for (const { problems } of report.partitions) for (const problem of problems) context.terminal.note(problem);
  }
  return report.isSound ? 0 : 1;
}

function withPlainCursors<Report extends { readonly cursors: ReadonlyMap<string, number> }>(report: Report) {
  return { ...report, cursors: Object.fromEntries(report.cursors) };
}

/** Makes the journal at `path` whole again, and prints what that costs. 1: it was not done. */
export async function repair(path: string, acceptLoss: boolean, context: CommandContext): Promise<ExitCode> {
  const report = await repairJournal(path, { acceptLoss, wallMs: systemClock.wallMs() });
  if (context.json) {
    const partitions = report.partitions.map(({ previousHash: _, ...plan }) => withPlainCursors(plan));
    printJson(context, { ...report, partitions });
  } else for (const line of describeRepair(path, report)) context.terminal.print(line);
  return report.outcome === "loss" ? 1 : 0;
}

function describeRepair(path: string, { outcome, partitions, copy }: RepairReport): readonly string[] {
  if (outcome === "sound") return [`${path} is sound: there is nothing to repair`];
  const lines = partitions.flatMap(({ name, firstKept, lastKept, lost, notes }) => [
    ...notes,
    lastKept < firstKept ? `${name}: no records are kept` : `${name}: records ${firstKept} to ${lastKept} are kept`,
    ...lost.map(({ first, last }) => `${name}: records ${first} to ${last} are lost, ${last - first + 1} at least`),
  ]);
  const end =
    outcome === "loss"
      ? `Nothing was changed: records that were acknowledged would be lost. To go on without them add --accept-loss`
      : `${path} is repaired; as it was it is kept in ${copy}`;
  return [...lines, end];
}

export type ExportOptions = {
  /** Only this one. */
  readonly partition: string | undefined;
  readonly fromSequence: number;
};

/** Prints a line of JSON for each record, secrets as fingerprints, until the end or the first damage. */
export async function exportRecords(path: string, options: ExportOptions, context: CommandContext): Promise<ExitCode> {
  await using journal = await inspectJournal(path);
  const names = journal.partitions.map(({ name }) => name);
  if (options.partition !== undefined && !names.includes(options.partition)) {
    context.terminal.note(
      `Cannot export ${options.partition} of ${path} as there is no such partition: there is ${names.join(", ") || "none"}`,
    );
    return 1;
  }
  return await printRecords(journal, options, context);
}

async function printRecords(
  journal: InspectedJournal,
  { partition: only, fromSequence }: ExportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  for (const partition of journal.partitions) {
    if (only !== undefined && partition.name !== only) continue;
    for (const problem of partition.problems) context.terminal.note(problem);
    for await (const page of partition.readPages(fromSequence)) {
      for (const { record } of page) {
        const { sequence, epoch, timeMs: atMs, kind, erased, body } = record;
        const fact = erased ? {} : { body: describeFact(partition.name, kind, body) };
        printJson(context, { partition: partition.name, sequence, epoch, atMs, kind, erased, ...fact });
      }
      if (context.signal.aborted) return 1;
    }
  }
  return 0;
}
