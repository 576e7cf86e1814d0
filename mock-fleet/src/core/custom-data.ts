// What a game reports of itself: kept with its session for whoever lists, searches or scales. Nothing is decided by it.
import { type CustomData, MusterError, type ServerSessionId } from "@muster/proto";
import { getSessionOf } from "./activation.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import type { ServerProcess } from "./process.ts";
import { isLiving, nextChange } from "./session.ts";

/**
 * Replaces what was reported of the session. The same numbers again change nothing.
 *
 * @throws {MusterError} SERVER_SESSION_NOT_FOUND, SESSION_NOT_ACTIVE once it has ended.
 */
export function reportCustomData(
  state: FleetState,
  process: ServerProcess,
  { sessionId, customData }: { readonly sessionId: ServerSessionId; readonly customData: CustomData },
): readonly FleetFact[] {
  const { battle } = getSessionOf(state, process, sessionId);
  if (!isLiving(battle)) {
    throw new MusterError("SESSION_NOT_ACTIVE", `Cannot report data of session ${sessionId} as it has ended`);
  }
  const { currentCount, maxCount } = battle.customData ?? {};
  if (currentCount === customData.currentCount && maxCount === customData.maxCount) return [];
  return [{ type: "session-changed", change: nextChange(battle, "CUSTOM_DATA_REPORTED", { customData }) }];
}
