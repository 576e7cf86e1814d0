// Words of a fault as people type them.
import { parseDuration } from "./duration.ts";
import { UsageError } from "./usage-error.ts";

/** As the contract has them; spelt out, so that help and mistakes need no messages to be loaded. */
export const FAULT_KINDS = [
  "SLOW_START",
  "CRASH_IN_ACTIVATION",
  "CRASH_IN_PLAY",
  "HANG",
  "UNHEALTHY",
  "ACTIVATES_TWICE",
  "ACCEPTS_UNKNOWN",
  "REPORTS_NONSENSE",
  "CUT",
  "SILENCE",
  "DELAY",
  "DOUBLE",
  "HOST_LOST",
  "CAPACITY_GONE",
  "SPOT_NOTICE",
  "CLOCK_JUMP",
] as const;
export type FaultKindWord = (typeof FAULT_KINDS)[number];

const DIRECTIONS = ["BOTH", "TO_FLEET", "TO_HOST"] as const;

/** In capitals or not, with "-" or "_". @throws {UsageError} */
export function parseFaultKind(text: string): FaultKindWord {
  return oneOfWords(text, FAULT_KINDS, "a fault");
}

/** @throws {UsageError} */
export function parseDirection(text: string): (typeof DIRECTIONS)[number] {
  return oneOfWords(text, DIRECTIONS, "a direction");
}

/** In ms; below 0 with a "-" before it. @throws {UsageError} */
export function parseJump(text: string): number {
  if (!/^-?\d/.test(text)) throw new UsageError(`Cannot read "${text}" as a jump, such as 1h or -1h`);
  return text.startsWith("-") ? -parseDuration(text.slice(1)) : parseDuration(text);
}

function oneOfWords<Word extends string>(text: string, words: readonly Word[], what: string): Word {
  const meant = text.toUpperCase().replaceAll("-", "_");
  const found = words.find((word) => word === meant);
  if (found) return found;
  throw new UsageError(`Cannot read "${text}" as ${what}: there are ${words.join(", ")}`);
}
