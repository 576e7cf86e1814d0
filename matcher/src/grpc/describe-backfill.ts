import { writeBackfill } from "@muster/proto";
import type { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { awaitRevision } from "../await-revision.ts";
import { checkCapability } from "../capability.ts";
import { describeBackfill as describe } from "../core/cancel-backfill.ts";
import { getMatchedSession } from "../core/start-backfill.ts";
import { readBattleSessionId } from "./backfill-request-wire.ts";
import type { Desk } from "./desk.ts";

export function describeBackfill(desk: Desk): Handlers<BackfillServiceDefinition>["describeBackfill"] {
  return async (message, { signal, caller }) => {
    const id = readBattleSessionId(message);
    checkCapability(await desk.ledger.read((state) => getMatchedSession(state, id)), message.capability, caller);
    const revision = message.seenRevision ?? 0;
    if (revision > 0) await awaitRevision(desk, { battleSessionId: id, revision }, signal);
    const backfill = await desk.ledger.read((state) => describe(state, id));
    return { backfill: writeBackfill(backfill) };
  };
}
