import { expect, test } from "vitest";
import { closestWord } from "./closest-word.ts";

const guesses = [
  { text: "proceses", meant: "processes" },
  { text: "PROCESSES", meant: "processes" },
  { text: "prots", meant: "ports" },
  { text: "prot", meant: undefined }, // Two slips of five letters.
  { text: "zzz", meant: undefined },
  { text: "", meant: undefined },
  { text: "p".repeat(1_000_000), meant: undefined },
];
for (const { text, meant } of guesses) {
  test(`closestWord() takes ${text.slice(0, 20)} for ${meant}`, () => {
    expect(closestWord(text, ["processes", "ports"])).toBe(meant);
  });
}
