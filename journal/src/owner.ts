// Who owns a partition, in words that tell on the same machine whether that process still lives: a service that was killed
// must be able to start again at once, not after its lease has run out.
import { hostname } from "node:os";
import { isAlive, readProcessStart } from "@muster/kit/processes";

/** This process: "host/pid/start". */
export function describeOwner(): string {
  return `${hostname()}/${process.pid}/${readProcessStart(process.pid)}`;
}

/** Whether the process that `owner` describes is known to have ended. False when nobody here can know. */
export function isOwnerGone(owner: string): boolean {
  const [host, pidText, start] = owner.split("/");
  const pid = Number(pidText);
  if (host !== hostname() || !Number.isInteger(pid) || pid <= 0) return false;
  return !isAlive(pid) || readProcessStart(pid) !== start;
}
