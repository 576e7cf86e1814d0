import { writeBackfill } from "@muster/proto";
import type { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { awaitRevision } from "../await-revision.ts";
import { checkCapability } from "../capability.ts";
import { decideCancelBackfill } from "../core/cancel-backfill.ts";
import { getMatchedSession } from "../core/start-backfill.ts";
import { decide } from "../workshop.ts";
import { readBattleSessionId, readRequestId } from "./backfill-request-wire.ts";
import type { Desk } from "./desk.ts";

export function cancelBackfill(desk: Desk): Handlers<BackfillServiceDefinition>["cancelBackfill"] {
  return async (message, { signal, caller }) => {
    const battleSessionId = readBattleSessionId(message);
    const request = { battleSessionId, requestId: readRequestId(message) };
    checkCapability(
      await desk.ledger.read((state) => getMatchedSession(state, battleSessionId)),
      message.capability,
      caller,
    );
    const revision = message.seenRevision ?? 0;
    if (revision > 0) await awaitRevision(desk, { battleSessionId, revision }, signal);
    const backfill = await decide(desk, (state) => {
      const decision = decideCancelBackfill(state, request);
      return { facts: decision.facts, reply: decision.backfill };
    });
    return { backfill: writeBackfill(backfill) };
  };
}
