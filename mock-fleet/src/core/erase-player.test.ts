import type { BackfillId, ErasureId, PlayerId } from "@muster/proto";
import { expect, test } from "vitest";
import { createSession } from "./create-session.ts";
import { decideErasePlayer, playersOf } from "./erase-player.ts";
import { applyFill } from "./fill.ts";
import { creationOf } from "./random-history.fixture.ts";
import { createRehearsal, playerToSeat, type Rehearsal } from "./rehearsal.ts";

const erasure = { erasureId: "er_1" as ErasureId, playerId: "anna" as PlayerId, playerDigest: "digest" };
const erase = (world: Rehearsal) => world.act((state) => decideErasePlayer(state, erasure));

const refused = [
  { name: "whose placement waits", arrange: (world: Rehearsal) => void world.place() },
  {
    name: "whose session is being made",
    arrange(world: Rehearsal) {
      world.readyAll();
      world.place();
    },
  },
  { name: "who has a seat", arrange: (world: Rehearsal) => void world.placeActive() },
];
for (const { name, arrange } of refused) {
  test(`decideErasePlayer() refuses a player ${name}, and changes nothing`, () => {
    const world = createRehearsal();
    arrange(world);
    const facts = world.facts.length;
    expect(() => erase(world)).toThrow(expect.objectContaining({ reason: "PLAYER_SEATED" }));
    expect(world.facts.length).toBe(facts);
  });
}

/** Anna has played with Ben and gone, a fill has come since, another was refused as she was there. */
function played(): Rehearsal {
  const world = createRehearsal();
  const { processId, battleSessionId, playerSessions } = world.placeActive();
  const playerSessionId = playerSessions[0]?.playerSessionId;
  if (!playerSessionId) throw new Error("no seat");
  const secrets = { reconnectSecret: undefined, givenReconnectSecret: undefined };
  world.command(processId, { type: "accept-seat", playerSessionId, requestId: "r1", ...secrets });
  const fill = (fillId: string, playerId: string) => {
    const newcomers = [playerToSeat(playerId, "red")];
    const backfill = { backfillId: "bf" as BackfillId, state: "SEARCHING", strategy: "MAX_POSSIBLE" } as const;
    const rest = { addPlayers: {}, progress: [], cause: undefined, noLegalFill: false };
    const { rosterVersion } = world.sessionFor([...world.state.placements.keys()][0] ?? ("" as never));
    const asked = {
      ...{ fillId, sessionId: battleSessionId, expectedRosterVersion: rosterVersion, newcomers },
      ...{ backfill: { ...backfill, ...rest }, toleratesLeavers: false },
    };
    world.decide((state, moment) =>
      applyFill(state, { fill: asked, bodyDigest: fillId, check: () => undefined }, moment),
    );
  };
  fill("f1", "cleo");
  fill("f2", "anna");
  world.command(processId, { type: "remove-seat", playerSessionId });
  return world;
}

test("an erased player is in nothing that is remembered, and the others are", () => {
  const world = played();
  const shown = () =>
    JSON.stringify(world.state, (_, value) =>
      value instanceof Map || value instanceof Set ? [...value] : (value as unknown),
    );
  expect(shown()).toContain('"anna"');
  erase(world);
  expect(shown()).not.toContain('"anna"');
  for (const other of ["ben", "cleo"]) expect(shown()).toContain(`"${other}"`);
  expect([...world.state.erasures]).toEqual([["er_1", "digest"]]);
});

test("every record that names the player is known", () => {
  const world = played();
  erase(world);
  const silent = world.facts.filter((fact) => !playersOf(fact).includes("anna"));
  expect(JSON.stringify(silent)).not.toContain('"anna"');
  expect(world.facts.length - silent.length).toBe(7);
});

test("a creator is erased from the sessions created, those that live too, and from what is counted", () => {
  const world = createRehearsal({ fleets: [{ processes: 2 }] });
  world.readyAll();
  for (const creatorId of ["anna", "ben"]) {
    const creation = creationOf({ creatorId });
    world.decide((state, moment) => createSession(state, { creation, bodyDigest: creatorId }, moment));
  }
  erase(world);
  expect([...world.state.sessions.values()].map(({ battle }) => battle.creatorId)).toEqual([undefined, "ben"]);
  expect([...world.state.creations.keys()]).toEqual(["eu ben"]);
  expect(world.facts.filter((fact) => playersOf(fact).includes("anna")).map(({ type }) => type)).toEqual([
    "session-started",
    "player-erased",
  ]);
});

test("a player of whom nobody heard is erased all the same: the journal may still know the player", () => {
  const world = createRehearsal();
  erase(world);
  expect(world.facts.at(-1)).toEqual({ type: "player-erased", ...erasure });
});
