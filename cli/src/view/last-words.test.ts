import { expect, test } from "vitest";
import { lastWordsOf, wasAsked } from "./last-words.ts";

const rows = [
  {
    name: "a mistake in a file, without where Node and packages were",
    text: "file:///g/server.js:7\nsyntax error (\n       ^\n\nSyntaxError: oh\n    at x (node:internal/modules:1:2)\n    at y (/g/node_modules/ws/z.js:1:2)\n\nNode.js v24.1.0\n",
    words: ["file:///g/server.js:7", "syntax error (", "       ^", "SyntaxError: oh"],
  },
  {
    name: "what the game said, not its sidecar",
    text: '{"level":"info","time":"t","service":"sidecar","msg":"Attached"}\n{"level":"error","msg":"of the game"}\n',
    words: ['{"level":"error","msg":"of the game"}'],
  },
  {
    name: "the last eight lines",
    text: "1\n2\n3\n4\n5\n6\n7\n8\n9\n10",
    words: ["3", "4", "5", "6", "7", "8", "9", "10"],
  },
  { name: "no colours", text: "\u001b[31mred\u001b[0m", words: [" red"] },
  { name: "nothing of who said nothing", text: "\n", words: [] },
];
for (const { name, text, words } of rows)
  test(`lastWordsOf() is ${name}`, () => expect(lastWordsOf(text)).toEqual(words));

for (const { reason, asked } of [
  { reason: "exit 0", asked: true },
  { reason: "FILES_CHANGED", asked: true },
  { reason: undefined, asked: true },
  { reason: "exit 1", asked: false },
  { reason: "SIGKILL", asked: false },
  { reason: "UNHEALTHY", asked: false },
]) {
  test(`wasAsked() is ${asked} for ${reason}`, () => expect(wasAsked(reason)).toBe(asked));
}
