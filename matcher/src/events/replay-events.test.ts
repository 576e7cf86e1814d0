import type { CommittedFact, Ledger } from "@muster/journal";
import { expect, test } from "vitest";
import type { PushEvent } from "../core/events/event.ts";
import { createOutboxState, type OutboxFact, type OutboxState } from "../core/events/outbox-state.ts";
import { replayEvents } from "./replay-events.ts";

/** Records 1, 2, … each an event whose payload has so many characters; `doneThrough` of them were taken. */
function outboxOf(lengths: readonly number[], doneThrough: number) {
  const state = createOutboxState();
  state.targets.set("backend", {
    settings: {
      ...{ name: "backend", url: "https://backend.example", configurations: [], types: [] },
      ...{ eventsPerRequest: 1, concurrency: 1, matchTokens: false },
    },
    ...{ secrets: [], matchTokens: [], sinceSequence: 0, sinceBytes: 0, disabled: undefined },
  });
  const ledger = {
    state,
    async *readFacts(from: number): AsyncIterable<CommittedFact<OutboxFact>> {
      for (const [index, length] of lengths.entries()) {
        const sequence = index + 1;
        if (sequence < from) continue;
        const [type, payload] = ["TICKET_SEARCHING", "x".repeat(length)] as const;
        const event = { id: `ticket.t.${sequence}`, type, configuration: "duel", atWallMs: sequence, payload };
        const source = { ticketEvent: sequence, sessionEvent: 0, notice: 0 };
        yield { sequence, timeMs: sequence, fact: { type: "event-stored", source, event, bytesBefore: 0 } };
      }
    },
  } as unknown as Ledger<OutboxState, OutboxFact>;
  const sent: string[] = [];
  const courier = {
    poke: () => undefined,
    status: () => ({ doneThrough, behindMs: 0, pendingBytes: 0 }),
    deliveries: () => [],
    async resend(events: readonly PushEvent[]) {
      sent.push(...events.map(({ id }) => id));
      return true;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { ledger, courier, sent };
}

const all = { name: "backend", fromWallMs: 0, untilWallMs: 1e12, afterPosition: 0, limit: 100 };
const rows = [
  { name: "everything that was taken", range: {}, answer: { events: 3, lastPosition: 3, hasMore: false } },
  { name: "as many as are asked for", range: { limit: 2 }, answer: { events: 2, lastPosition: 2, hasMore: true } },
  {
    name: "what comes after a place",
    range: { afterPosition: 2 },
    answer: { events: 1, lastPosition: 3, hasMore: false },
  },
  {
    name: "what is of a time",
    range: { fromWallMs: 2, untilWallMs: 3 },
    answer: { events: 1, lastPosition: 3, hasMore: false },
  },
  {
    ...{ name: "large ones some at a time", range: {}, lengths: [9_000_000, 9_000_000, 9_000_000] },
    answer: { events: 2, lastPosition: 2, hasMore: true },
  },
] as const;
for (const { name, range, answer, ...more } of rows) {
  test(`a replay sends ${name}`, async () => {
    const { ledger, courier, sent } = outboxOf("lengths" in more ? more.lengths : [10, 10, 10, 10], 3);
    const { signal } = new AbortController();
    expect(await replayEvents(ledger, { courier, signal }, { ...all, ...range })).toEqual(answer);
    expect(sent).toHaveLength(answer.events);
  });
}
