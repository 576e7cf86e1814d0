// Hooks of a configuration: wire ↔ core. For requests, and for the journal's facts of configurations.
import { parseId, readWord, writeEnum } from "@muster/proto";
import { TicketHookFailure, type HookSettings as WireSettings } from "@muster/proto/matchmaking";
import { HOOK_TIMEOUT_MS_DEFAULT, type HookSettings } from "../core/hooks/hook-settings.ts";

/** @throws {MusterError} ID_MALFORMED, FIELD_INVALID. */
export function readHookSettings({ beforeTicket }: WireSettings): HookSettings {
  return { ...(beforeTicket && { beforeTicket: readBeforeTicket(beforeTicket) }) };
}

function readBeforeTicket({ hook, timeoutMs, onFailure }: NonNullable<WireSettings["beforeTicket"]>) {
  return {
    hook: parseId("hooks.before_ticket.hook", hook) as string,
    timeoutMs: timeoutMs || HOOK_TIMEOUT_MS_DEFAULT,
    onFailure: readWord("hooks.before_ticket.on_failure", TicketHookFailure, onFailure || TicketHookFailure.REFUSE),
  };
}

export function writeHookSettings({ beforeTicket }: HookSettings): WireSettings {
  return {
    beforeTicket: beforeTicket && {
      ...beforeTicket,
      onFailure: writeEnum(TicketHookFailure, beforeTicket.onFailure),
    },
  };
}
