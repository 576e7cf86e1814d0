// muster sessions terminate: ends sessions, by asking their games or by ending their processes.
import { connectFleet } from "../contract/connection.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { printNamed } from "./sessions.ts";

/** Ends each session; prints them as they are then: TERMINATING until their game has ended them. */
export async function terminateSessions(
  ids: readonly string[],
  { force }: { readonly force: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  await using fleet = connectFleet(context.fleetAddress);
  for (const battleSessionId of ids) {
    await fleet.fleet.terminateServerSession({ battleSessionId, force }, { signal: context.signal });
  }
  return await printNamed(fleet, ids, context);
}
