import { expect, test } from "vitest";
import { findUnfit } from "./find-unfit.ts";

/** Whatever has no 7 in it. */
const fits = (part: unknown) => !JSON.stringify(part).includes("7");
const rows = [
  { name: "nothing", json: { a: 1, b: [2] }, path: undefined },
  { name: "a field", json: { a: 1, b: 7 }, path: "b" },
  { name: "an item of a list in a map", json: { a: 1, b: [{ c: 1 }, { c: { d: 7 } }] }, path: "b[1].c.d" },
  { name: "the first of two", json: { a: [7], b: 7 }, path: "a[0]" },
  { name: "nothing beyond the thousandth", json: { a: [...Array(1_000).fill(1), 7] }, path: "a" },
] as const;
for (const { name, json, path } of rows) {
  test(`findUnfit() finds ${name}`, () => {
    expect(findUnfit(json, fits)).toBe(path);
  });
}
