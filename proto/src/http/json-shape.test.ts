import { expect, test } from "vitest";
import { checkJsonShape, JSON_DEPTH_MAX, JSON_KEYS_MAX, JSON_VALUES_MAX } from "./json-shape.ts";

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const mapOf = (keys: number, value = "1") =>
  `{${Array.from({ length: keys }, (_, index) => `"k${index}":${value}`).join()}}`;
const rows = [
  { name: "as many lists as may be", text: nested("[", "]", JSON_DEPTH_MAX), isRefused: false },
  { name: "one more", text: nested("[", "]", JSON_DEPTH_MAX + 1), isRefused: true },
  { name: "maps", text: `${'{"a":'.repeat(JSON_DEPTH_MAX + 1)}1`, isRefused: true },
  { name: "lists that never end", text: "[".repeat(1_000_000), isRefused: true },
  { name: "brackets in a text", text: `{"a":"${"[".repeat(100)}"}`, isRefused: false },
  { name: "brackets after an escaped quote", text: `{"a":"\\"${"{".repeat(100)}"}`, isRefused: false },
  { name: "brackets after a text that ends in a backslash", text: `["\\\\",${"[".repeat(100)}`, isRefused: true },
  { name: "many beside one another", text: `[${"[],".repeat(1_000)}[]]`, isRefused: false },
  { name: "more ends than beginnings", text: "]]]]".repeat(100), isRefused: false },
  { name: "as many keys as may be", text: mapOf(JSON_KEYS_MAX), isRefused: false },
  { name: "one key more", text: mapOf(JSON_KEYS_MAX + 1), isRefused: true },
  {
    name: "as many keys in each of two maps",
    text: `[${mapOf(JSON_KEYS_MAX)},${mapOf(JSON_KEYS_MAX)}]`,
    isRefused: false,
  },
  { name: "a map's keys after a list in it", text: mapOf(JSON_KEYS_MAX + 1, "[1,2]"), isRefused: true },
  { name: "many maps of as many keys as players bring", text: `[${`${mapOf(64)},`.repeat(200)}1]`, isRefused: false },
  { name: "many maps of many keys", text: `[${`${mapOf(500)},`.repeat(10)}1]`, isRefused: true },
  { name: "as many values as may be", text: `[${"1,".repeat(JSON_VALUES_MAX - 2)}1]`, isRefused: false },
  { name: "one value more", text: `[${"1,".repeat(JSON_VALUES_MAX - 1)}1]`, isRefused: true },
];
for (const { name, text, isRefused } of rows) {
  test(`checkJsonShape() ${isRefused ? "refuses" : "takes"} ${name}`, () => {
    const check = () => checkJsonShape(Buffer.from(text));
    if (isRefused) expect(check).toThrow(expect.objectContaining({ metadata: { field: "the body" } }));
    else expect(check).not.toThrow();
  });
}
