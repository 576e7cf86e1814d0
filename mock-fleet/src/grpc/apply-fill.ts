import { type BattleSession, MusterError, writeBattleSession } from "@muster/proto";
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
  const check = (after: BattleSession) => checkFits("newcomers", after);
  const asked = { fill, bodyDigest: bodyDigest(fill), check };
  const outcome = await app.runner.decide((state, moment) => decide(state, asked, moment));
  if (outcome.type === "refused") {
    const { reason, message: why, metadata } = outcome.refusal;
    throw new MusterError(reason, why, { metadata });
  }
  return { session: writeBattleSession(sessionAtWall(outcome.battle, app.runner.wallOf)) };
}
