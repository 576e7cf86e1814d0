import type { ErasureId, PlayerId } from "@muster/proto";
import { expect, test } from "vitest";
import { stopPlacement } from "./core/placement.ts";
import { createRehearsal } from "./core/rehearsal.ts";
import { factCodec } from "./fact-wire.ts";

test("every kind of fact survives its way through the journal", () => {
  const world = createRehearsal();
  world.act(() => [{ type: "opened", journalId: "journal_1" }]);
  const waiting = world.place();
  const ofProject = world.place({ project: "arena" });
  for (const id of [waiting, ofProject]) world.decide((state, moment) => stopPlacement(state, id, moment));
  const session = world.placeActive();
  const { processId, playerSessions } = session;
  const [seat] = playerSessions;
  if (!seat) throw new Error("no seat");
  const secrets = { reconnectSecret: undefined, givenReconnectSecret: undefined };
  world.command(processId, { type: "accept-seat", playerSessionId: seat.playerSessionId, requestId: "r1", ...secrets });
  world.command(processId, { type: "disconnect-seat", playerSessionId: seat.playerSessionId });
  const customData = { currentCount: 0, maxCount: 9 };
  world.command(processId, { type: "report-custom-data", sessionId: session.battleSessionId, customData });
  world.act(() => [
    { type: "process-draining", processId, reason: "DRAINED", endByMs: 1_000_000 },
    { type: "process-draining", processId, reason: "DRAINED", endByMs: undefined },
    { type: "process-reachability-changed", processId, unreachable: true },
  ]);
  world.command(processId, { type: "process-unhealthy", why: "hangs" });
  world.command(processId, { type: "process-exited", how: "SIGKILL" });
  world.act(() => [{ type: "forgotten", processIds: [processId], placementIds: [waiting], sessionIds: [] }]);
  const refusal = { reason: "SESSION_FULL", message: "Cannot seat", metadata: { used: "1" } } as const;
  world.act(() => [
    { type: "fill-refused", sessionId: session.battleSessionId, request: { id: "fill f", bodyDigest: "d" }, refusal },
  ]);
  const erasureId = "er_1" as ErasureId;
  world.act(() => [
    { type: "player-erased", erasureId, playerId: "anna" as PlayerId, playerDigest: "digest" },
    { type: "erasure-completed", erasureId },
    {
      ...{ type: "session-adopted", sessionId: session.battleSessionId, owner: "matcher", matcherEndpoint: "m:1" },
      capabilityKey: new Uint8Array([1, 2, 3]),
    },
  ]);
  world.act(() => [
    { type: "fleet-scaling-put", fleet: "eu", scaling: { type: "static", processes: 0 } },
    {
      type: "fleet-scaling-put",
      fleet: "eu",
      scaling: {
        type: "elastic",
        elastic: { minProcesses: 0, maxProcesses: 2, reserve: { type: "percent", percent: 5 }, cooldownMs: 1 },
      },
    },
    { type: "fleet-scaling-put", fleet: "eu", scaling: undefined },
    { type: "fleet-scaled", fleet: "eu", processes: 1, cooldownUntilMs: 9 },
    { type: "fleet-drain-put", fleet: "eu", isDrained: true },
    { type: "fleet-drain-put", fleet: "eu", isDrained: false },
    { type: "fleet-build-put", fleet: "eu", rollout: { build: "", mode: "FORCED" } },
    { type: "fleet-build-put", fleet: "eu", rollout: undefined },
    { type: "fleet-restarted", fleet: "eu" },
    { type: "alias-put", name: "live", target: { type: "fleet", fleet: "eu" } },
    { type: "alias-put", name: "live", target: { type: "closed", message: "At noon" } },
    { type: "alias-put", name: "live", target: undefined },
  ]);
  expect(new Set(world.facts.map((fact) => fact.type)).size).toBe(24);
  for (const fact of world.facts) {
    const { kind, body } = factCodec.encode(fact);
    expect(factCodec.decode(kind, body)).toEqual(fact);
  }
});

test("a record of a newer build is refused", () => {
  expect(() => factCodec.decode(2, new Uint8Array())).toThrow(
    expect.objectContaining({ reason: "JOURNAL_UNREADABLE" }),
  );
  expect(() => factCodec.decode(1, new Uint8Array())).toThrow(
    expect.objectContaining({ reason: "JOURNAL_UNREADABLE" }),
  );
});
