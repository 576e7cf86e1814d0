import type { UpdateServerSessionRequest, UpdateServerSessionResponse } from "@muster/proto/fleet";
import { updateSession as decide } from "../core/fill.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { readUpdate } from "./fleet-wire.ts";

/** Writes the session's backfill; answers with the revision that has it. Reasons: the .proto. */
export async function updateServerSession(
  app: FleetApp,
  message: UpdateServerSessionRequest,
): Promise<UpdateServerSessionResponse> {
  const update = readUpdate(message);
  const asked = { update, bodyDigest: bodyDigest(update) };
  return { revision: await app.runner.decide((state) => decide(state, asked)) };
}
