// How wide text is in a terminal: names of players are any language's.
import { harmless } from "../harmless-text.ts";

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const NO_WIDTH = /\p{Mark}|\p{Cf}|\p{Variation_Selector}/u;

/** `text`, made harmless, cut to `columns`, with an ellipsis where something is missing. */
export function cutTo(text: string, columns: number): string {
  let width = 0;
  let kept = "";
  let keptWithEllipsis = "";
  for (const character of harmless(text)) {
    width += widthOf(character);
    if (width > columns) return `${keptWithEllipsis}…`;
    kept += character;
    if (width < columns) keptWithEllipsis = kept;
  }
  return kept;
}

function widthOf(character: string): 0 | 1 | 2 {
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
