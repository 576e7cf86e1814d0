// The message of a GET, from its query: `?ticketIds=a&ticketIds=b&configuration=duel`. Text is all that a query has; what each
// field takes, the generated code tells when it is shown one.
import { fieldInvalid } from "../muster-error.ts";
import type { JsonMessageType } from "./json-message.ts";

/**
 * The query after a path's "?".
 *
 * @throws {MusterError} FIELD_INVALID for bytes that are no UTF-8: different ones would be read as one and the same character.
 */
export function parseQuery(text: string): URLSearchParams {
  try {
    decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw fieldInvalid("the query", "UTF-8, of which each byte is %XX", "other bytes");
  }
  return new URLSearchParams(text);
}

/** `query` as the JSON that `readJsonMessage` takes. A name that comes again makes a list, as does the field of a list. */
export function readQuery(type: JsonMessageType, query: URLSearchParams): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, fieldOf(type, name, query.getAll(name))]));
}

function fieldOf(type: JsonMessageType, name: string, texts: readonly string[]): unknown {
  if (texts.length > 1 || Array.isArray(takes(type, name, texts))) return texts;
  const [text = ""] = texts;
  if ((text === "true" || text === "false") && takes(type, name, true) === true) return text === "true";
  return text;
}

/** What the field `name` makes of `value`. Undefined: it is none that takes it. */
function takes(type: JsonMessageType, name: string, value: unknown): unknown {
  try {
    const written: unknown = type.toJSON?.(type.fromJSON?.({ [name]: value }));
    const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    const fields = new Map(Object.entries(written ?? {}));
    return fields.get(name) ?? fields.get(camel);
  } catch (error) {
    if (error instanceof Error) return undefined; // The generated code throws for what is no number: not a list, then.
    throw error;
  }
}
