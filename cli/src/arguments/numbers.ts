// Numbers as people type them, with their range.
import { UsageError } from "./usage-error.ts";

/** Reads a whole number from `min` to `max`. */
export function wholeNumberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new UsageError(`Cannot read "${text}" as a whole number from ${min} to ${max}`);
  };
}

/** Reads a number from `min` to `max`, with a decimal point if need be. */
export function numberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+(?:\.\d+)?$/.test(text) && value >= min && value <= max) return value;
    throw new UsageError(`Cannot read "${text}" as a number from ${min} to ${max}`);
  };
}
