// A command run in this process, as its door runs it: starting a process of its own takes a hundred times as long.
import { harmless } from "./harmless-text.ts";
import { buildProgram } from "./program.ts";
import { carryOut } from "./run-command.ts";
import type { Terminal } from "./terminal.ts";

export type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** Runs `muster ARGS` and answers what it printed, and its exit code. Rejects where `ARGS` are not understood. */
export async function musterHere(args: readonly string[]): Promise<Ended> {
  let code = -1;
  let out = "";
  let err = "";
  const terminal: Terminal = {
    write: (text) => {
      out += text;
    },
    print: (line) => {
      out += `${harmless(line)}\n`;
    },
    note: (line) => {
      err += `${harmless(line)}\n`;
    },
    isLive: false,
    hasColours: false,
    size: () => ({ columns: 80, rows: 24 }),
    onResize: () => undefined,
  };
  const program = buildProgram({
    run: async ({ matcher, fleet, json = false }, command) => {
      const { signal } = new AbortController();
      code = await carryOut({ matcherAddress: matcher, fleetAddress: fleet, json, terminal, signal }, command);
    },
    runService: () => Promise.resolve(),
  });
  await program.parseAsync([...args], { from: "user" });
  return { code, out, err };
}
