// The end of what has none: a number like any other moment, so that whoever compares moments need not ask.

/** Later than every moment, in ms; whole, as the journal keeps it. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** `timeoutMs` from `nowMs`, in whole ms; undefined: never. */
export function deadlineAfter(nowMs: number, timeoutMs: number | undefined): number {
  return timeoutMs === undefined ? NEVER_MS : Math.ceil(nowMs + timeoutMs);
}
