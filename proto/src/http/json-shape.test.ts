import { expect, test } from "vitest";
import { checkJsonDepth, JSON_DEPTH_MAX } from "./json-shape.ts";

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const rows = [
  { name: "as many lists as may be", text: nested("[", "]", JSON_DEPTH_MAX), isDeep: false },
  { name: "one more", text: nested("[", "]", JSON_DEPTH_MAX + 1), isDeep: true },
  { name: "maps", text: `${'{"a":'.repeat(JSON_DEPTH_MAX + 1)}1`, isDeep: true },
  { name: "lists that never end", text: "[".repeat(1_000_000), isDeep: true },
  { name: "brackets in a text", text: `{"a":"${"[".repeat(100)}"}`, isDeep: false },
  { name: "brackets after an escaped quote", text: `{"a":"\\"${"{".repeat(100)}"}`, isDeep: false },
  { name: "brackets after a text that ends in a backslash", text: `["\\\\",${"[".repeat(100)}`, isDeep: true },
  { name: "many beside one another", text: `[${"[],".repeat(1_000)}[]]`, isDeep: false },
];
for (const { name, text, isDeep } of rows) {
  test(`checkJsonDepth() ${isDeep ? "refuses" : "takes"} ${name}`, () => {
    const check = () => checkJsonDepth(Buffer.from(text));
    if (isDeep) expect(check).toThrow(expect.objectContaining({ metadata: { field: "the body" } }));
    else expect(check).not.toThrow();
  });
}
