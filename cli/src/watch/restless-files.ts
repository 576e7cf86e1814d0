// Files that servers, or we, write whenever servers are started: a journal of the game's own, the output of `muster dev` led into a
// file. Each restart would make the next.

/** A change that comes so soon after a restart, in ms, may be its doing. */
const SOON_MS = 2_000;
/** So often in a row it is: nobody saves a file right after each of five restarts. */
const IN_A_ROW_MAX = 5;

export interface RestlessFiles {
  /** Servers were restarted just now. */
  noteRestart(nowMs: number): void;
  /** Of the files that changed, those that count; and those that count no more from now on. */
  sift(
    changed: readonly string[],
    nowMs: number,
  ): { readonly counts: readonly string[]; readonly new: readonly string[] };
}

export function createRestlessFiles(): RestlessFiles {
  const inARow = new Map<string, number>();
  const known = new Set<string>();
  let restartedMs = Number.NEGATIVE_INFINITY;
  return {
    noteRestart(nowMs) {
      restartedMs = nowMs;
    },
    sift(changed, nowMs) {
      const isSoon = nowMs - restartedMs <= SOON_MS;
      const found: string[] = [];
      for (const path of changed) {
        if (known.has(path)) continue;
        const times = isSoon ? (inARow.get(path) ?? 0) + 1 : 0;
        inARow.set(path, times);
        if (times < IN_A_ROW_MAX) continue;
        known.add(path);
        found.push(path);
      }
      for (const path of [...inARow.keys()]) if (known.has(path) || !changed.includes(path)) inARow.delete(path);
      return { counts: changed.filter((path) => !known.has(path)), new: found };
    },
  };
}
