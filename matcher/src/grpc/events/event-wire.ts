// Event targets and deliveries ↔ muster.matchmaking.v1.
import { fieldInvalid, MusterError, parseId, readWord, writeEnum } from "@muster/proto";
import {
  type EventDelivery,
  type EventTarget as EventTargetMessage,
  EventTargetState,
  type EventTargetStatus,
  EventType,
  type ReplayRequest,
  type WatchEventsRequest,
  type WatchEventsResponse,
} from "@muster/proto/matchmaking";
import {
  EVENT_CONCURRENCY_DEFAULT,
  EVENTS_PER_REQUEST_DEFAULT,
  type EventTargetSettings,
  SECRET_OVERLAP_SECONDS_DEFAULT,
  SECRET_OVERLAP_SECONDS_MAX,
} from "../../core/events/event-target.ts";
import { DELIVERIES_KEPT, type Delivery } from "../../events/delivery-log.ts";
import type { StreamedEvent } from "../../events/event-stream.ts";
import type { Outbox, TargetStatus } from "../../events/outbox.ts";
import { writeTargetSettings } from "../../events/outbox-codec.ts";
import type { ReplayRange } from "../../events/replay-events.ts";
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
    ...(message.behindSecondsMax === undefined ? {} : { behindSecondsMax: message.behindSecondsMax }),
    ...(message.pendingMbMax === undefined ? {} : { pendingMbMax: message.pendingMbMax }),
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

const REPLAY_EVENTS_MAX = 10_000;
const REPLAY_EVENTS_DEFAULT = 1_000;

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readReplay({ name, from, until, afterPosition, limit }: ReplayRequest): ReplayRange {
  if (limit < 0 || limit > REPLAY_EVENTS_MAX) throw fieldInvalid("limit", `0 to ${REPLAY_EVENTS_MAX}`, limit);
  return {
    name: parseId("name", name),
    fromWallMs: from?.getTime() ?? 0,
    untilWallMs: until?.getTime() ?? Number.POSITIVE_INFINITY,
    afterPosition,
    limit: limit || REPLAY_EVENTS_DEFAULT,
  };
}

/** Where to go on; undefined: from now on. @throws {MusterError} FIELD_INVALID. */
export function readEventToken({ resumeToken: token, fromOldest }: WatchEventsRequest): number | "oldest" | undefined {
  // A token goes before: an EventSource comes back to the address that it began with, and brings the last id beside it.
  if (token === "") return fromOldest ? "oldest" : undefined;
  const [, digits] = /^e1\.([0-9a-z]{1,10})$/.exec(token) ?? [];
  if (digits === undefined) throw fieldInvalid("resume_token", "a token of this service", token);
  return Number.parseInt(digits, 36);
}

export function writeStreamedEvent({ position, event }: StreamedEvent): WatchEventsResponse {
  const resumeToken = `e1.${position.toString(36)}`;
  if (!event) return { resumeToken, type: EventType.UNSPECIFIED, eventId: "", payload: "" };
  return { resumeToken, type: writeEnum(EventType, event.type), eventId: event.id, payload: event.payload };
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
