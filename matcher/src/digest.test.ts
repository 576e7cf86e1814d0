import { createSeededRandom } from "@muster/kit";
import { expect, test } from "vitest";
import { canonicalJson } from "./digest.ts";

/** What it always was: digests of it stand in journals. */
function asLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asLists);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.keys(fields)
    .toSorted()
    .map((key) => [key, asLists(fields[key])]);
}

const rows = [
  { name: "sorts keys", value: { b: 1, a: 2 }, text: '[["a",2],["b",1]]' },
  { name: "writes what is absent as null inside", value: { team: undefined, list: [undefined] }, text: undefined },
  { name: "writes nothing for nothing", value: undefined, text: "" },
  { name: "escapes what JSON escapes", value: ['"', "\\", "\n", "\u007f", "é", "\u2028", "\ud800"], text: undefined },
  { name: "writes numbers as JSON does", value: [-0, 1e21, 0.1, -5e-324, Number.NaN, 1 / 0], text: undefined },
  { name: "tells empty things apart", value: [{}, [], "", null, true, false, [[]], [{}]], text: undefined },
];

for (const { name, value, text } of rows) {
  test(`canonicalJson() ${name}`, () => {
    expect(canonicalJson(value)).toBe(text ?? JSON.stringify(asLists(value)));
  });
}

test("canonicalJson() writes what JSON.stringify() writes of the same lists, for any value", () => {
  const random = createSeededRandom(7);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.fraction() * items.length)] as Item;
  const leaves = ["", "a", "Ä", '"', "\\u0041", "[", "]", ",", "[[", 0, -0, 1.5, 1e300, true, null, undefined];
  const draw = (depth: number): unknown => {
    const kind = depth === 0 ? 0 : random.fraction();
    if (kind < 0.4) return pick(leaves);
    const items = Array.from({ length: Math.floor(random.fraction() * 4) }, () => draw(depth - 1));
    if (kind < 0.7) return items;
    return Object.fromEntries(items.map((item) => [String(pick(leaves)), item]));
  };
  for (let count = 0; count < 2_000; count += 1) {
    const value = [draw(4)];
    expect(canonicalJson(value)).toBe(JSON.stringify(asLists(value)));
  }
});
