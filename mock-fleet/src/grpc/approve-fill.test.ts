// Fills that the game has to approve of: asked once, answered in time or not, and one outcome for ever.
import { expect, test } from "vitest";
import { createFleetWorld, player } from "../fleet-world.ts";

const refused = { reason: "FILL_REFUSED_BY_GAME" };

const answers = [
  { name: "says yes", approves: () => true, isSeated: true },
  { name: "says no", approves: () => false, isSeated: false },
  { name: "is silent", approves: () => undefined, isSeated: false },
];
for (const { name, approves, isSeated } of answers) {
  test(`newcomers ${isSeated ? "get" : "get no"} seats when the game ${name}, and a repeat is answered alike`, async () => {
    const asked: unknown[] = [];
    await using world = await createFleetWorld({
      host: () => ({
        approves: (fill) => {
          asked.push(fill);
          return approves();
        },
      }),
    });
    const session = await world.place();
    const { battleSessionId } = session;
    const fill = { fillId: "fill_1", newcomers: [player("cleo", "red")], approvalTimeoutMs: 100 };
    const twice = [world.fill(session, fill), world.fill(session, fill)]; // Both wait for one answer.
    for (const one of [...twice, world.fill(session, fill)]) {
      if (isSeated) expect((await one).playerSessions).toHaveLength(3);
      else await expect(one).rejects.toMatchObject(refused);
    }
    expect(asked).toEqual([
      {
        fillId: "fill_1",
        ...{ battleSessionId, timeoutMs: 100 },
        newcomers: [{ playerId: "cleo", team: "red", ticketId: "tick_cleo", attributes: { skill: 10 } }],
      },
    ]);
    const later = world.fill(session, fill);
    if (isSeated) expect((await later).playerSessions).toHaveLength(3);
    else await expect(later).rejects.toMatchObject(refused);
    expect(asked).toHaveLength(1);
    expect((await world.describe(battleSessionId)).playerSessions).toHaveLength(isSeated ? 3 : 2);
  });
}

test("a fill that could not be applied anyway is refused without a question", async () => {
  const asked: unknown[] = [];
  await using world = await createFleetWorld({ host: () => ({ approves: (fill) => asked.push(fill) > 0 }) });
  const session = await world.place();
  const approvalTimeoutMs = 100;
  const stale = world.fill(session, {
    newcomers: [player("cleo", "red")],
    expectedRosterVersion: 1,
    approvalTimeoutMs,
  });
  await expect(stale).rejects.toMatchObject({ reason: "ROSTER_VERSION_STALE" });
  const seated = world.fill(session, { newcomers: [player("anna", "red")], approvalTimeoutMs });
  await expect(seated).rejects.toMatchObject({ reason: "PLAYER_ALREADY_SEATED" });
  const unknown = world.fill(session, { battleSessionId: "bs_no", newcomers: [player("x", "red")], approvalTimeoutMs });
  await expect(unknown).rejects.toMatchObject({ reason: "SERVER_SESSION_NOT_FOUND" });
  expect(asked).toEqual([]);
});

test("the roster that counts is that of the game's yes: who left meanwhile makes the fill stale", async () => {
  let leave: () => void = () => undefined;
  await using world = await createFleetWorld({
    host: () => ({
      approves: () => {
        leave();
        return true;
      },
    }),
  });
  const session = await world.place();
  const playerSessionId = session.playerSessions[0]?.playerSessionId ?? "";
  leave = () => void world.hostOf(session).command({ $case: "removeSeat", value: { playerSessionId } });
  const fill = world.fill(session, { newcomers: [player("cleo", "red")], approvalTimeoutMs: 5_000 });
  await expect(fill).rejects.toMatchObject({ reason: "ROSTER_VERSION_STALE" });
});

test("a process whose sidecar is away is silent", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  world.hostOf(session).detach();
  const fill = world.fill(session, { newcomers: [player("cleo", "red")], approvalTimeoutMs: 100 });
  await expect(fill).rejects.toMatchObject(refused);
});

test("the time for an answer has its bounds", async () => {
  await using world = await createFleetWorld();
  const session = await world.place();
  for (const approvalTimeoutMs of [99, 5_001, -1]) {
    const fill = world.fill(session, { newcomers: [player("cleo", "red")], approvalTimeoutMs });
    await expect(fill).rejects.toMatchObject({ reason: "FIELD_INVALID", metadata: { field: "approval_timeout_ms" } });
  }
});
