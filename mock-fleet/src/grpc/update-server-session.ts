import { applySessionChange } from "@muster/proto";
import type { UpdateServerSessionRequest, UpdateServerSessionResponse } from "@muster/proto/fleet";
import { getSession } from "../core/fill.ts";
import { updateSession as decide } from "../core/update-session.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { readUpdate } from "./fleet-wire.ts";
import { checkFits } from "./session-size.ts";

/** Changes what the request names; answers with the revision that has it. Reasons: the .proto. */
export async function updateServerSession(
  app: FleetApp,
  message: UpdateServerSessionRequest,
): Promise<UpdateServerSessionResponse> {
  const update = readUpdate(message);
  const asked = { update, bodyDigest: bodyDigest(update) };
  const revision = await app.runner.decide((state) => {
    const decision = decide(state, asked);
    const { battle } = getSession(state, update.sessionId);
    const [fact] = decision.facts;
    if (fact?.type === "session-changed") {
      checkFits(update.backfill ? "backfill" : "name", applySessionChange(battle, fact.change));
    }
    return decision;
  });
  return { revision };
}
