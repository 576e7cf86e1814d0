// What the battle sessions of a configuration are made with, beyond what their rule set says.
import { fieldInvalid } from "@muster/proto";

/** What each field means stands in proto/muster/matchmaking/v1/configuration.proto. */
export type SessionSettings = {
  /** For people. Undefined: none. */
  readonly name?: string | undefined;
  /** How long seats are held for players who have not come, in ms. Undefined: as the fleet says. */
  readonly reservationMs?: number | undefined;
  /** How long they are held for players whose connection broke, in ms. Undefined: as the fleet says. */
  readonly disconnectGraceMs?: number | undefined;
};

/** A fleet's own limits. */
export const SESSION_NAME_CHARS_MAX = 1_024;
export const PATIENCE_SECONDS_MAX = 3_600;

/** @throws {MusterError} FIELD_INVALID unless every number and text is in its range. */
export function checkSessionSettings({ name = "", reservationMs, disconnectGraceMs }: SessionSettings): void {
  if (name.length > SESSION_NAME_CHARS_MAX) {
    throw fieldInvalid("session.name", `at most ${SESSION_NAME_CHARS_MAX} characters`, name.length);
  }
  checkSeconds("session.reservation_seconds", reservationMs, 1);
  checkSeconds("session.disconnect_grace_seconds", disconnectGraceMs, 0);
}

/** The same for settings that say the same. */
export function canonicalSessionSettings({ name, reservationMs, disconnectGraceMs }: SessionSettings): unknown {
  return [name ?? "", reservationMs ?? null, disconnectGraceMs ?? null];
}

function checkSeconds(field: string, ms: number | undefined, min: number): void {
  if (ms === undefined) return;
  const seconds = ms / 1_000;
  if (Number.isInteger(seconds) && seconds >= min && seconds <= PATIENCE_SECONDS_MAX) return;
  throw fieldInvalid(field, `a whole number from ${min} to ${PATIENCE_SECONDS_MAX}`, seconds);
}
