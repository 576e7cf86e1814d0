import { newId, writeBackfill } from "@muster/proto";
import type { BackfillServiceDefinition } from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import { adoptSession } from "../adopt-session.ts";
import { awaitRevision } from "../await-revision.ts";
import { checkCapability } from "../capability.ts";
import { decideStartBackfill, getMatchedSession } from "../core/start-backfill.ts";
import { decide } from "../workshop.ts";
import { readStartBackfill } from "./backfill-request-wire.ts";
import type { Desk } from "./desk.ts";

export function startBackfill(desk: Desk): Handlers<BackfillServiceDefinition>["startBackfill"] {
  return async (message, { signal, caller }) => {
    const request = readStartBackfill(message, () => newId("backfill", desk.random));
    const id = request.battleSessionId;
    const { configuration } = request;
    const isOurs = await desk.ledger.read((state) => state.sessions.has(id));
    if (!isOurs && configuration !== undefined && message.capability === "") {
      await adoptSession(desk, { battleSessionId: id, configuration }, signal);
    } else {
      checkCapability(await desk.ledger.read((state) => getMatchedSession(state, id)), message.capability, caller);
    }
    await awaitRevision(desk, { battleSessionId: id, revision: message.seenRevision }, signal);
    const backfill = await decide(desk, (state) => {
      const decision = decideStartBackfill(state, request, desk.view.find(id));
      return { facts: decision.facts, reply: decision.backfill };
    });
    return { backfill: writeBackfill(backfill) };
  };
}
