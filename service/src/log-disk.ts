// A full disk is the operator's to mend: said once when it begins, and once when it is over.
import type { Log } from "./log.ts";

/** What a ledger tells about its disk, as lines of the log. */
export function logDisk(log: Log): (state: "full" | "writable") => void {
  return (state) => {
    if (state === "full") log.error({}, "The disk has no room: nothing is acknowledged until there is some");
    else log.info({}, "The disk has room again: what waited is being written");
  };
}
