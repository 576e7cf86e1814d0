// Rules that several fields share.
import { fieldInvalid } from "@muster/proto";

/** @throws {MusterError} FIELD_INVALID unless `value` is a whole number from `min` to `max`. */
export function wholeNumberIn(field: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw fieldInvalid(field, `a whole number from ${min} to ${max}`, value);
}
