import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createWorld,
  enterWorld,
  FIELD,
  findFighter,
  leaveWorld,
  SPEED_MAX_UNITS_PER_SECOND,
  steer,
  stepWorld,
  TICKS_PER_SECOND,
  type World,
} from "./world.ts";

const reach = SPEED_MAX_UNITS_PER_SECOND / TICKS_PER_SECOND;
const withAnna = enterWorld(createWorld(), { playerId: "anna", team: "red" });
const start = { x: FIELD.width * 0.1, y: FIELD.height / 2 };

const headings = [
  { name: "stands still", direction: { x: 0, y: 0 }, moved: { x: 0, y: 0 } },
  { name: "runs at full speed", direction: { x: 1, y: 0 }, moved: { x: reach, y: 0 } },
  { name: "walks at half speed", direction: { x: 0, y: -0.5 }, moved: { x: 0, y: -reach / 2 } },
  { name: "runs no faster than full speed", direction: { x: 300, y: 400 }, moved: { x: reach * 0.6, y: reach * 0.8 } },
];
for (const { name, direction, moved } of headings) {
  test(`stepWorld(): a fighter ${name}`, () => {
    const position = findFighter(stepWorld(steer(withAnna, "anna", direction)), "anna")?.position;
    expect(position?.x).toBeCloseTo(start.x + moved.x);
    expect(position?.y).toBeCloseTo(start.y + moved.y);
  });
}

test("enterWorld() spreads a team and puts the other one opposite", () => {
  const world = ["a", "b", "c"].reduce((so, playerId) => enterWorld(so, { playerId, team: "red" }), createWorld());
  const both = enterWorld(world, { playerId: "d", team: "blue" });
  expect(new Set(world.fighters.map(({ position }) => position.y)).size).toBe(3);
  expect(findFighter(both, "d")?.position).toEqual({ x: FIELD.width * 0.9, y: FIELD.height / 2 });
});

test("enterWorld() leaves a player who is there where they are", () => {
  const moved = stepWorld(steer(withAnna, "anna", { x: 1, y: 0 }));
  expect(enterWorld(moved, { playerId: "anna", team: "red" })).toEqual(moved);
});

test("leaveWorld() takes one fighter only", () => {
  const world = leaveWorld(enterWorld(withAnna, { playerId: "ben", team: "blue" }), "anna");
  expect(world.fighters.map(({ playerId }) => playerId)).toEqual(["ben"]);
});

type Step = (world: World) => World;
const playerId = fc.constantFrom("a", "b", "c", "d");
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({ playerId, team: fc.constantFrom("red", "blue") })
    .map((player) => (world: World) => enterWorld(world, player)),
  playerId.map((id) => (world: World) => leaveWorld(world, id)),
  fc.record({ playerId, x: fc.double({ noNaN: true }), y: fc.double({ noNaN: true }) }).map(
    ({ playerId: id, x, y }) =>
      (world: World) =>
        steer(world, id, { x, y }),
  ),
  fc.constant(stepWorld),
);

test("whatever happens, everybody is on the field once and nobody outruns the limit", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      let world = createWorld();
      for (const step of steps) {
        const next = step(world);
        for (const { position, playerId: id } of next.fighters) {
          expect(position.x >= 0 && position.x <= FIELD.width && position.y >= 0 && position.y <= FIELD.height).toBe(
            true,
          );
          const before = findFighter(world, id)?.position ?? position;
          expect(Math.hypot(position.x - before.x, position.y - before.y)).toBeLessThanOrEqual(reach + 1e-9);
        }
        expect(new Set(next.fighters.map((fighter) => fighter.playerId)).size).toBe(next.fighters.length);
        world = next;
      }
    }),
  );
});
