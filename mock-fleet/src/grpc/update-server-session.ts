import type { UpdateServerSessionRequest, UpdateServerSessionResponse } from "@muster/proto/fleet";
import { updateSession as decide, getSession } from "../core/fill.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { readUpdate } from "./fleet-wire.ts";
import { checkFits } from "./session-size.ts";

/** Writes the session's backfill; answers with the revision that has it. Reasons: the .proto. */
export async function updateServerSession(
  app: FleetApp,
  message: UpdateServerSessionRequest,
): Promise<UpdateServerSessionResponse> {
  const update = readUpdate(message);
  const asked = { update, bodyDigest: bodyDigest(update) };
  const revision = await app.runner.decide((state) => {
    const decision = decide(state, asked);
    const { battle } = getSession(state, update.sessionId);
    if (decision.facts.length > 0) checkFits("backfill", { ...battle, backfill: update.backfill });
    return decision;
  });
  return { revision };
}
