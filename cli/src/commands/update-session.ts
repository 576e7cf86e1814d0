// muster sessions update: what an operator changes of an active session.
import { drawId, systemRandom } from "@muster/kit";
import type { UpdateServerSessionRequest } from "@muster/proto/fleet";
import { connectFleet } from "../contract/connection.ts";
import type { CommandContext, ExitCode } from "./context.ts";
import { printNamed } from "./sessions.ts";

export type SessionSettings = Pick<UpdateServerSessionRequest, "capacity" | "name" | "creationPolicy" | "protection">;

/** Changes the session in one step, and prints it as it is then. */
export async function updateSession(
  battleSessionId: string,
  settings: SessionSettings,
  context: CommandContext,
): Promise<ExitCode> {
  await using fleet = connectFleet(context.fleetAddress);
  const updateId = drawId("update", systemRandom);
  await fleet.fleet.updateServerSession({ updateId, battleSessionId, ...settings }, { signal: context.signal });
  return await printNamed(fleet, [battleSessionId], context);
}
