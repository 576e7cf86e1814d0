// Who may command the backfill of a session: whoever holds its capability, which only the session's own process was given.
import { createHmac, timingSafeEqual } from "node:crypto";
import { MusterError } from "@muster/proto";
import type { Caller } from "@muster/proto/rpc";
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

/** What every capability looks like: SHA-256 as base64url. */
const CAPABILITY = /^[A-Za-z0-9_-]{43}$/;

/**
 * Nothing, if the caller may. An empty capability is an operator's call; a game server that shows a key alone may be any.
 *
 * @throws {MusterError} NOT_YOUR_SESSION for what may be the capability of another session, or of an earlier run of the
 *   process; CREDENTIALS_INVALID for what is none.
 */
export function checkCapability(session: MatchedSession, presented: string, caller: Caller | undefined): void {
  if (presented === "" && caller?.role !== "GAME_SERVER") return;
  const expected = Buffer.from(capabilityOf(session));
  const given = Buffer.from(presented);
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  const reason = presented === "" || CAPABILITY.test(presented) ? "NOT_YOUR_SESSION" : "CREDENTIALS_INVALID";
  const why = `Cannot take the backfill command as it must carry the capability of ${session.battleSessionId}: it has ${presented === "" ? "none" : "another"}`;
  throw new MusterError(reason, why, { metadata: { battleSessionId: session.battleSessionId } });
}
