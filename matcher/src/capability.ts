// Who may command the backfill of a session: whoever holds its capability, which only the session's own process was given.
import { createHmac, timingSafeEqual } from "node:crypto";
import { MusterError } from "@muster/proto";
import type { MatchedSession } from "./core/matcher-state.ts";

/** The capability of a session: bound to the run of the process that it was placed on. A secret. */
export function capabilityOf(
  session: Pick<MatchedSession, "capabilityKey" | "battleSessionId" | "processId" | "incarnation">,
): string {
  const { capabilityKey, battleSessionId, processId, incarnation } = session;
  return createHmac("sha256", capabilityKey)
    .update(`${battleSessionId}:${processId}:${incarnation}`)
    .digest("base64url");
}

/**
 * Nothing, if the caller may. An empty capability is an operator's call.
 *
 * @throws {MusterError} CREDENTIALS_INVALID.
 */
export function checkCapability(session: MatchedSession, presented: string): void {
  if (presented === "") return;
  const expected = Buffer.from(capabilityOf(session));
  const given = Buffer.from(presented);
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  const why = `Cannot take the backfill command as it must carry the capability of ${session.battleSessionId}: it has another`;
  throw new MusterError("CREDENTIALS_INVALID", why);
}
