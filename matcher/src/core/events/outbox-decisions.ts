// What the outbox decides: which events are worth keeping, and what becomes of its targets.
import { limits, MusterError } from "@muster/proto";
import { type PushEvent, writeEvent } from "./event.ts";
import {
  checkEventTarget,
  type DisabledCause,
  type EventTarget,
  type EventTargetSettings,
  isSameTarget,
  rotateSecrets,
  rotateTokens,
  SECRET_OVERLAP_SECONDS_DEFAULT,
  wants,
} from "./event-target.ts";
import { byteLength, type EventSource, type OutboxFact, type OutboxState } from "./outbox-state.ts";

/** What happened, and where in the matcher's logs of events it stands; written out only if somebody wants it. */
export type SourcedEvent = Pick<PushEvent, "type" | "configuration"> & {
  readonly write: () => PushEvent;
  /** It named somebody who has been erased since: there is nothing to tell. */
  readonly isErased?: boolean;
  readonly source: EventSource;
};

/** Bytes of events after which a step is enough: each of a battle of thousands tells of everybody in it. */
const STEP_BYTES_MAX = 512 * 1024;

export type StoreStep = {
  readonly facts: readonly OutboxFact[];
  /** Place up to which events are dealt with: that of the last, unless they were too large for one step. */
  readonly through: EventSource;
};

/** Facts of those `events` that a target wants, in order, at least the first of them. */
export function decideStoreEvents(state: OutboxState, events: readonly SourcedEvent[]): StoreStep {
  const facts: OutboxFact[] = [];
  const targets = [...state.targets.values()];
  let bytesBefore = state.totalBytes;
  let through = state.source;
  for (const { source, ...happening } of events) {
    if (bytesBefore - state.totalBytes >= STEP_BYTES_MAX) break;
    through = source;
    if (happening.isErased === true) continue;
    if (!targets.some((target) => wants(target, happening))) continue;
    const event = happening.write();
    facts.push({ type: "event-stored", source, event, bytesBefore });
    bytesBefore += byteLength(event.payload);
  }
  return { facts, through };
}

export type PutTarget = {
  readonly settings: EventTargetSettings;
  /** To sign with from now on; undefined: the present one, or `drawnSecret` if there is none. */
  readonly secret: string | undefined;
  readonly drawnSecret: string;
  readonly drawnToken: string;
};

/**
 * The facts that make or change a target; none if nothing is new. `source`: where the matcher's logs stand now; a target is not told
 * what came before.
 *
 * @throws {MusterError} FIELD_INVALID, EVENT_TARGETS_FULL.
 */
export function decidePutTarget(
  state: OutboxState,
  put: PutTarget,
  { source, wallMs }: { readonly source: EventSource; readonly wallMs: number },
): readonly OutboxFact[] {
  const settings = checkEventTarget(put.settings);
  const before = state.targets.get(settings.name);
  const secret = put.secret ?? before?.secrets[0]?.secret ?? put.drawnSecret;
  const isSame = before && isSameTarget(before.settings, settings) && before.secrets[0]?.secret === secret;
  if (isSame && !before.disabled) return [];
  if (!before && state.targets.size >= limits.EVENT_TARGETS_MAX) {
    const limit = limits.EVENT_TARGETS_MAX;
    throw new MusterError("EVENT_TARGETS_FULL", `Cannot put another event target as there are ${limit} already`, {
      metadata: { limit: String(limit) },
    });
  }
  const matchTokens = before?.matchTokens ?? [];
  const needsToken = settings.matchTokens && matchTokens.length === 0;
  const first = { token: put.drawnToken, sinceWallMs: wallMs, untilWallMs: undefined };
  const former = before?.secrets ?? [];
  const formerUntilWallMs = wallMs + SECRET_OVERLAP_SECONDS_DEFAULT * 1_000;
  const fact: OutboxFact = {
    ...{ type: "event-target-put", settings, disabled: undefined },
    secrets: former[0]?.secret === secret ? former : rotateSecrets(former, { secret, formerUntilWallMs }),
    matchTokens: needsToken ? [first] : matchTokens,
  };
  // What nobody wanted until now is not kept, and must not be brought after a restart either.
  return before && !before.disabled ? [fact] : [{ type: "events-skipped", source }, fact];
}

/** @throws {MusterError} EVENT_TARGET_NOT_FOUND. */
export function decideRotateSecret(
  state: OutboxState,
  name: string,
  rotation: { readonly secret: string; readonly token: string; readonly overlapMs: number; readonly wallMs: number },
): readonly OutboxFact[] {
  const { settings, secrets, matchTokens, disabled } = getTarget(state, name);
  const { secret, token, wallMs, overlapMs } = rotation;
  const formerUntilWallMs = wallMs + overlapMs;
  const put: OutboxFact = {
    ...{ type: "event-target-put", settings, disabled },
    secrets: rotateSecrets(secrets, { secret, formerUntilWallMs }),
    matchTokens: settings.matchTokens
      ? rotateTokens(matchTokens, { token, sinceWallMs: wallMs, formerUntilWallMs })
      : matchTokens,
  };
  return [put];
}

export function decideDeleteTarget(state: OutboxState, name: string): readonly OutboxFact[] {
  return state.targets.has(name) ? [{ type: "event-target-deleted", name }] : [];
}

/** That the target is disabled, and the event that tells the others of it. Nothing if it is so already. */
export function decideDisableTarget(
  state: OutboxState,
  disable: { readonly name: string; readonly cause: DisabledCause; readonly wallMs: number },
): readonly OutboxFact[] {
  const { name, cause, wallMs } = disable;
  const target = state.targets.get(name);
  if (!target || target.disabled) return [];
  const event = writeEvent({
    ...{ subject: "target", number: state.disabledCount + 1, type: "TARGET_DISABLED" },
    ...{ configuration: undefined, atWallMs: wallMs },
    data: { target: { name, url: target.settings.url, cause } },
  });
  return [
    { type: "event-target-disabled", name, cause },
    { type: "event-stored", source: state.source, event, bytesBefore: state.totalBytes },
  ];
}

/** @throws {MusterError} EVENT_TARGET_NOT_FOUND. */
export function getTarget(state: OutboxState, name: string): EventTarget {
  const target = state.targets.get(name);
  if (target) return target;
  throw new MusterError("EVENT_TARGET_NOT_FOUND", `Cannot find event target ${name} as there is none of the name`);
}
