import { type BattleSession, MusterError, writeBattleSession, writeSessionChange } from "@muster/proto";
import type { ApplyFillRequest, ApplyFillResponse } from "@muster/proto/fleet";
import { applyFill as decide, type Fill, mayBeFilled, refuseFill } from "../core/fill.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { readFill } from "./fleet-wire.ts";
import { checkFits } from "./session-size.ts";
import { changeAtWall, sessionAtWall } from "./wall-time.ts";

/**
 * Seats newcomers, if need be with the game's leave; answers with the session after the fill, a repeat too, or with what the fill
 * changed of the session that the matcher has. Reasons: the .proto.
 */
export async function applyFill(app: FleetApp, message: ApplyFillRequest): Promise<ApplyFillResponse> {
  const { fill, approvalTimeoutMs } = readFill(message);
  const check = (after: BattleSession) => checkFits("newcomers", after);
  const asked = { fill, bodyDigest: bodyDigest(approvalTimeoutMs === 0 ? fill : { fill, approvalTimeoutMs }), check };
  const isWelcome = approvalTimeoutMs === 0 || (await isApproved(app, asked, approvalTimeoutMs));
  const outcome = await app.runner.decide((state, moment) =>
    isWelcome ? decide(state, asked, moment) : refuseFill(state, asked),
  );
  if (outcome.type === "refused") {
    const { reason, message: why, metadata } = outcome.refusal;
    throw new MusterError(reason, why, { metadata });
  }
  const { battle, change } = outcome;
  const { wallOf } = app.runner;
  if (change && change.revision === message.knownRevision + 1) {
    return { session: undefined, change: writeSessionChange(changeAtWall(change, wallOf)) };
  }
  return { session: writeBattleSession(sessionAtWall(battle, wallOf)), change: undefined };
}

type Asked = { readonly fill: Fill; readonly bodyDigest: string; readonly check: (after: BattleSession) => void };

/** Asks the game, unless the fill has its outcome already or could not be applied anyway: then that is the answer. */
async function isApproved({ runner, approvals }: FleetApp, asked: Asked, timeoutMs: number): Promise<boolean> {
  const processId = await runner.read((state, moment) => mayBeFilled(state, asked, moment));
  return processId === undefined || approvals.ask({ fill: asked.fill, processId, timeoutMs });
}
