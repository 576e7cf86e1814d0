// The outbox: events that wait until every target has them. Its facts are the records of a partition of its own; what is kept in
// memory is how far it has come and whom it serves, not the events.
import { unreachable } from "@muster/kit";
import type { PushEvent } from "./event.ts";
import type { DisabledCause, EventTarget, EventTargetSettings, MatchToken, SigningSecret } from "./event-target.ts";

/** Places in the matcher's logs of events: everything up to them is here, or wanted by nobody. */
export type EventSource = { readonly ticketEvent: number; readonly sessionEvent: number; readonly notice: number };

export const NO_EVENTS: EventSource = { ticketEvent: 0, sessionEvent: 0, notice: 0 };

export type OutboxFact =
  | {
      readonly type: "event-stored";
      readonly source: EventSource;
      readonly event: PushEvent;
      /** Of all payloads that were stored before it. */
      readonly bytesBefore: number;
    }
  | { readonly type: "events-skipped"; readonly source: EventSource }
  | {
      readonly type: "event-target-put";
      readonly settings: EventTargetSettings;
      readonly secrets: readonly SigningSecret[];
      readonly matchTokens: readonly MatchToken[];
      /** It stays disabled. Undefined: it is active from now on. */
      readonly disabled: DisabledCause | undefined;
    }
  | { readonly type: "event-target-deleted"; readonly name: string }
  | { readonly type: "event-target-disabled"; readonly name: string; readonly cause: DisabledCause };

/** Changed in place, by evolveOutbox() alone. */
export type OutboxState = {
  source: EventSource;
  /** Of all payloads that were ever stored. */
  totalBytes: number;
  /** Targets that were ever disabled: numbers the events that tell of it. */
  disabledCount: number;
  readonly targets: Map<string, EventTarget>;
};

export function createOutboxState(): OutboxState {
  return { source: NO_EVENTS, totalBytes: 0, disabledCount: 0, targets: new Map() };
}

const encoder = new TextEncoder();
const scratch = new Uint8Array(4_096);

/** Bytes of `text` as UTF-8. */
export function byteLength(text: string): number {
  // A character of UTF-16 is at most three bytes: short texts are measured without making anything.
  if (text.length * 3 <= scratch.length) return encoder.encodeInto(text, scratch).written;
  return encoder.encode(text).length;
}

/** Folds `fact`, record `sequence` of the outbox, into `state`, and answers it. */
export function evolveOutbox(state: OutboxState, fact: OutboxFact, sequence: number): OutboxState {
  switch (fact.type) {
    case "event-stored":
      state.source = fact.source;
      state.totalBytes = fact.bytesBefore + byteLength(fact.event.payload);
      return state;
    case "events-skipped":
      state.source = fact.source;
      return state;
    case "event-target-put": {
      const { settings, secrets, matchTokens, disabled } = fact;
      const before = state.targets.get(settings.name);
      const goesOn = before !== undefined && before.disabled === disabled;
      const { sinceSequence, sinceBytes } = goesOn ? before : { sinceSequence: sequence, sinceBytes: state.totalBytes };
      const target = { settings, secrets, matchTokens, sinceSequence, sinceBytes, disabled };
      state.targets.set(settings.name, target);
      return state;
    }
    case "event-target-deleted":
      state.targets.delete(fact.name);
      return state;
    case "event-target-disabled": {
      const target = state.targets.get(fact.name);
      if (target) state.targets.set(fact.name, { ...target, disabled: fact.cause });
      state.disabledCount += 1;
      return state;
    }
    default:
      return unreachable(fact);
  }
}
