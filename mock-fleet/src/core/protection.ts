// How long a session may go on once it is asked to end: its own policy, or that of its fleet.
import type { BattleSession, ProtectionPolicy } from "@muster/proto";
import type { Moment } from "./decision.ts";
import { findFleet } from "./fleet-config.ts";

/** What a fleet says of sessions that say nothing themselves, and how long TIME_LIMITED is on it. */
export type ProtectionSpec = { readonly policy: ProtectionPolicy; readonly limitMs: number };

/** Of a fleet that nothing is said of. */
export const UNPROTECTED: ProtectionSpec = { policy: "NONE", limitMs: 3_600_000 };

/** By when the session has to be over that is asked to end now; undefined: it may go on for ever. One that loads protects nobody. */
export function endsByMs(
  battle: Pick<BattleSession, "fleet" | "protection" | "state">,
  moment: Moment,
): number | undefined {
  const plainMs = moment.nowMs + moment.config.settings.processTerminateMs;
  if (battle.state === "ACTIVATING") return plainMs;
  const { policy, limitMs } = findFleet(moment.config, battle.fleet)?.protection ?? UNPROTECTED;
  switch (battle.protection ?? policy) {
    case "FULL":
      return undefined;
    case "TIME_LIMITED":
      return moment.nowMs + limitMs;
    case "NONE":
      return plainMs;
  }
}
