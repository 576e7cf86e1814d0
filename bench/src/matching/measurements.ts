// What is measured in a process of its own: nobody's garbage, and nobody's compiled code, is another's.
import { type BackfillsFigures, type BackfillsTask, measureBackfills } from "./backfills.ts";
import {
  type ColdFigures,
  type ColdTask,
  measureCold,
  measureNaive,
  measureOracle,
  type NaiveFigures,
  type OracleFigures,
} from "./cold.ts";
import { type ExplainFigures, type ExplainTask, measureExplain } from "./explain.ts";
import { type HardCaseFigures, type HardCaseTask, measureHardCase } from "./hard-cases.ts";
import { type MemoryFigures, type MemoryTask, measureMemory } from "./memory.ts";
import { measureRounds, type RoundsFigures, type RoundsTask } from "./rounds.ts";
import { measureOptimum, type OptimumFigures, type OptimumTask } from "./share-of-optimum.ts";
import { makeWaitingJournal, type WaitingJournal, type WaitingJournalTask } from "./waiting-journal.ts";

/** Tasks and figures are plain values: they go to another process and back. */
type Kinds = {
  readonly cold: { readonly task: ColdTask; readonly figures: ColdFigures };
  readonly naive: { readonly task: ColdTask; readonly figures: NaiveFigures };
  readonly oracle: { readonly task: ColdTask; readonly figures: OracleFigures };
  readonly optimum: { readonly task: OptimumTask; readonly figures: OptimumFigures };
  readonly rounds: { readonly task: RoundsTask; readonly figures: RoundsFigures };
  readonly backfills: { readonly task: BackfillsTask; readonly figures: BackfillsFigures };
  readonly explain: { readonly task: ExplainTask; readonly figures: ExplainFigures };
  readonly memory: { readonly task: MemoryTask; readonly figures: MemoryFigures };
  readonly hardCase: { readonly task: HardCaseTask; readonly figures: HardCaseFigures };
  readonly waitingJournal: { readonly task: WaitingJournalTask; readonly figures: WaitingJournal };
};
type Name = keyof Kinds;

const measurements: {
  readonly [Key in Name]: (task: Kinds[Key]["task"]) => Kinds[Key]["figures"] | Promise<Kinds[Key]["figures"]>;
} = {
  cold: measureCold,
  naive: measureNaive,
  oracle: measureOracle,
  optimum: measureOptimum,
  rounds: measureRounds,
  backfills: measureBackfills,
  explain: measureExplain,
  memory: measureMemory,
  hardCase: measureHardCase,
  waitingJournal: makeWaitingJournal,
};

export type Measure = <Key extends Name>(name: Key, task: Kinds[Key]["task"]) => Promise<Kinds[Key]["figures"]>;

export const measureHere: Measure = async (name, task) => await measurements[name](task);

export function isMeasurement(name: string): name is Name {
  return Object.hasOwn(measurements, name);
}
