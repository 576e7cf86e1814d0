// How a dedicated server is tested with vitest: no sidecar, no fleet, no socket, and time in the test's hand.
import { createTestSidecar } from "@muster/sdk/testing";
import { expect, test } from "vitest";
import { hostDuels } from "./duels.ts";

test("two players come, one never does, and another is looked for", async () => {
  await using sidecar = await createTestSidecar({ reservationMs: 60_000 });
  const duels = await hostDuels(await sidecar.connect());
  const duel = await sidecar.startBattleSession({ teams: { red: 1, blue: 1 }, players: ["ann", "ben"] });

  expect(await duels.join(duel.seatOf("ann").playerSessionId)).toBe("ann");
  await sidecar.advance(59_999);
  expect(duel.session.playerSessions.map(({ playerId }) => playerId)).toEqual(["ann", "ben"]);
  await sidecar.advance(1); // Ben's reservation is over.
  expect(duel.session.playerSessions.map(({ playerId }) => playerId)).toEqual(["ann"]);
  expect(duel.session.backfill).toMatchObject({ state: "SEARCHING", strategy: "MAX_POSSIBLE" });

  const [cleo] = await duel.addPlayers("cleo");
  expect(await duels.join(cleo?.playerSessionId ?? "")).toBe("cleo");
  expect(duel.session.backfill).toMatchObject({ state: "PAUSED", cause: "FULL" });
});

test("whoever has no seat is turned away", async () => {
  await using sidecar = await createTestSidecar();
  const duels = await hostDuels(await sidecar.connect());
  await expect(duels.join("ps_stolen")).rejects.toMatchObject({ reason: "PLAYER_SESSION_NOT_FOUND" });
});

test("the connection to the sidecar breaks: the duel goes on, and nothing is missed", async () => {
  await using sidecar = await createTestSidecar();
  const duels = await hostDuels(await sidecar.connect());
  const duel = await sidecar.startBattleSession({ teams: { red: 1, blue: 1 }, players: ["ann"] });
  await duels.join(duel.seatOf("ann").playerSessionId);
  await sidecar.cutConnection();
  await duel.end();
  expect(duels.present.size).toBe(1);
  await sidecar.healConnection();
  await sidecar.advance(10_000);
  expect(duels.present.size).toBe(0);
});
