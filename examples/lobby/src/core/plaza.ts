// Where the guests are: a plaza of nine squares, three by three, on which everybody strolls one square at a time. Pure.

/** Squares in a row, and rows. */
export const PLAZA_SIDE = 3;

/** A step: each of -1, 0, 1. */
export type Step = { readonly x: number; readonly y: number };

/** The square of each guest, 0 to 8, row by row. */
export type Plaza = ReadonlyMap<string, number>;

/** Puts the guest on the middle square. No effect on one who is there already. */
export function enterPlaza(plaza: Plaza, guest: string): Plaza {
  const middle = Math.floor((PLAZA_SIDE * PLAZA_SIDE) / 2);
  return plaza.has(guest) ? plaza : new Map(plaza).set(guest, middle);
}

/** Takes the guest off the plaza. No effect on one who is not there. */
export function leavePlaza(plaza: Plaza, guest: string): Plaza {
  const left = new Map(plaza);
  left.delete(guest);
  return left;
}

/** Moves the guest to the next square that way; stays at the edge. No effect on one who is not there. */
export function stroll(plaza: Plaza, guest: string, step: Step): Plaza {
  const square = plaza.get(guest);
  if (square === undefined) return plaza;
  const column = clamp((square % PLAZA_SIDE) + Math.sign(step.x));
  const row = clamp(Math.floor(square / PLAZA_SIDE) + Math.sign(step.y));
  return new Map(plaza).set(guest, row * PLAZA_SIDE + column);
}

/** How many stand on each square, row by row. */
export function countSquares(plaza: Plaza): readonly number[] {
  const counts = Array.from({ length: PLAZA_SIDE * PLAZA_SIDE }, () => 0);
  for (const square of plaza.values()) counts[square] = (counts[square] ?? 0) + 1;
  return counts;
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), PLAZA_SIDE - 1);
}
