// Which fleets are debugged: those that muster.json says, those whose command opens a debugger's door, or all.
import type { BuildSpec } from "./core/build.ts";

/** Words of Node that open it, with or without an address. */
const INSPECT = /^--inspect(-brk|-wait)?(=|$)/;

/** Whether a program of the builds lets a debugger in, by its arguments or by NODE_OPTIONS of its environment. */
export function opensDebugger(builds: readonly BuildSpec[]): boolean {
  return builds.some(({ launches }) =>
    launches.some(({ command, env }) => {
      const words = [...command, ...(env.NODE_OPTIONS ?? "").split(/\s+/)];
      return words.some((word) => INSPECT.test(word));
    }),
  );
}
