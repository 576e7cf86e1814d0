// Takes on a session that no match of this matcher was placed on: first at the fleet, whose feed tells of it from then on.
import { MusterError, newId, type ServerSessionId, toMusterError } from "@muster/proto";
import { decideAdoptSession } from "./core/adopt-session.ts";
import { getMatchedSession } from "./core/start-backfill.ts";
import type { Desk } from "./grpc/desk.ts";
import { decide } from "./workshop.ts";

/** Bytes of a session's secret, as the fleet asks for it. */
const CAPABILITY_KEY_BYTES = 32;

/**
 * Resolves when the session is one of ours; the feed, or a question of its own, shows it after that: the answer here may be older than
 * the session's end. Repeats are OK, several at once too: the fleet keeps the first secret.
 *
 * @throws {MusterError} BATTLE_SESSION_NOT_FOUND, SESSION_NOT_ACTIVE, NOT_PERMITTED (another matcher has it),
 *   CONFIGURATION_NOT_FOUND, TEAM_UNKNOWN, TEAM_SIZE_EXCEEDED.
 */
export async function adoptSession(
  desk: Desk,
  { battleSessionId, configuration }: { readonly battleSessionId: ServerSessionId; readonly configuration: string },
  signal: AbortSignal,
): Promise<void> {
  const { fleet, ledger, random, endpoint } = desk;
  const shown = await fleet.findSession(battleSessionId, signal);
  if (!shown) return void getMatchedSession(ledger.state, battleSessionId); // It says that there is none.
  const capabilityKey = random.bytes(CAPABILITY_KEY_BYTES);
  const request = { configuration, matchId: newId<"match">("match", random), capabilityKey };
  await ledger.read((state) => decideAdoptSession(state, { ...request, session: shown })); // Refused before the fleet is told.
  const adopted = await fleet.adoptSession({ battleSessionId, endpoint, capabilityKey }, signal).catch((error) => {
    const refusal = toMusterError(error);
    if (refusal.reason !== "SERVER_SESSION_NOT_FOUND") throw refusal;
    throw new MusterError("BATTLE_SESSION_NOT_FOUND", refusal.message, { metadata: { battleSessionId } });
  });
  await decide(desk, (state) => {
    return { facts: decideAdoptSession(state, { ...request, ...adopted }), reply: undefined };
  });
}
