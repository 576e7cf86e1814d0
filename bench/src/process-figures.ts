// What Linux tells of a process: the memory that it holds and the processor time that it took.
import { readFileSync } from "node:fs";

const BYTES_PER_MB = 2 ** 20;
/** Of /proc/PID/stat, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export type Memory = {
  /** Resident, what is shared with others counted in full. */
  readonly rssMb: number;
  /** Resident, what is shared counted by its part: of many alike this is what each of them costs. */
  readonly pssMb: number;
};

export function readMemory(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const megabytes = (name: string) => {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1];
    return (Number(kilobytes ?? Number.NaN) * 1_024) / BYTES_PER_MB;
  };
  return { rssMb: megabytes("Rss"), pssMb: megabytes("Pss") };
}

/** Processor time of all its threads, user and system, in µs; in steps of 10,000. */
export function readCpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1_000_000;
}
