import { writeBattleSession } from "@muster/proto";
import type { ApplyFillRequest, ApplyFillResponse } from "@muster/proto/fleet";
import { applyFill as decide } from "../core/fill.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { readFill } from "./fleet-wire.ts";
import { sessionAtWall } from "./wall-time.ts";

/** Seats newcomers; answers with the session after the fill, a repeat too. Reasons: the .proto. */
export async function applyFill(app: FleetApp, message: ApplyFillRequest): Promise<ApplyFillResponse> {
  const fill = readFill(message);
  const asked = { fill, bodyDigest: bodyDigest(fill) };
  const battle = await app.runner.decide((state, moment) => decide(state, asked, moment));
  return { session: writeBattleSession(sessionAtWall(battle, app.runner.wallOf)) };
}
