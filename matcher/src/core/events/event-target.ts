// One place that events are pushed to: which events it wants, and the secrets by which it knows that they are ours.
import { fieldInvalid, limits } from "@muster/proto";
import type { EventType, PushEvent } from "./event.ts";

/** What each field means stands in proto/muster/matchmaking/v1/events.proto; here defaults are filled in. */
export type EventTargetSettings = {
  readonly name: string;
  readonly url: string;
  /** Empty: every one. */
  readonly configurations: readonly string[];
  /** Empty: all. */
  readonly types: readonly EventType[];
  readonly eventsPerRequest: number;
  readonly concurrency: number;
  readonly matchTokens: boolean;
  /** How far behind it may be before it is disabled: the age of its oldest event in s, and MiB that wait. Undefined: as is usual. */
  readonly behindSecondsMax?: number | undefined;
  readonly pendingMbMax?: number | undefined;
};

export type SigningSecret = {
  /** "whsec_" and base64. */
  readonly secret: string;
  /** Wall clock from which it signs no more, in ms; undefined: it is the newest. */
  readonly expiresAtWallMs: number | undefined;
};

export type MatchToken = {
  readonly token: string;
  /** Wall clock, in ms, of the events that list it: from here on, and before that; undefined: it is the newest. */
  readonly sinceWallMs: number;
  readonly untilWallMs: number | undefined;
};

export type DisabledCause = "GONE" | "TOO_FAR_BEHIND";

export type EventTarget = {
  readonly settings: EventTargetSettings;
  /** Newest first; at most two of them are live. */
  readonly secrets: readonly SigningSecret[];
  /** Newest first. */
  readonly matchTokens: readonly MatchToken[];
  /** Of the record that made it, or made it active again: it is told what came after. */
  readonly sinceSequence: number;
  /** Bytes of events that had been stored then. */
  readonly sinceBytes: number;
  readonly disabled: DisabledCause | undefined;
};

export const EVENTS_PER_REQUEST_DEFAULT = 1;
export const EVENT_CONCURRENCY_DEFAULT = 8;
/** A day, as the events of longer ago help no player; and what a disk can spare. */
export const BEHIND_SECONDS_DEFAULT = 86_400;
export const PENDING_MB_DEFAULT = 4_096;
export const SECRET_OVERLAP_SECONDS_DEFAULT = 86_400;
export const SECRET_OVERLAP_SECONDS_MAX = 604_800;
/** Tokens that are kept: a repeat of an old event lists those of its time. */
const MATCH_TOKENS_KEPT = 8;

/** Whether the target wants to hear of it. One that is disabled wants nothing. */
export function wants({ settings, disabled }: EventTarget, event: Pick<PushEvent, "type" | "configuration">): boolean {
  if (disabled) return false;
  if (settings.types.length > 0 && !settings.types.includes(event.type)) return false;
  if (settings.configurations.length === 0 || event.configuration === undefined) return true;
  return settings.configurations.includes(event.configuration);
}

/** The secrets that sign at `wallMs`, newest first. */
export function liveSecrets({ secrets }: EventTarget, wallMs: number): readonly string[] {
  return secrets
    .filter(({ expiresAtWallMs }) => expiresAtWallMs === undefined || wallMs < expiresAtWallMs)
    .map(({ secret }) => secret);
}

/** The match tokens that an event of `atWallMs` lists: the same for every repeat, whatever was rotated since. */
export function tokensAt({ matchTokens }: EventTarget, atWallMs: number): readonly string[] {
  const valid = matchTokens.filter(({ sinceWallMs, untilWallMs }) => {
    return sinceWallMs <= atWallMs && (untilWallMs === undefined || atWallMs < untilWallMs);
  });
  return valid.map(({ token }) => token);
}

/** The secrets with a newer one: the present one goes on until its time, the one before it ends now. */
export function rotateSecrets(
  secrets: readonly SigningSecret[],
  next: { readonly secret: string; readonly formerUntilWallMs: number },
): readonly SigningSecret[] {
  const newest: SigningSecret = { secret: next.secret, expiresAtWallMs: undefined };
  const [former] = secrets;
  if (!former || former.secret === next.secret) return [newest];
  return [newest, { secret: former.secret, expiresAtWallMs: next.formerUntilWallMs }];
}

/** The tokens with a newer one, valid from `sinceWallMs` on; the former until `formerUntilWallMs`. */
export function rotateTokens(
  tokens: readonly MatchToken[],
  next: { readonly token: string; readonly sinceWallMs: number; readonly formerUntilWallMs: number },
): readonly MatchToken[] {
  const { token, sinceWallMs, formerUntilWallMs } = next;
  const ended = tokens.map((one, place) => (place === 0 ? { ...one, untilWallMs: formerUntilWallMs } : one));
  return [{ token, sinceWallMs, untilWallMs: undefined }, ...ended].slice(0, MATCH_TOKENS_KEPT);
}

/** @throws {MusterError} FIELD_INVALID unless numbers and lists are in their ranges. The URL is for the shell to judge. */
export function checkEventTarget(settings: EventTargetSettings): EventTargetSettings {
  const { eventsPerRequest, concurrency, configurations, behindSecondsMax, pendingMbMax } = settings;
  checkCount("events_per_request", eventsPerRequest, limits.EVENTS_PER_REQUEST_MAX);
  checkCount("concurrency", concurrency, limits.EVENT_CONCURRENCY_MAX);
  if (behindSecondsMax !== undefined && behindSecondsMax < limits.EVENT_BEHIND_SECONDS_MIN) {
    throw fieldInvalid("behind_seconds_max", `at least ${limits.EVENT_BEHIND_SECONDS_MIN}`, behindSecondsMax);
  }
  checkCount("behind_seconds_max", behindSecondsMax ?? BEHIND_SECONDS_DEFAULT, limits.EVENT_BEHIND_SECONDS_MAX);
  checkCount("pending_mb_max", pendingMbMax ?? PENDING_MB_DEFAULT, limits.EVENT_PENDING_MB_MAX);
  const most = limits.EVENT_TARGET_CONFIGURATIONS_MAX;
  if (configurations.length > most) throw fieldInvalid("configurations", `at most ${most}`, configurations.length);
  return settings;
}

/** @throws {MusterError} FIELD_INVALID unless `count` is a whole number from 1 to `most`. */
export function checkCount(field: string, count: number, most: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= most) return;
  throw fieldInvalid(field, `a whole number from 1 to ${most}`, count);
}

/** Whether two say the same: putting an equal one again is no fact. */
export function isSameTarget(one: EventTargetSettings, other: EventTargetSettings): boolean {
  return canonical(one) === canonical(other);
}

function canonical(settings: EventTargetSettings): string {
  const { name, url, configurations, types, eventsPerRequest, concurrency, matchTokens } = settings;
  const { behindSecondsMax = BEHIND_SECONDS_DEFAULT, pendingMbMax = PENDING_MB_DEFAULT } = settings;
  return JSON.stringify([
    ...[name, url, eventsPerRequest, concurrency, matchTokens, behindSecondsMax, pendingMbMax],
    ...[configurations.toSorted(), types.toSorted()],
  ]);
}
