// Event targets and deliveries ↔ muster.matchmaking.v1.
import { fieldInvalid, MusterError, parseId, readWord } from "@muster/proto";
import {
  type EventDelivery,
  type EventTarget as EventTargetMessage,
  EventTargetState,
  type EventTargetStatus,
  EventType,
} from "@muster/proto/matchmaking";
import {
  EVENT_CONCURRENCY_DEFAULT,
  EVENTS_PER_REQUEST_DEFAULT,
  type EventTargetSettings,
  SECRET_OVERLAP_SECONDS_DEFAULT,
  SECRET_OVERLAP_SECONDS_MAX,
} from "../../core/events/event-target.ts";
import { DELIVERIES_KEPT, type Delivery } from "../../events/delivery-log.ts";
import type { Outbox, TargetStatus } from "../../events/outbox.ts";
import { writeTargetSettings } from "../../events/outbox-codec.ts";
import { parseSecret } from "../../events/sign-request.ts";

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. Ranges are the core's to check. */
export function readEventTarget(message: EventTargetMessage | undefined): EventTargetSettings {
  if (!message) throw fieldInvalid("target", "an event target", "missing");
  return {
    name: parseId("name", message.name),
    url: message.url,
    configurations: message.configurations.map((name, index) => parseId(`configurations[${index}]`, name)),
    types: [...new Set(message.types)].map((type, index) => readWord(`types[${index}]`, EventType, type)),
    eventsPerRequest: message.eventsPerRequest === 0 ? EVENTS_PER_REQUEST_DEFAULT : message.eventsPerRequest,
    concurrency: message.concurrency === 0 ? EVENT_CONCURRENCY_DEFAULT : message.concurrency,
    matchTokens: message.matchTokens,
  };
}

/** @throws {MusterError} FIELD_INVALID. */
export function readSecret(secret: string): string | undefined {
  return secret === "" ? undefined : parseSecret("secret", secret);
}

/** In ms. @throws {MusterError} FIELD_INVALID. */
export function readOverlap(seconds: number): number {
  if (seconds === 0) return SECRET_OVERLAP_SECONDS_DEFAULT * 1_000;
  if (seconds >= 1 && seconds <= SECRET_OVERLAP_SECONDS_MAX) return seconds * 1_000;
  throw fieldInvalid("overlap_seconds", `0 to ${SECRET_OVERLAP_SECONDS_MAX}`, seconds);
}

const DELIVERIES_DEFAULT = 100;

/** @throws {MusterError} FIELD_INVALID. */
export function readDeliveriesLimit(limit: number): number {
  if (limit >= 0 && limit <= DELIVERIES_KEPT) return limit || DELIVERIES_DEFAULT;
  throw fieldInvalid("limit", `0 to ${DELIVERIES_KEPT}`, limit);
}

export function writeTargetStatus({ target, behindMs, pendingBytes }: TargetStatus): EventTargetStatus {
  return {
    target: writeTargetSettings(target.settings),
    state: target.disabled ? EventTargetState.DISABLED : EventTargetState.ACTIVE,
    cause: target.disabled ?? "",
    pendingBytes,
    behindMs: Math.round(behindMs),
  };
}

export function writeDelivery(delivery: Delivery): EventDelivery {
  const { atWallMs, status = 0, durationMs, ...rest } = delivery;
  return { ...rest, status, at: new Date(atWallMs), durationMs: Math.round(durationMs) };
}

/** @throws {MusterError} SERVICE_NOT_READY in a matcher that was started without event push. */
export function getOutbox(outbox: Outbox | undefined): Outbox {
  if (outbox) return outbox;
  throw new MusterError("SERVICE_NOT_READY", "Cannot push events as this matcher was started without it");
}
