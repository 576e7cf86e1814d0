// Where a command prints: standard output for what was asked, standard error for everything about it.
import { harmless } from "./harmless-text.ts";

export interface Terminal {
  /** Writes text as it is. */
  write(text: string): void;
  /** One line of the result. What a terminal would take for a command in it is written out. */
  print(line: string): void;
  /** One line for people only, as harmless. */
  note(line: string): void;
  /** Whether somebody looks at the output. */
  readonly isLive: boolean;
  /** Whether it is to be written in colours. */
  readonly hasColours: boolean;
  /** Of the window, in characters. */
  size(): { readonly columns: number; readonly rows: number };
  /** Calls back when the window changes, until the signal aborts. */
  onResize(listener: () => void, signal: AbortSignal): void;
}

/** The process's own. */
export const processTerminal: Terminal = {
  write: (text) => void process.stdout.write(text),
  print: (line) => void process.stdout.write(`${harmless(line)}\n`),
  note: (line) => void process.stderr.write(`${harmless(line)}\n`),
  isLive: process.stdout.isTTY === true && process.env.TERM !== "dumb",
  // https://no-color.org: set and not empty.
  hasColours: !process.env.NO_COLOR,
  size: () => ({ columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 }),
  onResize(listener, signal) {
    process.stdout.on("resize", listener);
    signal.addEventListener("abort", () => process.stdout.off("resize", listener), { once: true });
  },
};
