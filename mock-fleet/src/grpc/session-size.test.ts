// The size of a session is counted from its parts, each measured once: it is the size that it has as a whole.
import { writeBattleSession } from "@muster/proto";
import { BattleSession } from "@muster/proto/session";
import { expect, test } from "vitest";
import { createFleetWorld, player } from "../fleet-world.ts";
import { sessionBytes } from "./session-size.ts";

test("sessionBytes() is what the session takes on the wire, before and after a fill", async () => {
  await using world = await createFleetWorld();
  const { battleSessionId } = await world.place();
  const before = await world.describe(battleSessionId);
  const after = await world.fill(before, { newcomers: [player("a".repeat(100), "red")] });
  for (const session of [{ ...before, playerSessions: [] }, before, after, after]) {
    expect(sessionBytes(session)).toBe(BattleSession.encode(writeBattleSession(session)).finish().length);
  }
});
