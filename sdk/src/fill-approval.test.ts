import type { ProposedFill } from "@muster/proto/session";
import { expect, test } from "vitest";
import type { ApproveFillHandler } from "./fill-approval.ts";
import { startBattle, startGame } from "./scripted-game.fixture.ts";

const proposed: { readonly $case: "fillProposed"; readonly value: ProposedFill } = {
  $case: "fillProposed",
  value: {
    ...{ fillId: "fill_1", battleSessionId: "bs_1", timeoutMs: 500 },
    newcomers: [{ playerId: "cleo", team: "red", ticketId: "tick_cleo", attributes: { skill: 7 } }],
  },
};

const rows: readonly {
  readonly name: string;
  readonly handler?: ApproveFillHandler;
  readonly approved: boolean;
  readonly reported: number;
}[] = [
  { name: "let in by a handler that says true", handler: () => true, approved: true, reported: 0 },
  { name: "let in by one that says so later", handler: async () => true, approved: true, reported: 0 },
  { name: "turned away by false", handler: () => false, approved: false, reported: 0 },
  {
    name: "turned away by anything else",
    handler: (() => "yes") as unknown as ApproveFillHandler,
    approved: false,
    reported: 1,
  },
  {
    name: "turned away by an error",
    handler: () => {
      throw new Error("no list");
    },
    approved: false,
    reported: 1,
  },
  {
    name: "turned away when the handler hangs",
    handler: () => new Promise(() => undefined),
    approved: false,
    reported: 1,
  },
  { name: "turned away where there is no handler", approved: false, reported: 1 },
];
for (const { name, handler, approved, reported } of rows) {
  test(`newcomers are ${name}`, async () => {
    await using game = await startGame();
    await startBattle(game);
    if (handler) game.sidecar.approveFill(handler);
    game.script.send(proposed);
    await game.clock.advance(510);
    const answers = game.script.callsOf("answerFill").map(({ request }) => request);
    expect(answers).toEqual([{ fillId: "fill_1", approved }]);
    expect(game.errors.map(({ context }) => context.where)).toEqual(Array(reported).fill("approveFill"));
  });
}

test("the handler sees the session and who would come, with team and attributes", async () => {
  await using game = await startGame();
  await startBattle(game);
  const seen: unknown[] = [];
  game.sidecar.approveFill(({ session, newcomers }) => seen.push([session.battleSessionId, newcomers]) > 0);
  game.script.send(proposed);
  await game.settle();
  const cleo = { playerId: "cleo", team: "red", ticketId: "tick_cleo", attributes: { skill: 7 } };
  expect(seen).toEqual([["bs_1", [cleo]]]);
});

test("newcomers of a session that the game has not heard of are turned away", async () => {
  await using game = await startGame();
  game.sidecar.approveFill(() => true);
  game.script.send(proposed);
  await game.settle();
  expect(game.script.callsOf("answerFill").map(({ request }) => request)).toEqual([
    { fillId: "fill_1", approved: false },
  ]);
});
