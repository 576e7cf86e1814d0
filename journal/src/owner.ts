// Who owns a partition, in words that tell on the same machine whether that process still lives: a service that was killed
// must be able to start again at once, not after its lease has run out.
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isAlive } from "@muster/kit/processes";

/** This process: "host/pid/start". */
export function describeOwner(): string {
  return `${hostname()}/${process.pid}/${readStart(process.pid)}`;
}

/** Whether the process that `owner` describes is known to have ended. False when nobody here can know. */
export function isOwnerGone(owner: string): boolean {
  const [host, pidText, start] = owner.split("/");
  const pid = Number(pidText);
  if (host !== hostname() || !Number.isInteger(pid) || pid <= 0) return false;
  return !isAlive(pid) || readStart(pid) !== start;
}

/** When the process started, in clock ticks since boot: a number that its successor under the same pid does not have. */
function readStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold blanks; the 22nd field is counted from behind it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "unknown";
  } catch {
    return "unknown"; // No /proc on this system: the pid alone must do.
  }
}
