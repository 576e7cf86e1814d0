import { expect, test } from "vitest";
import { harmless, harmlessOutput } from "./harmless-text.ts";

const rows = [
  { name: "names in any language", text: "ann 安娜 آنا 👩‍🚀", shown: "ann 安娜 آنا 👩‍🚀" },
  { name: "lines and tabs", text: "a\tb\nc", shown: "a\tb\nc" },
  { name: "a clear screen", text: "a\u001b[2Jb", shown: "a\\u001b[2Jb" },
  { name: "a title of the window", text: "\u001b]0;owned\u0007", shown: "\\u001b]0;owned\\u0007" },
  { name: "the same in one byte", text: "\u009b2J", shown: "\\u009b2J" },
  { name: "a line written over", text: "failed\rdone", shown: "failed\\u000ddone" },
  { name: "a name that turns what follows", text: "ann\u202e )nimda(", shown: "ann\\u202e )nimda(" },
  { name: "a name that isolates what follows", text: "ann\u2066", shown: "ann\\u2066" },
];
for (const { name, text, shown } of rows) {
  test(`harmless() of ${name}`, () => expect(harmless(text)).toBe(shown));
}

const printed = [
  { name: "colours", text: "\u001b[1;31mred\u001b[0m\r\n", shown: "\u001b[1;31mred\u001b[0m\n" },
  { name: "a clear screen", text: "\u001b[2J\u001b[31mx", shown: "\\u001b[2J\u001b[31mx" },
  { name: "a link", text: "\u001b]8;;http://evil\u0007x", shown: "\\u001b]8;;http://evil\\u0007x" },
  { name: "a line written over", text: "failed\rdone", shown: "failed\\u000ddone" },
];
for (const { name, text, shown } of printed) {
  test(`harmlessOutput() of ${name}`, () => expect(harmlessOutput(text)).toBe(shown));
}

test("harmless() of a line of JSON means what it meant", () => {
  const value = { playerId: "ann\u202e", data: "\u009b\u007f\u001b" };
  expect(JSON.parse(harmless(JSON.stringify(value)))).toEqual(value);
});
