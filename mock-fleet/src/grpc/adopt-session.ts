import { fieldInvalid, parseId, type ServerSessionId, writeBattleSession } from "@muster/proto";
import type { AdoptSessionRequest, AdoptSessionResponse } from "@muster/proto/fleet";
import { adoptSession as decide } from "../core/adopt.ts";
import type { FleetApp } from "../fleet-app.ts";
import { atMost } from "./field.ts";
import { sessionAtWall } from "./wall-time.ts";

/** Bytes of a matcher's secret for one session: as many as its HMAC has. */
const CAPABILITY_KEY_BYTES = 32;

/** Gives the session to a matcher; answers with it as it stands. Reasons: the .proto. */
export async function adoptSession(app: FleetApp, message: AdoptSessionRequest): Promise<AdoptSessionResponse> {
  const { capabilityKey } = message;
  if (capabilityKey.length !== CAPABILITY_KEY_BYTES) {
    throw fieldInvalid("capability_key", `${CAPABILITY_KEY_BYTES} bytes`, capabilityKey.length);
  }
  const adoption = {
    sessionId: parseId<ServerSessionId>("battle_session_id", message.battleSessionId),
    owner: parseId("owner", message.owner),
    matcherEndpoint: atMost("matcher_endpoint", message.matcherEndpoint, 256),
    capabilityKey: new Uint8Array(capabilityKey),
  };
  if (adoption.matcherEndpoint === "") throw fieldInvalid("matcher_endpoint", "the matcher's address", "empty");
  const { battle, capabilityKey: counts } = await app.runner.decide((state) => decide(state, adoption));
  return { session: writeBattleSession(sessionAtWall(battle, app.runner.wallOf)), capabilityKey: counts };
}
