// Inputs as text, for the corpus and for whoever repeats a finding: JSON, with bytes as base64 under one key.
const BYTES_KEY = "$base64";

/** `input`, made of JSON values and byte arrays, as text that `readInput` reads. */
export function writeInput(input: unknown): string {
  return `${JSON.stringify(toJson(input), undefined, 1)}\n`;
}

/** What `writeInput` wrote. @throws {SyntaxError} if the text is no JSON. */
export function readInput(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !(BYTES_KEY in value)) return value;
    return new Uint8Array(Buffer.from(String(value[BYTES_KEY]), "base64"));
  });
}

function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return { [BYTES_KEY]: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
}
