import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { bodyDigest } from "./body-digest.ts";

const rows = [
  { name: "a text with quotes", value: 'say "hi" \u2028 ☃', form: '"say \\"hi\\" \u2028 ☃"' },
  { name: "a number, and one that JSON has not", value: [1.5, Number.NaN], form: "[1.5,null]" },
  { name: "bytes as hex", value: { key: new Uint8Array([1, 255]) }, form: '[["key","01ff"]]' },
  {
    name: "entries in the order of their keys",
    value: { b: 1, a: { d: true, c: null } },
    form: '[["a",[["c",null],["d",true]]],["b",1]]',
  },
  { name: "no entry that is undefined", value: { a: undefined, b: [undefined] }, form: '[["b",[null]]]' },
  { name: "nothing of an empty object", value: {}, form: "[]" },
];

for (const { name, value, form } of rows) {
  test(`bodyDigest() is of ${name}`, () => {
    expect(bodyDigest(value)).toBe(hash("sha256", form, "hex"));
  });
}
