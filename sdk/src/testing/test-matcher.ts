// The matcher behind a test's sidecar: it starts and ends backfills as a real one does, and never finds anybody by itself.
import type { Random } from "@muster/kit";
import { MusterError, newId, readWord, writeBackfill } from "@muster/proto";
import { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import { type Implementation, implement } from "@muster/proto/rpc";
import { BackfillStrategy } from "@muster/proto/session";
import { type Battle, changed } from "./core/battle.ts";
import { endedBackfill, isLive, newBackfill, type TestBackfill } from "./core/test-backfill.ts";
import type { TestFleet } from "./test-fleet.ts";

/** A call that reached the matcher. */
export type MatcherCall = {
  readonly method: "startBackfill" | "cancelBackfill" | "describeBackfill";
  readonly battleSessionId: string;
  readonly capability: string;
  readonly seenRevision: number;
};

type Command = Pick<MatcherCall, "battleSessionId" | "capability"> & { readonly seenRevision?: number | undefined };

export function testMatcher(fleet: TestFleet, random: Random, calls: MatcherCall[]): Implementation {
  const started = new Map<string, TestBackfill>();
  const cancelled = new Map<string, TestBackfill>();
  const find = (method: MatcherCall["method"], request: Command): Battle => {
    const { battleSessionId, capability, seenRevision = 0 } = request;
    calls.push({ method, battleSessionId, capability, seenRevision });
    const battle = fleet.find(battleSessionId);
    if (battle) return battle;
    const why = `Cannot find battle session ${battleSessionId}`;
    throw new MusterError("BATTLE_SESSION_NOT_FOUND", why, { metadata: { battleSessionId } });
  };
  const keep = (battleSessionId: string, backfill: TestBackfill) =>
    fleet.change(battleSessionId, (battle) =>
      changed({ ...battle, backfill }, "BACKFILL_UPDATED", { backfill: backfill.document }),
    );
  const answer = (backfill: TestBackfill) => ({ backfill: writeBackfill(backfill.document) });
  const notRunning = (battleSessionId: string) =>
    new MusterError("BACKFILL_NOT_RUNNING", `Cannot find a backfill of ${battleSessionId} as none was started`);

  return implement(BackfillServiceDefinition, {
    async startBackfill(request) {
      const { session, backfill: before } = find("startBackfill", request);
      const repeated = started.get(request.requestId);
      if (repeated) return answer(repeated);
      const { battleSessionId, state } = session;
      if (state !== "ACTIVE") {
        const why = `Cannot start a backfill of ${battleSessionId} as only an active session takes one: it is ${state}`;
        throw new MusterError("SESSION_NOT_ACTIVE", why);
      }
      if (before && isLive(before.document) && !request.replace) {
        const { backfillId } = before.document;
        const why = `Cannot start a backfill of ${battleSessionId} as it may have one: ${backfillId} is ${before.document.state}`;
        throw new MusterError("BACKFILL_ALREADY_RUNNING", why, { metadata: { backfillId } });
      }
      const strategy = readWord("strategy", BackfillStrategy, request.strategy);
      const backfillId = newId("backfill", random);
      const backfill = newBackfill({ backfillId, strategy, addPlayers: request.addPlayers }, session);
      started.set(request.requestId, backfill);
      if (before && isLive(before.document)) keep(battleSessionId, endedBackfill(before, "REPLACED"));
      keep(battleSessionId, backfill);
      return answer(backfill);
    },
    async cancelBackfill(request) {
      const { session, backfill } = find("cancelBackfill", request);
      const repeated = cancelled.get(request.requestId);
      if (repeated) return answer(repeated);
      if (!backfill || !isLive(backfill.document)) throw notRunning(session.battleSessionId);
      const over = endedBackfill(backfill, "CANCELLED_BY_REQUEST");
      cancelled.set(request.requestId, over);
      keep(session.battleSessionId, over);
      return answer(over);
    },
    async describeBackfill(request) {
      const { session, backfill } = find("describeBackfill", request);
      if (!backfill) throw notRunning(session.battleSessionId);
      return answer(backfill);
    },
  });
}
