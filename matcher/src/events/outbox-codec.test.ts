import fc from "fast-check";
import { expect, test } from "vitest";
import { EVENT_TYPES } from "../core/events/event.ts";
import { createOutboxState, evolveOutbox, type OutboxFact } from "../core/events/outbox-state.ts";
import { outboxCodec, outboxSnapshotCodec } from "./outbox-codec.ts";

const text = fc.string({ minLength: 1, maxLength: 20 });
const count = fc.nat({ max: 2 ** 40 });
const type = fc.constantFrom(...EVENT_TYPES);
const source = fc.record({ ticketEvent: count, sessionEvent: count, notice: count });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const cause = fc.constantFrom("GONE" as const, "TOO_FAR_BEHIND" as const);
const time = fc.integer({ min: 1, max: 2 ** 41 });
const name = fc.constantFrom("a", "b", "c");
const event = fc.record({ id: text, type, configuration: maybe(text), atWallMs: time, payload: text });
const settings = fc.record({
  ...{ name, url: text, configurations: fc.array(text), types: fc.array(type) },
  ...{ eventsPerRequest: count.map((n) => n % 1_000), concurrency: fc.nat({ max: 64 }), matchTokens: fc.boolean() },
  ...{ behindSecondsMax: maybe(fc.nat({ max: 604_800 })), pendingMbMax: maybe(fc.nat({ max: 65_536 })) },
});
const fact: fc.Arbitrary<OutboxFact> = fc.oneof(
  fc.record({ type: fc.constant("event-stored" as const), source, event, bytesBefore: count }),
  fc.record({ type: fc.constant("events-skipped" as const), source }),
  fc.record({
    ...{ type: fc.constant("event-target-put" as const), settings, disabled: maybe(cause) },
    secrets: fc.array(fc.record({ secret: text, expiresAtWallMs: maybe(time) })),
    matchTokens: fc.array(fc.record({ token: text, sinceWallMs: time, untilWallMs: maybe(time) })),
  }),
  fc.record({ type: fc.constant("event-target-deleted" as const), name }),
  fc.record({ type: fc.constant("event-target-disabled" as const), name, cause }),
);

test("a fact of the outbox is read as it was written", () => {
  fc.assert(
    fc.property(fact, (one) => {
      const { kind, body } = outboxCodec.encode(one);
      expect(outboxCodec.decode(kind, body)).toEqual(one);
    }),
  );
});

test("the outbox's state is restored as it was captured", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fact), async (facts) => {
      const state = createOutboxState();
      for (const [index, one] of facts.entries()) evolveOutbox(state, one, index + 1);
      const chunks = outboxSnapshotCodec.capture(state);
      const read = async function* () {
        yield* chunks;
      };
      expect(await outboxSnapshotCodec.restore(read())).toEqual(state);
    }),
  );
});
