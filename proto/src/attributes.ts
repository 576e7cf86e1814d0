// Attributes of players: on the wire any JSON value, inside only the four types that rule sets know.
import {
  ATTRIBUTE_ITEMS_MAX,
  ATTRIBUTE_NAME_CHARS_MAX,
  ATTRIBUTE_TEXT_CHARS_MAX,
  ATTRIBUTES_PER_PLAYER_MAX,
  NUMBER_MAX,
} from "./limits.ts";
import { fieldInvalid } from "./muster-error.ts";

/** A number, a string, a list of strings, or a map from string to number. */
export type AttributeValue = number | string | readonly string[] | { readonly [key: string]: number };
export type Attributes = { readonly [name: string]: AttributeValue };

const RESERVED = new Set(["__proto__", "constructor", "prototype"]);

/**
 * What came over the wire as attributes of one player; `field` leads the path in errors.
 *
 * @throws {MusterError} FIELD_INVALID naming the path and the rule.
 */
export function parseAttributes(field: string, value: Readonly<Record<string, unknown>>): Attributes {
  const names = Object.keys(value);
  if (names.length > ATTRIBUTES_PER_PLAYER_MAX) {
    throw fieldInvalid(field, `at most ${ATTRIBUTES_PER_PLAYER_MAX} attributes`, names.length);
  }
  const attributes: Record<string, AttributeValue> = {};
  for (const name of names) {
    parseKey(field, name);
    attributes[name] = parseValue(`${field}.${name}`, value[name]);
  }
  return attributes;
}

function parseValue(path: string, value: unknown): AttributeValue {
  if (typeof value === "number") return parseNumber(path, value);
  if (typeof value === "string") return parseText(path, value);
  if (Array.isArray(value)) {
    if (value.length > ATTRIBUTE_ITEMS_MAX)
      throw fieldInvalid(path, `at most ${ATTRIBUTE_ITEMS_MAX} strings`, value.length);
    return value.map((item, index) => {
      if (typeof item !== "string") throw fieldInvalid(`${path}[${index}]`, "a string", item);
      return parseText(`${path}[${index}]`, item);
    });
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (entries.length > ATTRIBUTE_ITEMS_MAX)
      throw fieldInvalid(path, `at most ${ATTRIBUTE_ITEMS_MAX} keys`, entries.length);
    const map: Record<string, number> = {};
    for (const [key, item] of entries) {
      parseKey(path, key);
      if (typeof item !== "number") throw fieldInvalid(`${path}.${key}`, "a number", item);
      map[key] = parseNumber(`${path}.${key}`, item);
    }
    return map;
  }
  throw fieldInvalid(path, "a number, a string, a list of strings or a map from string to number", value);
}

function parseKey(path: string, key: string): void {
  if (key.length < 1 || key.length > ATTRIBUTE_NAME_CHARS_MAX || !key.isWellFormed() || RESERVED.has(key)) {
    throw fieldInvalid(
      path,
      `names of 1 to ${ATTRIBUTE_NAME_CHARS_MAX} characters that JavaScript does not reserve`,
      key,
    );
  }
}

function parseText(path: string, text: string): string {
  if (text.length <= ATTRIBUTE_TEXT_CHARS_MAX && text.isWellFormed()) return text;
  throw fieldInvalid(path, `well-formed text of at most ${ATTRIBUTE_TEXT_CHARS_MAX} characters`, text);
}

function parseNumber(path: string, value: number): number {
  // NaN and Infinity would land silently in a matching cell; beyond 10^15 whole numbers melt together.
  if (!Number.isFinite(value) || Math.abs(value) > NUMBER_MAX) {
    throw fieldInvalid(path, `a finite number between -${NUMBER_MAX} and ${NUMBER_MAX}`, value);
  }
  return value === 0 ? 0 : value;
}
