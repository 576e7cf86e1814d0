import { expect, test } from "vitest";
import type { EventTarget } from "./event-target.ts";
import { decideStoreEvents, type SourcedEvent } from "./outbox-decisions.ts";
import { createOutboxState } from "./outbox-state.ts";

const target: EventTarget = {
  settings: {
    ...{ name: "backend", url: "", configurations: ["duel"], types: [], eventsPerRequest: 1, concurrency: 1 },
    matchTokens: false,
  },
  ...{ secrets: [], matchTokens: [], sinceSequence: 0, sinceBytes: 0, disabled: undefined },
};

/** The event of the place, from 1, whose payload has so many characters. */
function happening(place: number, length: number, configuration: string): SourcedEvent {
  const type = "TICKET_SEARCHING";
  return {
    ...{ type, configuration, source: { ticketEvent: place, sessionEvent: 0, notice: 0 } },
    write: () => ({ id: `ticket.t.${place}`, type, configuration, atWallMs: 0, payload: "x".repeat(length) }),
  };
}

const rows = [
  { name: "everything that is wanted, in order", lengths: [10, 20, 30], stored: [1, 2, 3], through: 3 },
  { name: "nothing, and says how far", lengths: [], others: 4, stored: [], through: 4 },
  { name: "what is wanted, and passes over the rest", lengths: [10], others: 2, stored: [1], through: 3 },
  { name: "some of those that are large", lengths: [300_000, 300_000, 300_000], stored: [1, 2], through: 2 },
  { name: "one that is larger than a step", lengths: [3_000_000, 10], stored: [1], through: 1 },
] as const;
for (const { name, lengths, stored, through, ...more } of rows) {
  test(`a step of the outbox stores ${name}`, () => {
    const state = createOutboxState();
    state.targets.set("backend", target);
    const others = Array.from({ length: "others" in more ? more.others : 0 }, () => 10);
    const events = [...lengths, ...others].map((length, index) => {
      return happening(index + 1, length, index < lengths.length ? "duel" : "other");
    });
    const step = decideStoreEvents(state, events);
    const told = step.facts.map((fact) => fact.type === "event-stored" && fact.source.ticketEvent);
    expect([told, step.through.ticketEvent]).toEqual([stored, through]);
  });
}
