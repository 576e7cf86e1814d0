// From the start of a process on a journal in which many wait to the first match, and what the process holds then.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { RestartedMatcher } from "./restarted-matcher.ts";
import type { WaitingJournal, WaitingJournalTask } from "./waiting-journal.ts";

export type RestartFigures = {
  /** From the start of the process to the first match, the best of the starts; and what was worked for it. */
  readonly restartMs: number;
  readonly userMs: number;
  /** A bare process that reads as many bytes of the file as snapshot and facts have, and nothing else. */
  readonly readingMs: number;
  readonly matcher: RestartedMatcher;
};

type MakeJournal = (task: WaitingJournalTask) => Promise<WaitingJournal>;

const run = promisify(execFile);
const script = fileURLToPath(new URL("./restarted-matcher.ts", import.meta.url));
const READ_IN_PIECES = `
  const { closeSync, openSync, readSync } = require("node:fs");
  const [, path, bytes] = process.argv;
  const file = openSync(path);
  const piece = Buffer.alloc(2 ** 20);
  for (let left = Number(bytes); left > 0; left -= piece.length) if (readSync(file, piece) === 0) break;
  closeSync(file);`;

/** Makes the journal in a temporary folder, and starts a matcher on it as often as told. */
export async function measureRestart(
  task: Omit<WaitingJournalTask, "path">,
  { starts, makeJournal }: { readonly starts: number; readonly makeJournal: MakeJournal },
): Promise<RestartFigures> {
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  try {
    const path = join(folder, "matcher.sqlite");
    const { heldBytes } = await makeJournal({ ...task, path });
    let readingMs = Number.POSITIVE_INFINITY;
    let best: { readonly restartMs: number; readonly matcher: RestartedMatcher } | undefined;
    for (let start = 0; start < starts; start += 1) {
      readingMs = Math.min(readingMs, await measureReading(path, heldBytes));
      const next = await startOn(path);
      if (!best || next.restartMs < best.restartMs) best = next;
    }
    if (!best) throw new RangeError("Cannot measure a restart without a start");
    return { ...best, userMs: best.matcher.userMs, readingMs };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function startOn(path: string): Promise<{ readonly restartMs: number; readonly matcher: RestartedMatcher }> {
  const startedMs = performance.now();
  let matchedMs: number | undefined;
  const running = run(process.execPath, ["--conditions=@muster/source", script, path]);
  running.child.stdout?.once("data", () => {
    matchedMs = performance.now();
  });
  const { stdout } = await running;
  if (matchedMs === undefined) throw new Error("The restarted matcher has ended without a match");
  return { restartMs: matchedMs - startedMs, matcher: JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") };
}

async function measureReading(path: string, bytes: number): Promise<number> {
  const startedMs = performance.now();
  await run(process.execPath, ["-e", READ_IN_PIECES, path, String(bytes)]);
  return performance.now() - startedMs;
}
