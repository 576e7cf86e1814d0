// A hint for a misspelt word: most errors in rule sets are one slip of the finger.
import { closestWord } from "@muster/kit";

/** `: did you mean "maxPlayers"?` when one of `words` is close to `text`, else nothing. */
export function didYouMean(text: string, words: Iterable<string>): string {
  const meant = closestWord(text, words);
  return meant === undefined ? "" : `: did you mean "${meant}"?`;
}
