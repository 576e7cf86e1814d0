// One command from start to exit code: Ctrl-C calls it off, errors become one sentence.
import { watchLifeline } from "@muster/kit/processes";
import { MusterError, type MusterErrorMetadata } from "@muster/proto";
import { UsageError } from "./arguments/usage-error.ts";
import type { CommandContext, ExitCode } from "./commands/context.ts";
import { errorSentence } from "./contract/error-sentence.ts";
import { systemErrorSentence } from "./contract/system-error.ts";

/**
 * Runs `command` and sets the exit code: as it says, 1 for a refusal, 130 if it was called off. A command that listens for
 * signals itself, because it stops in its own order, or that no signal could reach while it computes, is told of none here.
 */
export async function runCommand(
  context: Omit<CommandContext, "signal"> & { readonly ownSignals: boolean },
  command: (context: CommandContext) => Promise<ExitCode>,
): Promise<void> {
  const stop = new AbortController();
  if (!context.ownSignals) watchSignals(stop);
  // A reader that went away, as in `muster ticket watch | head`.
  process.stdout.once("error", () => stop.abort());
  process.exitCode = await carryOut({ ...context, signal: stop.signal }, command);
}

/** Resolves with the exit code, after a refusal was told. Rejects for a mistake of ours. */
export async function carryOut(
  context: CommandContext,
  command: (context: CommandContext) => Promise<ExitCode>,
): Promise<ExitCode | 130> {
  try {
    return await command(context);
  } catch (error) {
    return context.signal.aborted ? 130 : report(error, context);
  }
}

function watchSignals(stop: AbortController): void {
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  watchLifeline(process.env).addEventListener("abort", onSignal);
}

function report(error: unknown, context: Omit<CommandContext, "signal">): ExitCode {
  if (error instanceof UsageError) {
    writeError(context, { reason: "USAGE", message: error.message, metadata: {} });
    return 2;
  }
  const refused = systemErrorSentence(error);
  if (refused !== undefined) {
    writeError(context, { reason: "SYSTEM", message: refused, metadata: {} });
    return 2;
  }
  if (!(error instanceof MusterError)) throw error;
  const message = errorSentence(error, targetOf(error, context));
  writeError(context, { reason: error.reason, message, metadata: error.metadata });
  return error.reason === "CONFIG_INVALID" ? 2 : 1;
}

/** The address in the message of a call that reached nobody. */
function targetOf(error: MusterError, { matcherAddress, fleetAddress }: Omit<CommandContext, "signal">) {
  return [matcherAddress, fleetAddress].find((address) => address !== "" && error.message.includes(address));
}

function writeError(
  { terminal, json }: Pick<CommandContext, "terminal" | "json">,
  error: { reason: string; message: string; metadata: MusterErrorMetadata },
): void {
  terminal.note(json ? JSON.stringify({ error }) : error.message);
}
