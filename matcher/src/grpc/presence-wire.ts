// How long a ticket may be without a watch of its owner, on the wire.
import { fieldInvalid, limits } from "@muster/proto";

/** Nothing where nothing is said. @throws {MusterError} FIELD_INVALID unless it is whole seconds from `min` to an hour. */
export function readPresence(seconds: number | undefined, min: 0 | 1): { readonly presenceGraceMs?: number } {
  if (seconds === undefined) return {};
  const max = limits.PRESENCE_GRACE_SECONDS_MAX;
  if (seconds >= min && seconds <= max) return { presenceGraceMs: seconds * 1_000 };
  throw fieldInvalid("presence_grace_seconds", `a whole number from ${min} to ${max}`, seconds);
}

export function writePresence({ presenceGraceMs: ms }: { readonly presenceGraceMs?: number | undefined }): {
  readonly presenceGraceSeconds?: number;
} {
  return ms === undefined ? {} : { presenceGraceSeconds: ms / 1_000 };
}
