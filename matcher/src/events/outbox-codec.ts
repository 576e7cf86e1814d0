// Facts and state of the outbox ↔ muster.journal.v1. A record's kind is the number of its arm in the oneof.
import type { SnapshotCodec } from "@muster/journal";
import { invariant, unreachable } from "@muster/kit";
import { MusterError, readEnum, writeEnum } from "@muster/proto";
import * as wire from "@muster/proto/journal-matcher";
import { EventType } from "@muster/proto/matchmaking";
import type { DisabledCause, EventTarget, EventTargetSettings } from "../core/events/event-target.ts";
import {
  createOutboxState,
  type EventSource,
  NO_EVENTS,
  type OutboxFact,
  type OutboxState,
} from "../core/events/outbox-state.ts";

type Arm = NonNullable<wire.EventFact["fact"]>;

const KINDS: Readonly<Record<Arm["$case"], number>> = {
  eventStored: 10,
  eventsSkipped: 11,
  eventTargetPut: 12,
  eventTargetDeleted: 13,
  eventTargetDisabled: 14,
};

/** What the outbox's ledger is given. Decoding throws on a record that this build does not know: it is of a newer one. */
export const outboxCodec = {
  encode(fact: OutboxFact): { readonly kind: number; readonly body: Uint8Array } {
    const arm = writeFact(fact);
    return { kind: KINDS[arm.$case], body: wire.EventFact.encode({ fact: arm }).finish() };
  },
  decode(kind: number, body: Uint8Array): OutboxFact {
    const { fact } = wire.EventFact.decode(body);
    invariant(fact && KINDS[fact.$case] === kind, `the journal holds facts that this build knows: kind ${kind}`);
    return readFact(fact);
  },
};

function writeFact(fact: OutboxFact): Arm {
  switch (fact.type) {
    case "event-stored": {
      const { source, bytesBefore } = fact;
      const { id: eventId, configuration = "", atWallMs, payload } = fact.event;
      const type = writeEnum(EventType, fact.event.type);
      const value = { source, eventId, type, configuration, atWallMs: Math.round(atWallMs), payload, bytesBefore };
      return { $case: "eventStored", value };
    }
    case "events-skipped":
      return { $case: "eventsSkipped", value: { source: fact.source } };
    case "event-target-put":
      return { $case: "eventTargetPut", value: writePut(fact) };
    case "event-target-deleted":
      return { $case: "eventTargetDeleted", value: { name: fact.name } };
    case "event-target-disabled":
      return { $case: "eventTargetDisabled", value: { name: fact.name, cause: fact.cause } };
    default:
      return unreachable(fact);
  }
}

function readFact(arm: Arm): OutboxFact {
  switch (arm.$case) {
    case "eventStored": {
      const { eventId: id, configuration, atWallMs, payload, bytesBefore } = arm.value;
      const type = readEnum(EventType, arm.value.type);
      invariant(type, "the outbox holds events that this build knows");
      const event = { id, type, configuration: configuration || undefined, atWallMs, payload };
      return { type: "event-stored", source: readSource(arm.value.source), event, bytesBefore };
    }
    case "eventsSkipped":
      return { type: "events-skipped", source: readSource(arm.value.source) };
    case "eventTargetPut":
      return { type: "event-target-put", ...readPut(arm.value) };
    case "eventTargetDeleted":
      return { type: "event-target-deleted", name: arm.value.name };
    case "eventTargetDisabled":
      return { type: "event-target-disabled", name: arm.value.name, cause: arm.value.cause as DisabledCause };
    default:
      return unreachable(arm);
  }
}

function readSource(message: wire.EventSource | undefined): EventSource {
  return message ?? NO_EVENTS;
}

type Put = Omit<Extract<OutboxFact, { type: "event-target-put" }>, "type">;

function writePut({ settings, secrets, matchTokens, disabled }: Put): wire.EventTargetPut {
  return {
    target: writeTargetSettings(settings),
    secrets: secrets.map(({ secret, expiresAtWallMs = 0 }) => ({
      secret,
      expiresAtWallMs: Math.round(expiresAtWallMs),
    })),
    matchTokens: matchTokens.map(({ token, sinceWallMs, untilWallMs = 0 }) => ({
      ...{ token, sinceWallMs: Math.round(sinceWallMs), untilWallMs: Math.round(untilWallMs) },
    })),
    disabledCause: disabled ?? "",
  };
}

function readPut({ target, secrets, matchTokens, disabledCause }: wire.EventTargetPut): Put {
  invariant(target, "an event target has its settings");
  return {
    settings: readTargetSettings(target),
    secrets: secrets.map(({ secret, expiresAtWallMs }) => ({ secret, expiresAtWallMs: expiresAtWallMs || undefined })),
    matchTokens: matchTokens.map(({ token, sinceWallMs, untilWallMs }) => ({
      ...{ token, sinceWallMs, untilWallMs: untilWallMs || undefined },
    })),
    disabled: (disabledCause || undefined) as DisabledCause | undefined,
  };
}

type TargetMessage = NonNullable<wire.EventTargetPut["target"]>;

export function writeTargetSettings(settings: EventTargetSettings): TargetMessage {
  const { types, configurations, ...rest } = settings;
  return {
    ...rest,
    configurations: [...configurations],
    types: types.map((type) => writeEnum(EventType, type)),
  };
}

function readTargetSettings({ types, ...rest }: TargetMessage): EventTargetSettings {
  return { ...rest, types: types.flatMap((type) => readEnum(EventType, type) ?? []) };
}

/** The state without its events, which are records. */
export const outboxSnapshotCodec: SnapshotCodec<OutboxState> = {
  format: 1,
  capture({ source, totalBytes, disabledCount, targets }) {
    const kept = [...targets.values()].map(({ sinceSequence, sinceBytes, ...put }) => {
      return { put: writePut(put), sinceSequence, sinceBytes };
    });
    return [wire.EventSnapshot.encode({ source, totalBytes, disabledCount, targets: kept }).finish()];
  },
  async restore(chunks) {
    const state = createOutboxState();
    for await (const chunk of chunks) {
      const { source, totalBytes, disabledCount, targets } = wire.EventSnapshot.decode(chunk);
      Object.assign(state, { source: readSource(source), totalBytes, disabledCount });
      for (const { put, sinceSequence, sinceBytes } of targets) {
        if (!put) throw new MusterError("JOURNAL_UNREADABLE", "Cannot read the snapshot of the outbox: it is damaged");
        const target: EventTarget = { ...readPut(put), sinceSequence, sinceBytes };
        state.targets.set(target.settings.name, target);
      }
    }
    return state;
  },
};
