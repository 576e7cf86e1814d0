import { createSeededRandom } from "@muster/kit";
import type { ErasureId, PlayerId } from "@muster/proto";
import { expect, test } from "vitest";
import { decideErasePlayer, playersOf } from "./erase-player.ts";
import { type Box, createBox } from "./random-history.fixture.ts";

/** Players p1 and p2, in a ticket each, as far as `steps` brings them. */
function boxAfter(steps: (box: Box["steps"]) => void): Box {
  const box = createBox(createSeededRandom(1));
  box.steps.queue(1, 1);
  box.steps.queue(1, 2);
  steps(box.steps);
  return box;
}

const erasure = { erasureId: "er_1" as ErasureId, playerId: "p1" as PlayerId, playerDigest: "digest" };

const place = (box: Box["steps"]) => {
  box.round();
  box.placement(1);
};

const refused = [
  { name: "waits for a match", steps: () => undefined, sees: true, reason: "PLAYER_IN_LIVE_TICKET" },
  { name: "is being placed", steps: (box: Box["steps"]) => box.round(), sees: true, reason: "PLAYER_IN_LIVE_TICKET" },
  { name: "sits in a battle", steps: place, sees: true, reason: "PLAYER_SEATED" },
  { name: "sits in a battle that the fleet does not show", steps: place, sees: false, reason: "PLAYER_SEATED" },
] as const;
for (const { name, steps, sees, reason } of refused) {
  test(`decideErasePlayer() refuses a player who ${name}`, () => {
    const { state, sessions } = boxAfter(steps);
    const decide = () => decideErasePlayer(state, erasure, (id) => (sees ? sessions.get(id) : undefined));
    expect(decide).toThrow(expect.objectContaining({ reason }));
  });
}

test("decideErasePlayer() waits for battles that the fleet does not show: anybody may sit there without a ticket", () => {
  const { state, sessions } = boxAfter(place);
  const other = { ...erasure, playerId: "guest" as PlayerId };
  const decide = (find: Parameters<typeof decideErasePlayer>[2]) => decideErasePlayer(state, other, find);
  expect(() => decide(() => undefined)).toThrow(expect.objectContaining({ reason: "SERVICE_NOT_READY" }));
  expect(decide((id) => sessions.get(id))).toHaveLength(1);
});

const allowed = [
  {
    name: "whose battle has ended",
    steps: (box: Box["steps"]) => {
      place(box);
      box.end();
    },
  },
  {
    name: "whose search has ended",
    steps: (box: Box["steps"]) => box.wait(60_000),
  },
];
for (const { name, steps } of allowed) {
  test(`a player is erased ${name}, from whatever was told of the player and of others`, () => {
    const { state, journal, steps: take } = boxAfter(steps);
    take.erase(1);
    expect(state.erasures.size).toBe(1);
    const { list, from, until } = state.events.capture();
    const shown = JSON.stringify([...state.tickets.values(), ...list.slice(from, until)]);
    expect(shown).not.toMatch(/"p1"|"ps_p1"/);
    expect(shown).toContain('"p2"');
    expect(
      journal.filter(({ fact }) => playersOf(fact).includes(erasure.playerId)).map(({ fact }) => fact.type),
    ).toEqual(expect.arrayContaining(["ticket-created", "player-erased"]));
  });
}

test("a player is erased who refused a match, from what the others were told of it", () => {
  const box = createBox(createSeededRandom(1));
  // Of a configuration that asks for acceptance.
  for (const seed of [24, 25]) box.steps.queue(1, seed);
  box.steps.round();
  box.steps.answer(0);
  const tickets = [...box.state.tickets.values()].map(({ ticket }) => ticket);
  const refused = tickets.find(({ state }) => state.phase === "CANCELLED")?.players[0]?.playerId ?? "";
  expect(tickets.map(({ state }) => state.phase).toSorted()).toEqual(["CANCELLED", "SEARCHING"]);
  const told = () => {
    const { list, from, until } = box.state.events.capture();
    return JSON.stringify([...box.state.tickets.values(), ...list.slice(from, until)]).includes(`"${refused}"`);
  };
  expect(told()).toBe(true);
  box.steps.erase(Number(refused.slice(1)));
  expect(told()).toBe(false);
});

test("a player of whom nobody heard is erased all the same: the journal may still know the player", () => {
  const { state } = boxAfter(() => undefined);
  const unknown = { ...erasure, playerId: "p30" as PlayerId };
  expect(decideErasePlayer(state, unknown, () => undefined)).toEqual([{ type: "player-erased", ...unknown }]);
});
