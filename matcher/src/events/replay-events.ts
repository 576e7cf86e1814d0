// Sends a target again what it was sent before, as far as it is still kept.
import type { Ledger } from "@muster/journal";
import { MusterError } from "@muster/proto";
import type { PushEvent } from "../core/events/event.ts";
import type { OutboxFact, OutboxState } from "../core/events/outbox-state.ts";
import type { Courier } from "./courier.ts";
import { oldestKept, wantedBy } from "./event-stream.ts";

export type ReplayRange = {
  readonly name: string;
  /** Wall clock of the events, in ms: from here, and before that. */
  readonly fromWallMs: number;
  readonly untilWallMs: number;
  readonly afterPosition: number;
  /** Events at most. */
  readonly limit: number;
};

export type Replayed = {
  readonly events: number;
  /** Of the last record that was looked at. */
  readonly lastPosition: number;
  /** There may be more after it. */
  readonly hasMore: boolean;
};

/** Characters of events that one call repeats: those of large battles are large, and all of them are in memory. */
const REPLAY_CHARS_MAX = 16 * 2 ** 20;

/**
 * Resolves when the target has taken them. What it has not been sent yet comes in its turn.
 *
 * @throws {MusterError} EVENT_TARGET_NOT_FOUND, EVENT_TARGET_NOT_ACTIVE, CURSOR_EXPIRED.
 */
export async function replayEvents(
  ledger: Ledger<OutboxState, OutboxFact>,
  { courier, signal }: { readonly courier: Courier; readonly signal: AbortSignal },
  range: ReplayRange,
): Promise<Replayed> {
  const { name, fromWallMs, untilWallMs, afterPosition, limit } = range;
  const { doneThrough } = courier.status();
  const events: PushEvent[] = [];
  let lastPosition = afterPosition;
  let chars = 0;
  const isEnough = () => events.length === limit || chars >= REPLAY_CHARS_MAX;
  const first = afterPosition === 0 ? await oldestKept(ledger) : afterPosition + 1;
  for await (const committed of ledger.readFacts(first)) {
    if (committed.sequence > doneThrough || isEnough()) break;
    lastPosition = committed.sequence;
    const event = wantedBy(ledger.state, name, committed);
    if (!event || event.atWallMs < fromWallMs || event.atWallMs >= untilWallMs) continue;
    events.push(event);
    chars += event.payload.length;
  }
  const isTaken = await courier.resend(events, signal);
  if (!isTaken) throw targetNotActive(name);
  return { events: events.length, lastPosition, hasMore: isEnough() && lastPosition < doneThrough };
}

export function targetNotActive(name: string): MusterError {
  return new MusterError("EVENT_TARGET_NOT_ACTIVE", `Cannot push events to ${name} as it is disabled, or has no URL`, {
    metadata: { name },
  });
}
