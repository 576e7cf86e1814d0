// Everything that tells a launcher to stop: Ctrl-C, SIGTERM, a closed terminal, the death of whoever started it.
import { readFileSync } from "node:fs";
import { watchLifeline } from "@muster/kit/processes";

/** How often the parent is looked for, in ms: nothing tells a process that its parent was killed. */
const PARENT_LOOK_MS = 500;
/** Signals within this time of the first are the same wish, in ms: a terminal and a parent both pass on one Ctrl-C. */
const SAME_WISH_MS = 500;

export type StopRequests = {
  /** Aborts at the first request; the reason is a word for the log. */
  readonly stop: AbortSignal;
  /** Aborts when somebody asks again: kill what still runs. */
  readonly hurry: AbortSignal;
};

/** Listens from now on, for the rest of the process's life. */
export function watchStopRequests(env: Readonly<Record<string, string | undefined>>): StopRequests {
  const stop = new AbortController();
  const hurry = new AbortController();
  let firstMs: number | undefined;
  const request = (why: string) => {
    const nowMs = performance.now();
    firstMs ??= nowMs;
    if (!stop.signal.aborted) stop.abort(why);
    else if (nowMs - firstMs > SAME_WISH_MS) hurry.abort(why);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => request(signal));
  watchLifeline(env).addEventListener("abort", () => request("the launcher is gone"));
  // A reader that went away, as in `muster dev | head`, and a terminal that was closed.
  process.stdout.on("error", () => request("nobody reads the output"));
  process.stderr.on("error", () => request("nobody reads the output"));
  // Only npm is watched: from a plain shell, `muster dev &` may well outlive the shell.
  if (env.npm_lifecycle_event !== undefined) watchParents(() => request("npm is gone"));
  return { stop: stop.signal, hurry: hurry.signal };
}

function watchParents(onGone: () => void): void {
  const parent = process.ppid;
  const grandparent = shellsParent(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && shellsParent(parent) === grandparent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_LOOK_MS);
  timer.unref();
}

/** The parent of `pid` if that is a shell between npm and us; undefined where nothing tells. */
function shellsParent(pid: number): number | undefined {
  try {
    // "12 (sh) S 11 …": the name may hold anything, so what counts starts after the last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    if (!/^(?:ba|da|z|k)?sh$/.test(name)) return undefined;
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined; // No /proc here, or the parent is gone.
    throw error;
  }
}
