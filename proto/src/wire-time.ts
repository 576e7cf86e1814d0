// Times on the wire are protobuf timestamps, which hold far more than a Date does: beyond it the generated code makes one that
// is no time at all, and whoever writes that again throws.
import { fieldInvalid } from "./muster-error.ts";

/** Wall-clock ms of a time that came over the wire; undefined if there is none. @throws {MusterError} FIELD_INVALID if it is no time. */
export function readTimeMs(field: string, time: Date | undefined): number | undefined {
  const ms = time?.getTime();
  if (ms === undefined || Number.isFinite(ms)) return ms;
  throw fieldInvalid(field, "a time that a calendar has", "beyond it");
}
