// Validators of a game: what they turn values into, what a mismatch does, and that the types follow them.
import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { createTestSidecar } from "./testing/test-sidecar.ts";
import type { Validator } from "./validators.ts";

const validators = {
  properties: z.object({ map: z.enum(["dust", "ice"]), rounds: z.coerce.number() }),
  attributes: z.object({ skill: z.number(), roles: z.array(z.string()).default([]) }),
};

test("properties and attributes are what the validators make of them, and have their types", async () => {
  await using sidecar = await createTestSidecar();
  const game = await sidecar.connect(validators);
  await game.processReady();
  const player = { playerId: "ann", attributes: { skill: 5 } };
  game.onStartBattleSession((session) => {
    expectTypeOf(session.properties).toEqualTypeOf<{ map: "dust" | "ice"; rounds: number }>();
    return session.activate();
  });
  const battle = await sidecar.startBattleSession({ properties: { map: "ice", rounds: "3" }, players: [player] });
  const { session, player: ann } = await game.acceptPlayerSession(battle.seatOf("ann").playerSessionId);
  expect(session.properties).toEqual({ map: "ice", rounds: 3 });
  expectTypeOf(ann.attributes).toEqualTypeOf<{ skill: number; roles: string[] }>();
  expect(ann.attributes).toEqual({ skill: 5, roles: [] });
  expect(ann.session.players[0]?.attributes.skill).toBe(5);
});

test("without validators both are as they come", async () => {
  await using sidecar = await createTestSidecar();
  const game = await sidecar.connect();
  expectTypeOf(game.sessions[0]?.properties).toEqualTypeOf<Readonly<Record<string, string>> | undefined>();
});

test("a mismatch is reported once, with its path, and the value handed on", async () => {
  await using sidecar = await createTestSidecar();
  const game = await sidecar.connect(validators);
  const reported: unknown[] = [];
  game.onError((error, { battleSessionId }) => reported.push([(error as Error).message, battleSessionId]));
  game.onStartBattleSession((session) => session.activate());
  await game.processReady();
  const players = ["ann", "ben"].map((playerId) => ({ playerId, attributes: { skill: "high" } }));
  const battle = await sidecar.startBattleSession({ properties: { map: "moon", rounds: "3" }, players });
  expect(game.sessions[0]?.properties).toEqual({ map: "moon", rounds: "3" });
  expect(game.sessions[0]?.players.map(({ attributes }) => attributes)).toEqual([{ skill: "high" }, { skill: "high" }]);
  expect(reported).toEqual([
    [expect.stringMatching(/^Cannot read properties\.map as its type says: /), battle.battleSessionId],
    [expect.stringMatching(/^Cannot read attributes\.skill as its type says: /), battle.battleSessionId],
  ]);
});

const odd: readonly { name: string; validate: Validator<unknown>["~standard"]["validate"]; says: RegExp }[] = [
  { name: "answers with a promise", validate: async (value) => ({ value }), says: /properties.*at once/ },
  {
    name: "throws",
    validate: () => {
      throw new Error("no luck");
    },
    says: /its validator threw: Error: no luck/,
  },
  {
    name: "names a path by segments",
    validate: () => ({ issues: [{ message: "odd", path: [{ key: "map" }, 0] }] }),
    says: /properties\.map\.0 as its type says: odd/,
  },
];
for (const { name, validate, says } of odd) {
  test(`a validator that ${name} is reported, and the battle goes on`, async () => {
    await using sidecar = await createTestSidecar();
    const game = await sidecar.connect({ properties: { "~standard": { version: 1, vendor: "test", validate } } });
    const reported: string[] = [];
    game.onError((error) => reported.push((error as Error).message));
    game.onStartBattleSession((session) => session.activate());
    await game.processReady();
    const battle = await sidecar.startBattleSession({ properties: { map: "ice" } });
    expect(battle.session.state).toBe("ACTIVE");
    expect(reported).toEqual([expect.stringMatching(says)]);
  });
}
