// A look at JSON text before it is parsed: whoever walks a parsed value may run out of stack, and of two equal keys only the
// last is left to see, so that half of a document can be gone without a word.

export type JsonScan = {
  /** Lists and objects in one another. */
  readonly depth: number;
  /** The JSON path of the first key that its object has already; undefined if there is none. */
  readonly repeatedKey: string | undefined;
};

type Level = { readonly keys: Set<string> | undefined; at: string };

/** In one pass, without recursion. Text that is no JSON is looked through as far as it resembles any. */
export function scanJson(text: string): JsonScan {
  const levels: Level[] = [];
  let deepest = 0;
  let repeatedKey: string | undefined;
  for (let position = 0; position < text.length; position += 1) {
    const sign = text[position];
    const level = levels.at(-1);
    if (sign === '"') {
      const end = endOfString(text, position);
      if (level?.keys && isKey(text, end)) {
        level.at = keyOf(text.slice(position, end));
        if (level.keys.has(level.at)) repeatedKey ??= pathOf(levels);
        level.keys.add(level.at);
      }
      position = end - 1;
    } else if (sign === "[" || sign === "{") {
      levels.push({ keys: sign === "{" ? new Set() : undefined, at: "0" });
      deepest = Math.max(deepest, levels.length);
      if (deepest > DEPTH_SEEN_MAX) break;
    } else if (sign === "]" || sign === "}") levels.pop();
    else if (sign === "," && level && !level.keys) level.at = String(Number(level.at) + 1);
  }
  return { depth: deepest, repeatedKey };
}

/** Nobody accepts more: what comes behind it is no longer looked at. */
const DEPTH_SEEN_MAX = 1_000;

/** The position behind the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let position = start + 1; position < text.length; position += 1) {
    if (text[position] === "\\") position += 1;
    else if (text[position] === '"') return position + 1;
  }
  return text.length;
}

function isKey(text: string, from: number): boolean {
  let position = from;
  while (" \t\n\r".includes(text[position] ?? "x")) position += 1;
  return text[position] === ":";
}

/** Keys that are spelt in two ways are one key. */
function keyOf(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted; // No JSON: whoever parses the text says so.
  }
}

function pathOf(levels: readonly Level[]): string {
  return `$${levels.map(({ keys, at }) => (keys ? stepTo(at) : `[${at}]`)).join("")}`;
}

/** How a JSON path goes on to a key. */
export function stepTo(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(key) ? `.${key}` : `[${JSON.stringify(key.slice(0, 64))}]`;
}
