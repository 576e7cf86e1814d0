// One form for every benchmark: figures with their names, ratios to a floor measured in the same run, and the machine.
import { cpus, totalmem } from "node:os";

export type Report = {
  readonly name: string;
  /** Absolute, with the unit at the end of the name: `startMatchingPerSecond`, `startMatchingP99Ms`. */
  readonly figures: Readonly<Record<string, number>>;
  /** Ours divided by the floor of the same run. */
  readonly ratios: Readonly<Record<string, number>>;
};

/** What a benchmark may be asked for beside its figures. */
export type BenchOptions = {
  /** One part of it. Default: all. */
  readonly only?: string | undefined;
  /** Draw its chart anew, if it has one. Default false. */
  readonly chart?: boolean | undefined;
};

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
};

export function describeMachine(): Machine {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
}

/** A readable table of the report. */
export function renderReport(report: Report, machine: Machine): string {
  const rows = [...Object.entries(report.figures), ...Object.entries(report.ratios).map(ratioRow)];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${format(value)}`);
  const where = `${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, Node ${machine.node}`;
  return [`${report.name} (${where})`, ...lines].join("\n");
}

function ratioRow([name, value]: readonly [string, number]): readonly [string, number] {
  return [`${name} ÷ floor`, value];
}

function format(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(3);
}
