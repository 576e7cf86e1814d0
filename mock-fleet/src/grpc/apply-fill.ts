import { writeBattleSession } from "@muster/proto";
import type { ApplyFillRequest, ApplyFillResponse } from "@muster/proto/fleet";
import { applyFill as decide } from "../core/fill.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { readFill } from "./fleet-wire.ts";
import { checkFits } from "./session-size.ts";
import { sessionAtWall } from "./wall-time.ts";

/** Seats newcomers; answers with the session after the fill, a repeat too. Reasons: the .proto. */
export async function applyFill(app: FleetApp, message: ApplyFillRequest): Promise<ApplyFillResponse> {
  const fill = readFill(message);
  const asked = { fill, bodyDigest: bodyDigest(fill) };
  const battle = await app.runner.decide((state, moment) => {
    const decision = decide(state, asked, moment);
    if (decision.facts.length > 0) checkFits("newcomers", decision.reply);
    return decision;
  });
  return { session: writeBattleSession(sessionAtWall(battle, app.runner.wallOf)) };
}
