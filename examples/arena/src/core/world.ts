// The battle itself: fighters on a field who run where they are steered. Pure and in fixed steps, so that the same inputs
// at the same ticks always give the same battle.

/** Steps of the world in a second; every constant of motion below is per second. */
export const TICKS_PER_SECOND = 20;

/** The field reaches from 0 to `width` and from 0 to `height`, in units. A fighter is a point that never leaves it. */
export const FIELD = { width: 1_000, height: 600 } as const;

/** How fast a fighter runs at full tilt. A client that asks for more runs at this speed. */
export const SPEED_MAX_UNITS_PER_SECOND = 200;

/** A point of the field in units, or a direction where 1 is full speed. */
export type Vector = { readonly x: number; readonly y: number };

export type Fighter = {
  readonly playerId: string;
  readonly team: string;
  readonly position: Vector;
  /** Where the player steers: at most 1 long; {0, 0} stands still. */
  readonly heading: Vector;
};

export type World = {
  /** Steps since the battle began. */
  readonly tick: number;
  /** In the order in which they came. */
  readonly fighters: readonly Fighter[];
};

/** A field without fighters, at tick 0. */
export function createWorld(): World {
  return { tick: 0, fighters: [] };
}

/**
 * Puts the player on the field, on the side of their team: "red" on the left, any other on the right, spread from the
 * middle outwards by how many of the team are there. A player who is there already stays where they are.
 */
export function enterWorld(world: World, player: { readonly playerId: string; readonly team: string }): World {
  if (findFighter(world, player.playerId)) return world;
  const before = world.fighters.filter(({ team }) => team === player.team).length;
  const position = { x: FIELD.width * (player.team === "red" ? 0.1 : 0.9), y: FIELD.height * spawnRatio(before) };
  const fighter: Fighter = { playerId: player.playerId, team: player.team, position, heading: STILL };
  return { ...world, fighters: [...world.fighters, fighter] };
}

/** Takes the player off the field. No effect on somebody who is not there. */
export function leaveWorld(world: World, playerId: string): World {
  return { ...world, fighters: world.fighters.filter((fighter) => fighter.playerId !== playerId) };
}

/** Turns the player: directions longer than 1 are shortened to 1. No effect on somebody who is not there. */
export function steer(world: World, playerId: string, direction: Vector): World {
  const heading = shorten(direction);
  const turn = (fighter: Fighter) => (fighter.playerId === playerId ? { ...fighter, heading } : fighter);
  return { ...world, fighters: world.fighters.map(turn) };
}

/** The world one tick later: everybody moves along their heading and stops at the edge of the field. */
export function stepWorld(world: World): World {
  const reach = SPEED_MAX_UNITS_PER_SECOND / TICKS_PER_SECOND;
  const move = (fighter: Fighter): Fighter => ({
    ...fighter,
    position: {
      x: clamp(fighter.position.x + fighter.heading.x * reach, FIELD.width),
      y: clamp(fighter.position.y + fighter.heading.y * reach, FIELD.height),
    },
  });
  return { tick: world.tick + 1, fighters: world.fighters.map(move) };
}

/** The player's fighter, if they are on the field. */
export function findFighter(world: World, playerId: string): Fighter | undefined {
  return world.fighters.find((fighter) => fighter.playerId === playerId);
}

const STILL: Vector = { x: 0, y: 0 };

/** 1/2, 1/4, 3/4, 1/8, 3/8 …: fair places for any number of fighters (van der Corput's sequence). */
function spawnRatio(index: number): number {
  let ratio = 0;
  let place = 0.5;
  for (let rest = index + 1; rest > 0; rest = Math.floor(rest / 2)) {
    ratio += place * (rest % 2);
    place /= 2;
  }
  return ratio;
}

function shorten(direction: Vector): Vector {
  const length = Math.hypot(direction.x, direction.y);
  return length <= 1 ? direction : { x: direction.x / length, y: direction.y / length };
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max);
}
