import { expect, test } from "vitest";
import type { PushedEvent } from "../observation.ts";
import { createBooks } from "./books/books.ts";
import { ePush } from "./e-push.ts";
import { createTale } from "./tale.fixture.ts";

type Told = { readonly number: number; readonly state?: string; readonly text?: string; readonly ticketId?: string };

function eventOf({ number, state = "SEARCHING", text = "", ticketId = "a" }: Told): PushedEvent {
  const ticket = { ticketId, version: number, state };
  return { id: `ticket.${ticketId}.${number}`, type: "", number, data: { ticket }, text };
}

/** A world of one ticket that was cancelled, in which a target was pushed this. */
function tell(pushes: readonly (Told & { readonly isTaken?: boolean })[], isHealed = false) {
  const books = createBooks();
  const checker = ePush(books);
  const tale = createTale({
    see(observation) {
      books.open(observation);
      checker.see(observation);
      books.fold(observation);
      if (observation.type === "end") checker.end?.();
    },
  });
  tale.queue("a");
  tale.matcher({ type: "ticket-cancelled", ticketId: "a" });
  for (const { isTaken = true, ...told } of pushes) {
    tale.see({ type: "events-pushed", target: "backend", webhookId: "", events: [eventOf(told)], isTaken });
  }
  if (isHealed) tale.heal();
  tale.end();
}

const kept = [
  { name: "each step in its turn", pushes: [{ number: 1 }, { number: 2, state: "CANCELLED" }] },
  { name: "a step again that was not taken", pushes: [{ number: 1, isTaken: false }, { number: 1 }] },
  { name: "a step again that was taken", pushes: [{ number: 1 }, { number: 1 }, { number: 2, state: "CANCELLED" }] },
];
for (const { name, pushes } of kept) {
  test(`E-PUSH lets pass ${name}`, () => expect(() => tell(pushes)).not.toThrow());
}

const broken = [
  { name: "a step before its time", pushes: [{ number: 2, state: "CANCELLED" }], why: /taken up to 0/ },
  {
    name: "a step after one that was not taken",
    pushes: [
      { number: 1, isTaken: false },
      { number: 2, state: "CANCELLED" },
    ],
    why: /taken up to 0/,
  },
  { name: "a repeat in other words", pushes: [{ number: 1 }, { number: 1, text: "other" }], why: /other words/ },
  { name: "a state that never was", pushes: [{ number: 1, state: "PLACING" }], why: /no fact tells/ },
  { name: "a ticket that never was", pushes: [{ number: 1, ticketId: "b" }], why: /no fact tells/ },
];
for (const { name, pushes, why } of broken) {
  test(`E-PUSH sees ${name}`, () => expect(() => tell(pushes)).toThrow(why));
}

test("E-PUSH sees what a target was never sent", () => {
  expect(() => tell([{ number: 1 }], true)).toThrow(/has version 1 of a, which has 2/);
});
