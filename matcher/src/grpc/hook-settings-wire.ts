// Hooks of a configuration: wire ↔ core. For requests, and for the journal's facts of configurations.
import { parseId, readWord, writeEnum } from "@muster/proto";
import {
  MatchHookFailure,
  TicketHookFailure,
  type MatchedHook as WireMatchedHook,
  type HookSettings as WireSettings,
} from "@muster/proto/matchmaking";
import { HOOK_TIMEOUT_MS_DEFAULT, type HookSettings, type MatchedHook } from "../core/hooks/hook-settings.ts";

/** @throws {MusterError} ID_MALFORMED, FIELD_INVALID. */
export function readHookSettings({ beforeTicket, matched }: WireSettings): HookSettings {
  return {
    ...(beforeTicket && { beforeTicket: readBeforeTicket(beforeTicket) }),
    ...(matched && { matched: readMatchedHook(matched) }),
  };
}

/** @throws {MusterError} ID_MALFORMED, FIELD_INVALID. */
export function readMatchedHook({ hook, timeoutMs, onFailure }: WireMatchedHook): MatchedHook {
  return {
    hook: parseId("hooks.matched.hook", hook) as string,
    timeoutMs: timeoutMs || HOOK_TIMEOUT_MS_DEFAULT,
    onFailure: readWord("hooks.matched.on_failure", MatchHookFailure, onFailure || MatchHookFailure.PROCEED),
  };
}

export function writeMatchedHook(matched: MatchedHook): WireMatchedHook {
  return { ...matched, onFailure: writeEnum(MatchHookFailure, matched.onFailure) };
}

function readBeforeTicket({ hook, timeoutMs, onFailure }: NonNullable<WireSettings["beforeTicket"]>) {
  return {
    hook: parseId("hooks.before_ticket.hook", hook) as string,
    timeoutMs: timeoutMs || HOOK_TIMEOUT_MS_DEFAULT,
    onFailure: readWord("hooks.before_ticket.on_failure", TicketHookFailure, onFailure || TicketHookFailure.REFUSE),
  };
}

export function writeHookSettings({ beforeTicket, matched }: HookSettings): WireSettings {
  return {
    matched: matched && writeMatchedHook(matched),
    beforeTicket: beforeTicket && {
      ...beforeTicket,
      onFailure: writeEnum(TicketHookFailure, beforeTicket.onFailure),
    },
  };
}
