import { parseId, type ServerSessionId } from "@muster/proto";
import type { TerminateServerSessionRequest, TerminateServerSessionResponse } from "@muster/proto/fleet";
import { askToTerminate, forceToTerminate } from "../core/terminate-session.ts";
import type { FleetApp } from "../fleet-app.ts";

/** Asks the game to end the session, or ends its process. Reasons: the .proto. */
export async function terminateServerSession(
  app: FleetApp,
  message: TerminateServerSessionRequest,
): Promise<TerminateServerSessionResponse> {
  const sessionId = parseId<ServerSessionId>("battle_session_id", message.battleSessionId);
  const terminate = message.force ? forceToTerminate : askToTerminate;
  await app.runner.decide((state, moment) => terminate(state, sessionId, moment));
  return {};
}
