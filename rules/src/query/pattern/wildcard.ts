// Wildcards: `*` stands for any characters, `?` for one, a line feed aside.
import type { Automaton } from "./automaton.ts";
import { anyCharacterNode, automatonOf, characterNode, type PatternNode } from "./pattern-node.ts";

/** A character of a value, and whether it stands for itself whatever it is. */
export type ValueCharacter = { readonly letter: string; readonly isEscaped: boolean };

/** The automaton of a wildcard; undefined if it is too long. */
export function wildcardAutomaton(characters: readonly ValueCharacter[]): Automaton | undefined {
  const any = anyCharacterNode(false);
  const nodes = characters.map(({ letter, isEscaped }): PatternNode => {
    if (!isEscaped && letter === "*") return { type: "repeat", node: any, min: 0, max: Number.POSITIVE_INFINITY };
    if (!isEscaped && letter === "?") return any;
    return characterNode(letter.codePointAt(0) ?? 0, false);
  });
  return automatonOf({ type: "sequence", nodes });
}

/** The characters of a text in which nothing is escaped. */
export function plainCharacters(text: string): readonly ValueCharacter[] {
  return [...text].map((letter) => ({ letter, isEscaped: false }));
}

/** Whether any of the characters is a wildcard. */
export function hasWildcard(characters: readonly ValueCharacter[]): boolean {
  return characters.some(({ letter, isEscaped }) => !isEscaped && (letter === "*" || letter === "?"));
}
