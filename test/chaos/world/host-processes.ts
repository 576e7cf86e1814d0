// The sidecars and games of a run as this machine shows them: found by the run's mark in their environment, not by asking
// Muster.
import { readdirSync, readFileSync } from "node:fs";

export type HostProcess = {
  readonly kind: "sidecar" | "server";
  readonly pid: number;
  /** The server process of the fleet that it belongs to. */
  readonly processId: string;
  /** In clock ticks since boot. */
  readonly startedTicks: number;
  /** Stopped by a signal. */
  readonly isStopped: boolean;
};

const SIDECAR = /sidecar\/bin\/muster-sidecar\.cjs$/;
const SERVER = /game-server\.ts$/;

/** All that live, the oldest first. `mark` is "NAME=value" of a variable that only this run has. */
export function findHostProcesses(mark: string): readonly HostProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(Number(pid), mark))
    .toSorted((one, other) => one.startedTicks - other.startedTicks);
}

function readProcess(pid: number, mark: string): readonly HostProcess[] {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    if (!environment.includes(mark)) return [];
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
    const processId = environment
      .find((one) => one.startsWith("MUSTER_PROCESS_ID="))
      ?.slice("MUSTER_PROCESS_ID=".length);
    if (processId === undefined || !/node/.test(command[0] ?? "")) return [];
    // The sidecar's command holds the game's, so it is asked for first.
    const isSidecar = command.some((word) => SIDECAR.test(word));
    if (!isSidecar && !command.some((word) => SERVER.test(word))) return [];
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Counted from behind the name, which may hold blanks: the state is field 3, the start field 22.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z") return [];
    const [isStopped, startedTicks] = [fields[0] === "T", Number(fields[19])];
    return [{ kind: isSidecar ? "sidecar" : "server", pid, processId, startedTicks, isStopped }];
  } catch (error) {
    if (error instanceof Error && "code" in error) return []; // It ended while we looked, or is not ours to see.
    throw error;
  }
}
