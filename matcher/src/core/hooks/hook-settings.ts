// Which hooks of the user's a configuration asks, how long, and what follows when one does not answer.
import { fieldInvalid } from "@muster/proto";

/** ADMIT: the ticket enters as it was asked for. REFUSE: the request fails, and may be repeated. */
export const ticketHookFailures = ["REFUSE", "ADMIT"] as const;
export type TicketHookFailure = (typeof ticketHookFailures)[number];

/** PROCEED: the match becomes what it was formed as. REFUSE: its tickets search on. */
export const matchHookFailures = ["PROCEED", "REFUSE"] as const;
export type MatchHookFailure = (typeof matchHookFailures)[number];

/** What each field means stands in proto/muster/matchmaking/v1/configuration.proto. */
export type HookSettings = {
  /** Asked of every ticket before it enters. Undefined: none is. */
  readonly beforeTicket?: BeforeTicketHook | undefined;
  /** Asked of every match before anybody is told of it. Undefined: none is. */
  readonly matched?: MatchedHook | undefined;
};

/** A match takes it along as it was when it formed. */
export type MatchedHook = {
  readonly hook: string;
  readonly timeoutMs: number;
  readonly onFailure: MatchHookFailure;
};

export type BeforeTicketHook = {
  /** Its name in muster.json. */
  readonly hook: string;
  readonly timeoutMs: number;
  readonly onFailure: TicketHookFailure;
};

export const HOOK_TIMEOUT_MS_DEFAULT = 1_000;
export const HOOK_TIMEOUT_MS_MIN = 10;
/** A caller waits for it. */
export const HOOK_TIMEOUT_MS_MAX = 10_000;

/** @throws {MusterError} FIELD_INVALID unless each timeout is in its range. */
export function checkHookSettings({ beforeTicket, matched }: HookSettings): void {
  if (matched) checkTimeout("hooks.matched.timeout_ms", matched.timeoutMs);
  if (beforeTicket) checkTimeout("hooks.before_ticket.timeout_ms", beforeTicket.timeoutMs);
}

function checkTimeout(field: string, ms: number): void {
  if (Number.isInteger(ms) && ms >= HOOK_TIMEOUT_MS_MIN && ms <= HOOK_TIMEOUT_MS_MAX) return;
  throw fieldInvalid(field, `a whole number from ${HOOK_TIMEOUT_MS_MIN} to ${HOOK_TIMEOUT_MS_MAX}`, ms);
}

/** The same for settings that say the same. */
export function canonicalHooks({ beforeTicket, matched }: HookSettings = {}): unknown {
  return [beforeTicket, matched].map((one) => (one ? [one.hook, one.timeoutMs, one.onFailure] : null));
}
