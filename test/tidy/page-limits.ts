// docs/reference/limits.md from proto/src/limits.ts: the comment above each limit says what it bounds and why.

const LIMIT = /\/\*\*\s*(?<meaning>.*?)\s*\*\/\nexport const (?<name>[A-Z_]+) = (?<value>[^;]+);/gs;

/** The page, given the text of the list and the values by name. */
export function writeLimitsPage(source: string, values: Readonly<Record<string, unknown>>): string {
  const rows = [...source.matchAll(LIMIT)].map(({ groups: { meaning = "", name = "" } = {} }) => {
    const value = values[name];
    const shown = typeof value === "number" ? value.toLocaleString("en-US") : String(value);
    return `| \`${name}\` | ${shown} | ${meaning.replace(/\s*\n\s*\*\s*/g, " ")} |`;
  });
  return `<!-- Made by npm run gen from proto/src/limits.ts. -->
# Limits

What a call may ask for, and what a service takes on at once. Beyond a limit of a request the answer is FIELD_INVALID, or
MESSAGE_TOO_LARGE for its bytes, and beyond what a service takes on OVERLOADED with \`retryAfterMs\`; nothing was done in either case. How
often a key or a player may call is a setting ([the guide](../guides/secure.md)).

| limit | value | what, and why so much |
|---|---|---|
${rows.join("\n")}
`;
}
