// muster journal export --as: what a matcher's journal holds of one configuration, as `muster simulate` reads it.
import { type InspectedPartition, inspectJournal, readState } from "@muster/journal";
import {
  factCodec,
  type RecordedFact,
  recordEvents,
  recordedConfigurations,
  recordedSetting,
  snapshotCodec,
} from "@muster/matcher";
import { MusterError } from "@muster/proto";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

export type RecordingOptions = {
  /** What is printed: the events, or the configuration that they came to. */
  readonly as: "tickets" | "configuration";
  /** Undefined: the only one there is. */
  readonly configuration: string | undefined;
};

type Recorded = { readonly facts: readonly RecordedFact[]; readonly before: Before };
type Before = Parameters<typeof recordEvents>[1]["before"];

/** Prints the configuration, or one event a line; what a replay will not show as it was is noted. */
export async function exportRecording(
  path: string,
  options: RecordingOptions,
  context: CommandContext,
): Promise<ExitCode> {
  await using journal = await inspectJournal(path);
  const partition = journal.partitions.find(({ name }) => name === "matcher");
  if (!partition) {
    context.terminal.note(`Cannot export ${options.as} of ${path} as a matcher's journal has them: this is none`);
    return 1;
  }
  const { facts, before } = await readFacts(partition, context);
  const configuration = options.configuration ?? findOnly(recordedConfigurations(facts, before));
  if (options.as === "configuration") {
    printJson(context, recordedSetting(facts, { configuration, before }));
    return 0;
  }
  recordedSetting(facts, { configuration, before }); // Or there is no such configuration.
  const { events, notes } = recordEvents(facts, { configuration, before });
  for (const event of events) printJson(context, event);
  for (const note of notes) context.terminal.note(`Note: ${note}`);
  return 0;
}

/** All facts that are kept; where the first ones are gone, those since the snapshot, and the state that it holds. */
async function readFacts(partition: InspectedPartition, { terminal }: CommandContext): Promise<Recorded> {
  for (const problem of partition.problems) terminal.note(problem);
  const snapshot = partition.firstSequence > 1 ? await partition.readSnapshot() : undefined;
  const before = snapshot && (await readState(partition.name, snapshot, snapshotCodec));
  const facts: RecordedFact[] = [];
  let erased = 0;
  for await (const page of partition.readPages((snapshot?.sequence ?? 0) + 1)) {
    for (const { record } of page) {
      if (record.erased) erased += 1;
      else facts.push({ atMs: record.timeMs, fact: factCodec.decode(record.kind, record.body).fact });
    }
  }
  if (snapshot)
    terminal.note(`Note: The journal begins with a snapshot; what was before record ${snapshot.sequence + 1} is gone`);
  if (erased > 0) terminal.note(`Note: ${erased} records were erased; a replay goes apart from where they stood`);
  return { facts, before };
}

function findOnly(names: readonly string[]): string {
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const why = `Cannot choose a configuration as --config-name must say which: there is ${names.join(", ") || "none"}`;
  throw new MusterError("FIELD_INVALID", why, { metadata: { field: "config-name" } });
}
