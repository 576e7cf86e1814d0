// The same with Node's own test runner: `node --test src/duels.node-test.ts`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestSidecar } from "@muster/sdk/testing";
import { hostDuels } from "./duels.ts";

test("a duel that the fleet wants to end is ended, and the server takes the next one", async () => {
  await using sidecar = await createTestSidecar();
  const duels = await hostDuels(await sidecar.connect());
  const duel = await sidecar.startBattleSession({ teams: { red: 1, blue: 1 }, players: ["ann"] });
  assert.equal(duel.session.state, "ACTIVE");
  await duels.join(duel.seatOf("ann").playerSessionId);

  await duel.terminate();
  assert.equal(duel.session.endCause, "TERMINATED");
  assert.equal(sidecar.callsOf("terminateBattleSession").length, 1);

  const next = await sidecar.startBattleSession({ teams: { red: 1, blue: 1 } });
  assert.equal(next.session.state, "ACTIVE");
});
