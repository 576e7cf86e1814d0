// What every command is run with.
import type { Terminal } from "../terminal.ts";

export type CommandContext = {
  readonly terminal: Terminal;
  /** Machine-readable output: one JSON value, or one a line for what goes on. */
  readonly json: boolean;
  /** Addresses as asked for. */
  readonly matcherAddress: string;
  readonly fleetAddress: string;
  /** Aborts when somebody presses Ctrl-C. */
  readonly signal: AbortSignal;
};

/** Exit code of a command: 0 done, 1 refused or not reached, 2 not understood or not started. */
export type ExitCode = 0 | 1 | 2;

/** The value as one line of JSON, secrets and all: for who owns them. Absent fields are left out. */
export function printJson(context: CommandContext, value: unknown): void {
  context.terminal.print(JSON.stringify(value));
}
