// muster fleet clock advance | show: the time of a mock fleet whose servers are all simulated.
import { formatDuration } from "../arguments/duration.ts";
import { connectFleet } from "../contract/connection.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";

/** Let pass by one call, in ms: a large fleet does not do a day's work within the deadline of one. */
const STEP_MS = 60_000;
const DEADLINE_MS = 60_000;

/** Lets so much of the fleet's time pass (0: none), and prints how much has since it started. */
export async function advanceClock(byMs: number, context: CommandContext): Promise<ExitCode> {
  await using connection = connectFleet(context.fleetAddress);
  const call = { signal: context.signal, deadlineMs: DEADLINE_MS };
  let { passedMs } = await connection.mock.advanceClock({ byMs: Math.min(byMs, STEP_MS) }, call);
  for (let leftMs = byMs - STEP_MS; leftMs > 0; leftMs -= STEP_MS) {
    ({ passedMs } = await connection.mock.advanceClock({ byMs: Math.min(leftMs, STEP_MS) }, call));
  }
  if (context.json) printJson(context, { passedMs });
  else context.terminal.print(`${formatDuration(passedMs)} have passed since the fleet started`);
  return 0;
}
