// JSON texts made from good documents: edited as values, then damaged as bytes, with what only a text can hold.
import fc from "fast-check";
import { type ByteMutation, byteMutations, mutateBytes } from "./mutate-bytes.ts";
import { editJson, type JsonEdit, jsonEdits } from "./mutate-json.ts";

export type JsonInput = {
  readonly document: unknown;
  readonly edits: readonly JsonEdit[];
  /** Put in place of a number of the text. */
  readonly number: string;
  readonly damage: readonly ByteMutation[];
};

/** Numbers that are JSON and hardly a number. */
const oddNumbers = [
  "1e400",
  "-1e400",
  "-0",
  "9007199254740993",
  "1".repeat(400),
  `0.${"0".repeat(400)}1`,
  "1E+2",
  "NaN",
];

/** Inputs made from `documents`; `words` are values that are good somewhere in them. */
export function jsonInput(documents: fc.Arbitrary<unknown>, words: readonly unknown[]): fc.Arbitrary<JsonInput> {
  return fc.record({
    document: documents,
    edits: jsonEdits(words),
    number: fc.oneof(
      { weight: 6, arbitrary: fc.constant("") },
      { weight: 1, arbitrary: fc.constantFrom(...oddNumbers) },
    ),
    damage: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: byteMutations }),
  });
}

/** The text that an input stands for. */
export function textOf({ document, edits, number, damage }: JsonInput): string {
  const text = JSON.stringify(editJson(document, edits)) ?? "";
  const numbered = number === "" ? text : text.replace(/(?<=[:[,])\d+/, number);
  return Buffer.from(mutateBytes(Buffer.from(numbered), damage)).toString("utf8");
}
