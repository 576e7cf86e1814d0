import { expect, test } from "vitest";
import { countSquares, enterPlaza, leavePlaza, type Step, stroll } from "./plaza.ts";

const anna = enterPlaza(new Map(), "anna");

const walks: readonly { readonly name: string; readonly steps: readonly Step[]; readonly square: number }[] = [
  { name: "stays in the middle", steps: [], square: 4 },
  { name: "goes one square, however hard it is pushed", steps: [{ x: 0.2, y: 0 }], square: 5 },
  { name: "goes across", steps: [{ x: -1, y: -1 }], square: 0 },
  { name: "stops at the edge", steps: [0, 1, 2].map(() => ({ x: 0, y: 9 })), square: 7 },
];
for (const { name, steps, square } of walks) {
  test(`a guest ${name}`, () => {
    const plaza = steps.reduce((at, step) => stroll(at, "anna", step), anna);
    expect(countSquares(plaza).indexOf(1)).toBe(square);
  });
}

test("guests come once, and go for good", () => {
  const both = enterPlaza(enterPlaza(anna, "ben"), "anna");
  expect(countSquares(both)[4]).toBe(2);
  expect([...leavePlaza(both, "anna").keys()]).toEqual(["ben"]);
  expect(stroll(leavePlaza(anna, "anna"), "anna", { x: 1, y: 0 }).size).toBe(0);
});
