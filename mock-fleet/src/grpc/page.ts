// Answers in pages: as much as fits into a message, and a token that goes on behind the last.
import { fieldInvalid } from "@muster/proto";
import { atMost } from "./field.ts";
import { SESSION_BYTES_MAX } from "./session-size.ts";

/** Its keys may hold names and properties of a thousand characters each. */
const PAGE_TOKEN_CHARS_MAX = 32_768;

/** What a list is sorted by. Null: there is no such value. */
export type PageKey = string | number | null;

/** As many of the first values as fit into one answer, at least one of them. */
export function fillPage<Item, Value>(
  items: readonly Item[],
  write: (item: Item) => { readonly value: Value; readonly bytes: number },
): Value[] {
  const page: Value[] = [];
  let total = 0;
  for (const item of items) {
    const { value, bytes } = write(item);
    total += bytes;
    if (page.length > 0 && total > SESSION_BYTES_MAX) break;
    page.push(value);
  }
  return page;
}

/** Where a list stands, for nobody but this fleet to read. `digest` tells the question that it belongs to. */
export function writePageToken(digest: string, keys: readonly PageKey[]): string {
  return Buffer.from(JSON.stringify([digest, ...keys])).toString("base64url");
}

/** The keys of a token. @throws {MusterError} FIELD_INVALID unless it is one of the same question. */
export function readPageToken(digest: string, token: string): readonly PageKey[] {
  atMost("page_token", token, PAGE_TOKEN_CHARS_MAX);
  const [ofQuestion, ...keys] = parseRow(Buffer.from(token, "base64url").toString()) ?? [];
  if (ofQuestion === digest && keys.every(isKey)) return keys;
  throw fieldInvalid("page_token", "a token that the same question was answered with", token);
}

function parseRow(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // It is no token; the caller says so.
    throw error;
  }
}

function isKey(key: unknown): key is PageKey {
  return key === null || typeof key === "string" || typeof key === "number";
}
