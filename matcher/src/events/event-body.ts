// The body of a request with events, and the id under which a receiver knows it again.
import { createHash } from "node:crypto";
import type { PushEvent } from "../core/events/event.ts";
import { type EventTarget, tokensAt } from "../core/events/event-target.ts";

/** One event as it is, or {"events": […]} for a target that takes several in a request. */
export function bodyOf(target: EventTarget, events: readonly PushEvent[]): string {
  const payloads = events.map((event) => withTokens(target, event));
  return isBatched(target) ? `{"events":[${payloads.join(",")}]}` : payloads.join("");
}

/** The event's own id; of several, what follows from theirs. */
export function webhookIdOf(target: EventTarget, events: readonly PushEvent[]): string {
  const ids = events.map(({ id }) => id);
  if (!isBatched(target)) return ids.join("");
  return `batch.${createHash("sha256").update(ids.join("\n")).digest("base64url").slice(0, 22)}`;
}

function isBatched({ settings }: EventTarget): boolean {
  return settings.eventsPerRequest > 1;
}

function withTokens(target: EventTarget, { payload, atWallMs }: PushEvent): string {
  if (!target.settings.matchTokens) return payload;
  return `${payload.slice(0, -1)},"matchTokens":${JSON.stringify(tokensAt(target, atWallMs))}}`;
}
