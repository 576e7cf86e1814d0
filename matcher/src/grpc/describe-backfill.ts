import { writeBackfill } from "@muster/proto";
import type { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { checkCapability } from "../capability.ts";
import { describeBackfill as describe } from "../core/cancel-backfill.ts";
import { getMatchedSession } from "../core/start-backfill.ts";
import type { Desk } from "./desk.ts";
import { readBattleSessionId } from "./wire.ts";

export function describeBackfill(desk: Desk): Handlers<BackfillServiceDefinition>["describeBackfill"] {
  return async (message) => {
    const id = readBattleSessionId(message);
    const backfill = await desk.ledger.read((state) => {
      checkCapability(getMatchedSession(state, id), message.capability);
      return describe(state, id);
    });
    return { backfill: writeBackfill(backfill) };
  };
}
