// What is found of pushed events, each broken promise beside what is as it should be.
import { expect, test } from "vitest";
import { checkEvents } from "./check-events.ts";
import { checkHistory } from "./check-history.ts";
import type { Entry, TicketView } from "./entry.ts";

type Pushed = Extract<Entry, { type: "pushed" }>;
const states = ["SEARCHING", "PLACING", "COMPLETED"] as const;

function view(version: number): TicketView {
  const state = states[version - 1] ?? "COMPLETED";
  const isSeated = state === "COMPLETED";
  return {
    ...{ ticketId: "t1", version, state, cause: undefined, body: "duel ann/", seatedPlayers: isSeated ? 1 : 0 },
    ...{ matchId: version === 1 ? undefined : "m1", battleSessionId: isSeated ? "bs1" : undefined },
  };
}
let requests = 0;
const pushed = (number: number, more: Partial<Pushed> = {}): Pushed => ({
  ...{ atMs: 0, type: "pushed", target: "one", request: ++requests, isTaken: true, subject: "ticket.t1", number },
  digest: `d${number}`,
  ...{ ticket: view(number), ...more },
});
const drained: Entry = { atMs: 0, type: "drained" };
const read: readonly Entry[] = [
  { atMs: 0, type: "asked", call: 1, via: "test", ask: { op: "read", ticketId: "t1" } },
  { atMs: 0, type: "answered", call: 1, outcome: { ok: view(3) } },
];
const historyOf = (...entries: readonly Entry[]) =>
  entries.map((entry, index): Entry => ({ ...entry, atMs: index + 1 }));

const whole = [
  { name: "what comes in order", entries: [pushed(1), pushed(2), pushed(3), drained] },
  {
    name: "what is refused and comes again",
    entries: [pushed(1, { isTaken: false }), pushed(1), pushed(2), pushed(3)],
  },
  {
    name: "two that come together and are refused together",
    entries: [
      pushed(1),
      ...[2, 3].map((number) => pushed(number, { request: 0, isTaken: false })),
      pushed(2),
      pushed(3),
    ],
  },
  { name: "repeats after a restart", entries: [pushed(1), pushed(2), pushed(1), pushed(2), pushed(3), drained] },
  { name: "a ticket that has not ended", entries: [pushed(1), drained] },
  {
    name: "two targets, each at its own pace",
    entries: [pushed(1), pushed(2), pushed(1, { target: "many" }), pushed(3), pushed(2, { target: "many" })],
  },
] as const;
for (const { name, entries } of whole) {
  test(`nothing is found in ${name}`, () => {
    expect(checkEvents(historyOf(...entries))).toEqual([]);
  });
}

const broken = [
  { promise: "E-ORDER", name: "an event overtakes", entries: [pushed(1), pushed(3)] },
  { promise: "E-ORDER", name: "the first is left out", entries: [pushed(2)] },
  { promise: "E-ORDER", name: "one goes on past a refused one", entries: [pushed(1, { isTaken: false }), pushed(2)] },
  { promise: "E-IDEMPOTENT", name: "a repeat has another content", entries: [pushed(1), pushed(1, { digest: "x" })] },
  { promise: "E-AT-LEAST-ONCE", name: "the last never comes", entries: [pushed(1), pushed(2), ...read, drained] },
  {
    promise: "E-AT-LEAST-ONCE",
    name: "the last is refused and never comes again",
    entries: [pushed(1), pushed(2), pushed(3, { isTaken: false }), drained],
  },
  {
    promise: "E-AT-LEAST-ONCE",
    name: "one of two targets is passed over",
    entries: [pushed(1), pushed(2), pushed(3), pushed(1, { target: "many" }), drained],
  },
  {
    promise: "Q-MONOTONIC",
    name: "an event tells what no read ever shows",
    entries: [pushed(1), pushed(2), pushed(3, { ticket: { ...view(3), battleSessionId: "bs2" } }), ...read],
  },
] as const;
for (const { promise, name, entries } of broken) {
  test(`${promise} is found broken when ${name}`, () => {
    expect(checkHistory(historyOf(...entries)).map((finding) => finding.promise)).toContain(promise);
  });
}
