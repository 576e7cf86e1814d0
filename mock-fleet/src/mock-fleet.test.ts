import { expect, test } from "vitest";
import { createFleetWorld } from "./fleet-world.ts";

test("a placement becomes a session with reserved seats on a ready process", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  expect(session).toMatchObject({ state: "ACTIVE", revision: 2, rosterVersion: 2, region: "eu" });
  expect(session.playerSessions.map(({ playerId, team, state }) => [playerId, team, state])).toEqual([
    ["anna", "red", "RESERVED"],
    ["ben", "blue", "RESERVED"],
  ]);
  const host = world.hostOf(session);
  await host.until(() => host.sessions.get(session.battleSessionId)?.revision === 2);
  expect(host.sessions.get(session.battleSessionId)).toEqual(session);
});
