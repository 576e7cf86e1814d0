import { parsePlayerId } from "@muster/proto";
import type { ErasePlayerRequest, ErasePlayerResponse } from "@muster/proto/fleet";
import type { CallContext } from "@muster/proto/rpc";
import { checkRunsAll } from "../core/project.ts";
import type { FleetApp } from "../fleet-app.ts";

/** Forgets a player, in answers and on disk. Reasons: the .proto. */
export async function erasePlayer(
  app: FleetApp,
  message: ErasePlayerRequest,
  { signal }: CallContext,
): Promise<ErasePlayerResponse> {
  checkRunsAll(app.viewer, "erase a player");
  await app.erasures.erase(parsePlayerId("player_id", message.playerId), signal);
  return {};
}
