// Rules that several fields share.
import { type EnumTable, type EnumWord, fieldInvalid, readEnum } from "@muster/proto";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** @throws {MusterError} FIELD_INVALID unless `text` has at most `charsMax` characters. The error does not show it. */
export function atMost(field: string, text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  throw fieldInvalid(field, `at most ${charsMax} characters`, `${text.length} characters`);
}

/** @throws {MusterError} FIELD_INVALID unless `text` is 1 to 128 characters, none of them a control character. */
export function nameIn(field: string, text: string): string {
  if (text.length >= 1 && text.length <= 128 && !CONTROL.test(text)) return text;
  throw fieldInvalid(field, "1 to 128 characters without control characters", text);
}

/** @throws {MusterError} FIELD_INVALID unless `value` is a whole number from `min` to `max`. */
export function wholeNumberIn(field: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw fieldInvalid(field, `a whole number from ${min} to ${max}`, value);
}

/** The word of an enum that may be left out; undefined for UNSPECIFIED too. @throws {MusterError} FIELD_INVALID for a word of newer peers. */
export function readSetting<Table extends EnumTable>(
  field: string,
  table: Table,
  value: number | undefined,
): EnumWord<Table> | undefined {
  const word = value === undefined ? undefined : readEnum(table, value);
  if (value === undefined || word !== undefined || value === 0) return word;
  throw fieldInvalid(field, `one of ${Object.keys(table).slice(1).join(", ")}`, value);
}
