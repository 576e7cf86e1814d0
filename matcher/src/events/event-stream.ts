// Events of one target as a stream, for who asks for them instead of being pushed to; and again, for who lost them.
import type { CommittedFact, Ledger } from "@muster/journal";
import type { Clock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { PushEvent } from "../core/events/event.ts";
import { wants } from "../core/events/event-target.ts";
import { getTarget } from "../core/events/outbox-decisions.ts";
import type { OutboxFact, OutboxState } from "../core/events/outbox-state.ts";
import { createWatchers } from "../watchers.ts";

/** `position`: where to go on after it. An item without event says that the stream lives. */
export type StreamedEvent = { readonly position: number; readonly event: PushEvent | undefined };

export interface EventStreams {
  /** There is more in the outbox. */
  wake(): void;
  /**
   * Those that the target wants, after `from`; undefined: from now on. An item without event comes first, and where all is sent.
   *
   * @throws {MusterError} EVENT_TARGET_NOT_FOUND, CURSOR_EXPIRED.
   */
  watch(name: string, from: number | "oldest" | undefined, signal: AbortSignal): AsyncIterable<StreamedEvent>;
  /** Ends every watch, now and from now on, with `reason`. */
  end(reason: unknown): void;
}

/** Without news a watcher hears that its stream lives this often, in ms. */
const HEARTBEAT_MS = 5_000;

export function createEventStreams(ledger: Ledger<OutboxState, OutboxFact>, clock: Clock): EventStreams {
  const watchers = createWatchers(clock);
  const open = new Set<ReturnType<typeof watchers.add>>();
  return {
    wake: () => watchers.wake(open),
    async *watch(name, from, signal) {
      const { sinceSequence } = getTarget(ledger.state, name);
      let next = ledger.durableSequence + 1;
      if (typeof from === "number") next = Math.max(from, sinceSequence) + 1; // Nothing was kept for it before it was there.
      if (from === "oldest") next = Math.max(await oldestKept(ledger), sinceSequence + 1);
      const watcher = watchers.add();
      open.add(watcher);
      try {
        yield { position: next - 1, event: undefined };
        let heardAtMs = clock.nowMs();
        let isCaughtUp = from === undefined;
        for (;;) {
          const through = ledger.durableSequence;
          for await (const committed of ledger.readFacts(next)) {
            next = committed.sequence + 1;
            const event = wantedBy(ledger.state, name, committed);
            if (!event) continue;
            yield { position: committed.sequence, event };
            heardAtMs = clock.nowMs();
          }
          next = Math.max(next, through + 1); // The last of them may be erased, and are not read.
          if (ledger.durableSequence >= next) continue;
          if (isCaughtUp && (await watcher.wait(heardAtMs + HEARTBEAT_MS, signal))) continue;
          isCaughtUp = true;
          yield { position: next - 1, event: undefined };
          heardAtMs = clock.nowMs();
        }
      } finally {
        open.delete(watcher);
      }
    },
    end: watchers.end,
  };
}

/** The event of the record, if there is one and the target wants it. @throws {MusterError} EVENT_TARGET_NOT_FOUND. */
export function wantedBy(state: OutboxState, name: string, { fact }: CommittedFact<OutboxFact>): PushEvent | undefined {
  const target = getTarget(state, name);
  return fact.type === "event-stored" && wants(target, fact.event) ? fact.event : undefined;
}

/** The first record that is still there. */
export async function oldestKept(ledger: Ledger<OutboxState, OutboxFact>): Promise<number> {
  try {
    for await (const { sequence } of ledger.readFacts(1)) return sequence;
    return 1;
  } catch (error) {
    const isForgotten = error instanceof MusterError && error.reason === "CURSOR_EXPIRED";
    if (!isForgotten || error.metadata.firstSequence === undefined) throw error;
    return Number(error.metadata.firstSequence);
  }
}
