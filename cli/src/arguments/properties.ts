// Properties of a session as people type them, one an argument: "map=dust".
import { UsageError } from "./usage-error.ts";

/**
 * Texts by key; whatever follows the first "=" is the value.
 *
 * @throws {UsageError} for a text without "=" or without a key, and for a key that comes twice.
 */
export function parseProperties(texts: readonly string[]): Readonly<Record<string, string>> {
  const properties = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf("=");
    const key = text.slice(0, Math.max(at, 0));
    if (key === "" || properties.has(key)) {
      throw new UsageError(
        `Cannot read "${text}" as a property, such as map=dust: it has no key, or one that came before`,
      );
    }
    properties.set(key, text.slice(at + 1));
  }
  return Object.fromEntries(properties);
}
