import { writeBackfill } from "@muster/proto";
import type { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { checkCapability } from "../capability.ts";
import { decideCancelBackfill } from "../core/cancel-backfill.ts";
import { getMatchedSession } from "../core/start-backfill.ts";
import { decide } from "../workshop.ts";
import type { Desk } from "./desk.ts";
import { readBattleSessionId, readRequestId } from "./wire.ts";

export function cancelBackfill(desk: Desk): Handlers<BackfillServiceDefinition>["cancelBackfill"] {
  return async (message) => {
    const request = { battleSessionId: readBattleSessionId(message), requestId: readRequestId(message) };
    const backfill = await decide(desk, (state) => {
      checkCapability(getMatchedSession(state, request.battleSessionId), message.capability);
      const decision = decideCancelBackfill(state, request);
      return { facts: decision.facts, reply: decision.backfill };
    });
    return { backfill: writeBackfill(backfill) };
  };
}
