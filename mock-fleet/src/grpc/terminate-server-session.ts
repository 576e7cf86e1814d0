import { parseId, type ServerSessionId } from "@muster/proto";
import type { TerminateServerSessionRequest, TerminateServerSessionResponse } from "@muster/proto/fleet";
import { askToTerminate } from "../core/fill.ts";
import type { FleetApp } from "../fleet-app.ts";

/** Asks the game to end the session. Reasons: the .proto. */
export async function terminateServerSession(
  app: FleetApp,
  message: TerminateServerSessionRequest,
): Promise<TerminateServerSessionResponse> {
  const sessionId = parseId<ServerSessionId>("battle_session_id", message.battleSessionId);
  await app.runner.decide((state, moment) => askToTerminate(state, sessionId, moment));
  return {};
}
