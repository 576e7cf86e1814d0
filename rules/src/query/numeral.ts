// Numbers as texts in queries.

const FORM = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The finite number that the whole of `text` is in decimal, with an exponent or without; undefined for every other text. */
export function parseNumeral(text: string): number | undefined {
  if (!FORM.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
