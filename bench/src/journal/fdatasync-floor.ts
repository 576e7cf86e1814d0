// The floor of a journal: the same bytes, in writes of the same sizes, each followed by fdatasync, with nothing else to do.
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { AppendRun } from "./append-load.ts";

/** Appends a second that this disk could take at most, if every write of `run` were one write and one fdatasync. */
export function measureFdatasync(
  folder: string,
  { groupsBytes, appends }: Pick<AppendRun, "groupsBytes" | "appends">,
): number {
  const file = openSync(join(folder, "floor"), "w");
  const bytes = new Uint8Array(Math.max(...groupsBytes)).fill(7);
  try {
    const startedMs = performance.now();
    for (const groupBytes of groupsBytes) {
      writeSync(file, bytes, 0, groupBytes);
      fdatasyncSync(file);
    }
    return (appends / (performance.now() - startedMs)) * 1_000;
  } finally {
    closeSync(file);
  }
}
